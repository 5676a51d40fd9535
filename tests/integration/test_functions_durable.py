"""Functions behind the store: from an event on disk to a request at a server, and what happens between."""

import asyncio
import json
import textwrap
import time
from datetime import UTC, datetime

import httpx
import pytest
from server import served
from starlette.responses import Response

from segue import load_plugins
from segue.dispatch import Dispatcher
from segue.events import parse
from segue.functions.host import Host
from segue.functions.launch import Limits
from segue.functions.library import Library
from segue.intake import StoreIntake
from segue.privacy import Hasher
from segue.privacy.forgetting import forget
from segue.senders import HttpxSender
from segue.store import MemoryStore, Query
from segue.worker import Worker
from segue.workspace import load_workspace


CRM = """
import os
from segue import EventNotSupported, Request, RetryError

SETTINGS = {"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}}
URL = "https://crm.test"
BUSY = []

def on_track(event, settings, context):
    match event["event"]:
        case "Loop":
            while True:
                pass
        case "Busy" if not BUSY:
            BUSY.append(1)
            raise RetryError("busy", after=0.01)
        case "Never":
            raise RetryError("never")
        case "Unknown":
            raise EventNotSupported
        case "Nothing":
            return None
    return Request.post("/events", json=event, headers={"Idempotency-Key": context.idempotency_key})

def on_identify(event, settings):
    found = yield Request.get("/contacts", accept={404})
    if event["userId"] == "crash" and not os.path.exists("crashed"):
        open("crashed", "w").close()
        os._exit(1)
    yield Request.post("/contacts", json={"known": found.ok, "traits": event["traits"]})

def on_delete(event):
    known = yield Request.get(f"/contacts/{event['userId']}", accept={404})
    yield Request.delete(f"/contacts/{event['userId']}", json={"known": known.ok})

async def on_page(event, client):
    answer = await client.get(event["properties"]["url"])
    answer.raise_for_status()
"""

MANY = """
from segue import Request

BATCH_WAIT = 0.5

def on_track(event):
    return None

def on_batch(events):
    yield Request.post("https://many.test/batch", json=[one["event"] for one in events])
    return [{"status": 400, "errormessage": "odd"} if "Odd" == one["event"] else None for one in events]
"""

TEAM = """
from segue import RetryError

BATCH_WAIT = 0.5
TRIED = []

async def on_track(event):
    pass

async def on_batch(events):
    TRIED.append(len(events))
    return [RetryError("again", after=0.01) if TRIED == [2] and n else None for n, _ in enumerate(events)]
"""

LOST = """
from segue import Request

def on_track(event):
    return Request.post("/events")
"""

CLEANUP = """
from segue import DropEvent, RetryError

SETTINGS = {"type": "object", "properties": {"suffix": {"type": "string"}}}
BUSY = []

def on_track(event, settings):
    if event["event"] == "Secret":
        raise DropEvent("internal")
    if event["event"] == "Later" and not BUSY:
        BUSY.append(1)
        raise RetryError("not yet", after=0.01)
    event["event"] += settings["suffix"]
    return event
"""

WORKSPACE = """
version: 1
functions: ./functions
sources: {web: {write_key: wk}}
connections:
"""

CONNECTIONS = {
    "crm": "{destination: crm, sources: [web], settings: {token: '${T}'}, retry: {base: 50ms, window: 1s}}",
    "many": "{destination: many, sources: [web]}",
    "team": "{destination: team, sources: [web]}",
    "lost": "{destination: lost, sources: [web]}",
    "clean": "{destination: crm, sources: [web], functions: [{function: cleanup, settings: {suffix: '!'}}]}",
    "cleanmany": "{destination: many, sources: [web], functions: [{function: cleanup, settings: {suffix: '!'}}]}",
}


@pytest.fixture
def load(tmp_path):
    """``load("crm")`` is a workspace with these connections."""
    (tmp_path / "functions").mkdir()
    for name, source in {
        "crm": CRM,
        "many": MANY,
        "team": TEAM,
        "lost": LOST,
        "cleanup": CLEANUP,
    }.items():
        (tmp_path / "functions" / f"{name}.py").write_text(textwrap.dedent(source))

    def load(*names):
        lines = "".join(f"  {name}: {CONNECTIONS[name]}\n" for name in names)
        file = tmp_path / "segue.yaml"
        file.write_text(WORKSPACE + lines)
        return load_workspace(file, load_plugins(), environ={"T": "t"}, library=Library())

    return load


@pytest.fixture
def play(load):
    """``play(events, "crm")`` delivers events to connections: requests, and how each delivery ended."""
    return lambda events, *names: asyncio.run(_play(events, load(*names)))


def made(at, event):
    given = {"userId": f"u{at}", **event}
    return parse(json.dumps(given), received_at=datetime.now(UTC), message_id=lambda: f"m{at}")


async def quiet(store):
    """Wait until nothing is under way."""
    backlog = (await store.queue.backlog()).values()
    if any(one.waiting or one.retrying for one in backlog):
        await asyncio.sleep(0.05)
        await quiet(store)


def vendor(asked):
    """A client of somebody who knows nobody and takes everything; ``asked`` is what it is asked."""

    def answer(request):
        asked.append((str(request.url), request.read().decode()))
        return httpx.Response(404 if request.method == "GET" else 200, json={})

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def _play(events, workspace):
    asked = []
    store = MemoryStore()
    async with vendor(asked) as client:
        host = Host(Limits(seconds=1.0))
        async with Worker(store, workspace, HttpxSender(client), host=host, chance=lambda: 1.0):
            intake = StoreIntake(store, lambda: Dispatcher(workspace))
            await intake.take(workspace.sources["web"], [made(*one) for one in enumerate(events)])
            async with asyncio.timeout(30):
                await quiet(store)
    page = await store.history.search(Query(), limit=100, oldest_first=True)
    return asked, [(one.state.value, one.code) for one in page.items]


def track(name, **more):
    return {"type": "track", "event": name, **more}


def test_a_handlers_request_is_delivered_under_its_base(play):
    asked, ended = play([track("Sign Up")], "crm")
    ((url, body),) = asked
    assert (url, json.loads(body)["event"]) == ("https://crm.test/events", "Sign Up")
    assert ended == [("delivered", "OK")]


def test_a_generator_is_handed_its_answers(play):
    asked, ended = play([{"type": "identify", "traits": {"plan": "pro"}}], "crm")
    assert asked == [
        ("https://crm.test/contacts", ""),
        ("https://crm.test/contacts", '{"known":false,"traits":{"plan":"pro"}}'),
    ]
    assert ended == [("delivered", "OK")]


def test_a_process_that_dies_between_two_requests_costs_no_request(play):
    """The first answer is stored with the second request; here it is not, so it is asked for again."""
    asked, ended = play([{"type": "identify", "userId": "crash", "traits": {}}], "crm")
    assert [url for url, _ in asked] == ["https://crm.test/contacts"] * 3
    assert ended == [("delivered", "OK")]


def test_each_error_ends_as_segment_has_it(play):
    asked, ended = play([track("Unknown"), track("Nothing")], "crm")
    assert asked == []
    assert ended == [("discarded", "UNSUPPORTED_EVENT_TYPE"), ("delivered", "OK")]


def test_a_handler_may_ask_to_be_tried_again(play):
    asked, ended = play([track("Busy")], "crm")
    assert len(asked) == 1
    assert ended == [("delivered", "OK")]


def test_an_async_handler_sends_by_itself(play):
    with served(Response("ok")) as url:
        asked, ended = play([{"type": "page", "name": "x", "properties": {"url": url}}], "crm")
    assert (asked, ended) == ([], [("delivered", "OK")])


def test_a_try_that_makes_no_request_counts_as_one_so_that_the_next_waits_longer(play):
    _, ended = play([track("Never")], "crm")
    assert ended == [("dead", "RETRY")]


def test_a_path_without_a_base_is_refused_with_the_remedy(play):
    _, ended = play([track("Relative")], "lost")
    assert ended == [("dead", "BAD_REQUEST")]


def test_a_batch_ends_event_by_event(play):
    asked, ended = play([track(one) for one in ("A", "Odd", "B")], "many")
    assert asked == [("https://many.test/batch", '["A","Odd","B"]')]
    assert ended == [("delivered", "OK"), ("dead", "BAD_REQUEST"), ("delivered", "OK")]


def test_an_async_batch_sends_by_itself_and_only_what_should_is_tried_again(play):
    assert play([track("A"), track("B")], "team") == ([], [("delivered", "OK")] * 2)


def test_an_event_goes_through_functions_before_its_mappings(play):
    asked, ended = play([track("A"), track("Secret"), track("Later")], "clean")
    assert sorted(json.loads(body)["event"] for _, body in asked) == ["A!", "Later!"]
    assert ended == [
        ("delivered", "OK"),
        ("discarded", "FILTERED_AT_INSERT_FUNCTION"),
        ("delivered", "OK"),
    ]


def test_events_go_through_functions_before_they_share_a_batch(play):
    asked, ended = play([track("A"), track("Secret"), track("B")], "cleanmany")
    ((_, body),) = asked
    assert sorted(json.loads(body)) == ["A!", "B!"]
    assert [state for state, _ in ended] == ["delivered", "discarded", "delivered"]


def test_a_person_is_forgotten_by_a_function(load):
    asked = []

    async def script():
        async with vendor(asked) as client:
            return await forget(
                "ann",
                store=MemoryStore(),
                hasher=Hasher(b"k" * 32),
                connections=load("crm", "many").connections.values(),
                sender=HttpxSender(client),
                clock=time.time,
            )

    crm, many = asyncio.run(script()).answers
    assert asked == [
        ("https://crm.test/contacts/ann", ""),
        ("https://crm.test/contacts/ann", '{"known":false}'),
    ]
    assert (crm.ok, crm.why) == (True, "")
    assert (many.ok, many.why) == (True, "it has no way to delete a person")
