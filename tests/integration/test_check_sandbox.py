"""What the check says of a mapping is what becomes of its events, sent to the sandbox by the runtime."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import httpx
import pytest

import segue.check
from segue import load_plugins
from segue.check.checking import subjects
from segue.check.generating import Generator
from segue.check.searching import REFUSALS
from segue.delivery import Courier
from segue.dispatch import Dispatcher
from segue.events import normalise
from segue.outcome import Delivered, Discarded
from segue.retry import RetryPolicy
from segue.senders import HttpxSender
from segue.workspace import parse_workspace


CATALOGUE = load_plugins()

WORKSPACE = """
version: 1
sources: {{web: {{write_key: k}}}}
schemas:
  track:
    Order Completed:
      schema:
        type: object
        required: [total]
        additionalProperties: false
        properties:
          total: {{type: number, minimum: 0, maximum: 100}}
          email: {{type: string, format: email, maxLength: 200}}
          contact: {{type: string, minLength: 3, maxLength: 600}}
connections:
  loops:
    destination: loops
    base_url: http://127.0.0.1:9000/api/v1
    settings: {{apiKey: {key}}}
    sources: [web]
    mappings:
      orders:
        action: sendEvent
        trigger: type = "track" and event = "Order Completed"{trigger}
        fields:
          eventName: {name}
          email: {{"@path": $.properties.email}}
          {more}
"""

WRONG = {
    "nobody": ("", "order", ""),
    "no email address": ("", "order", 'userId: {"@path": $.properties.contact}'),
    "an object for a name": ("", '{"@path": $.properties}', ""),
    "a name that may be empty": ("", '{"@liquid": "{{ properties.contact }}"}', ""),
    "a name too long": (" and properties.contact != null", '{"@path": $.properties.contact}', ""),
}


@pytest.fixture
def deliver(loops):
    """``deliver(workspace, events)`` is what became of each of them, and how many events Loops has."""

    def deliver(workspace, events):
        done, sandbox = [], loops()

        async def go():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app)) as client:
                retry = RetryPolicy(window=0.0)
                courier = Courier(HttpxSender(client), settled=done.append, retry=retry)
                for number, event in enumerate(events):
                    arrived = normalise(
                        event, received_at=datetime.now(UTC), message_id=lambda at=number: f"m{at}"
                    )
                    (delivery,) = Dispatcher(workspace).dispatch(arrived, "web")
                    await courier.submit(delivery)
                await courier.finish()

        asyncio.run(go())
        return [one.outcome for one in done]

    return deliver


def workspace(trigger, name, more):
    key = CATALOGUE.destination("loops").stand_in.settings["apiKey"]
    text = WORKSPACE.format(trigger=trigger, name=name, more=more, key=key)
    made = parse_workspace(text, CATALOGUE, environ={})
    (loops,) = made.connections.values()
    return replace(made, connections={"loops": replace(loops, rate_limit=None)}), text


@pytest.mark.parametrize("wrong", WRONG.values(), ids=[*WRONG])
def test_a_reported_refusal_is_refused_on_its_way_to_the_sandbox(wrong, deliver):
    made, _ = workspace(*wrong)
    found = [one for one in segue.check.inspect(made, most=200).findings if one.code in REFUSALS]
    assert any(one.severity == "error" for one in found)
    outcomes = deliver(made, [one.event for one in found])
    for one, outcome in zip(found, outcomes, strict=True):
        assert isinstance(outcome, Discarded)
        assert one.error in outcome.why


def test_events_of_which_nothing_is_reported_reach_the_sandbox(deliver):
    trigger = " and properties.email != null"
    made, text = workspace(trigger, "order", "")
    assert segue.check.inspect(made, most=200).errors == []
    (subject,) = subjects(made, text)
    (ground,) = subject.grounds
    events = [*Generator(subject, ground, Random(0)).events(300)][:60]
    outcomes = deliver(made, events)
    assert len(outcomes) == len(events) > 20
    assert {type(one) for one in outcomes} == {Delivered}
