"""What the schemas of a workspace do to events at the gate."""

import asyncio

import pytest

from segue.hooks import Hooks, Listener
from segue.ingest.intake import Full
from segue.privacy import Hasher, Suppression
from segue.schemas import EventSchema, Schemas, compile_rule
from segue.server.gate import Gate
from segue.server.metrics import Meter
from segue.store.memory import MemoryStore
from segue.workspace.model import Source


WEB = Source("web", "wk")
ORDER = {"required": ["total"], "properties": {"total": {"type": "number"}, "tax": False}}


class Shelf:
    """An Intake that remembers."""

    def __init__(self):
        self.taken, self.refused, self.full = [], [], False

    async def take(self, source, events):
        if self.full:
            raise Full(3)
        new = [event not in self.taken for event in events]
        self.taken += events
        return new

    def refuse(self, source, rejected):
        self.refused.append(rejected)


@pytest.fixture
def gate():
    """``gate(enforce)`` has a schema of "Paid", and a plugin that rounds what was paid."""

    def gate(enforce):
        rule = compile_rule(Schemas({"Paid": EventSchema(ORDER, "properties", enforce)}))
        hooks = Hooks({"segue_event": [Listener("acme", "segue_event", rounded, ("event",))]})
        suppression = asyncio.run(Suppression.load(MemoryStore().ledger, Hasher(b"k")))
        asyncio.run(suppression.add("gone"))
        return Gate(Shelf(), suppression, Meter(), hooks=lambda: hooks, rule=lambda: rule)

    return gate


def rounded(event):
    return {**event, "properties": {**event["properties"], "tax": 0}}


def event(message="m1", user="ann", **properties):
    return {
        "type": "track",
        "event": "Paid",
        "userId": user,
        "messageId": message,
        "timestamp": "2026-01-01T00:00:00.000Z",
        "originalTimestamp": "2026-01-01T00:00:00.000Z",
        "receivedAt": "2026-01-01T00:00:00.000Z",
        "properties": properties,
    }


def take(gate, *events):
    return list(asyncio.run(gate.take(WEB, events)))


def figure(gate, result):
    name = (
        f'segue_schema_violations_total{{code="schema_violation",result="{result}",source="web"}}'
    )
    lines = gate.meter.text({}, {}).decode().splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


def test_a_blocked_event_is_refused_under_its_code_and_the_others_are_kept(gate):
    door = gate("block")
    assert take(door, event("m1", total=1), event("m2"), event("m3", total=3)) == [
        True,
        False,
        True,
    ]
    assert [one["messageId"] for one in door.inner.taken] == ["m1", "m3"]
    assert [(one.code, one.reason) for one in door.inner.refused] == [
        ("schema_violation", '/properties: "total" is a required property')
    ]
    assert figure(door, "blocked") == 1


def test_a_batch_of_which_nothing_is_left_is_taken(gate):
    door = gate("block")
    assert take(door, event()) == [False]
    assert door.inner.taken == []


def test_a_tagged_event_is_kept_counted_and_shown(gate):
    door = gate("tag")
    assert take(door, event(total="1")) == [True]
    assert door.inner.taken[0]["properties"]["total"] == "1"
    assert door.inner.refused == []
    assert figure(door, "tagged") == 1
    (shown,) = door.kept["web", "schema_violation", "tagged"]
    assert shown.reason == 'kept all the same: /properties/total: "1" is not of type "number"'


def test_schemas_judge_what_was_sent_and_not_what_plugins_make_of_it(gate):
    door = gate("drop_fields")
    assert take(door, event("m1", total=1), event("m2", total=1, tax=7)) == [True, True]
    assert [one["properties"]["tax"] for one in door.inner.taken] == [0, 0]
    assert (figure(door, "trimmed"), figure(door, "tagged")) == (1, 0)


def test_an_event_that_comes_again_is_counted_once(gate):
    door = gate("tag")
    assert take(door, event()) == [True]
    assert take(door, event()) == [False]
    assert figure(door, "tagged") == 1


def test_an_event_for_which_there_is_no_room_is_not_counted(gate):
    door = gate("tag")
    door.inner.full = True
    with pytest.raises(Full):
        take(door, event())
    assert (figure(door, "tagged"), door.kept) == (0, {})


def test_nothing_of_a_suppressed_person_is_judged_or_shown(gate):
    door = gate("tag")
    assert take(door, event(user="gone")) == [False]
    assert (figure(door, "tagged"), door.kept) == (0, {})
    assert [one.text for one in door.inner.refused] == [""]
