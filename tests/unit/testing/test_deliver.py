"""What would happen to an event, without anything leaving the process."""

import asyncio

import pytest

from segue import Delivered, Destination, Discarded, Request, Response, action, path
from segue.errors import EventError, UnreachableError
from segue.outcome import Retry
from segue.testing import FakeDestination, MemoryStore, deliver


DESK = Destination(
    "desk",
    title="Desk",
    url="https://desk.example/v2",
    settings={
        "type": "object",
        "required": ["token"],
        "properties": {"token": {"type": "string", "writeOnly": True}},
    },
)
FIELDS = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "format": "email", "mapping": path("$.properties.email")},
        "note": {"type": "string"},
    },
}
EVENT = {
    "type": "track",
    "event": "Complaint",
    "userId": "u",
    "properties": {"email": "ada@b.co"},
}


@DESK.authenticate
def authenticate(request, settings):
    return request.with_bearer(str(settings["token"]))


@action(DESK, "open", trigger='event = "Complaint"', fields=FIELDS)
def open_ticket(payload):
    """Open a ticket."""
    return Request.post("/tickets", json=dict(payload))


@action(DESK, "note", trigger='event = "Complaint"', fields=FIELDS)
def note(payload):
    """Add a note to a ticket that is looked up."""
    found = yield Request.get("/tickets")
    yield Request.post("/notes", json={"ticket": found.json()["id"]})


@action(DESK, "sync", trigger='event = "Complaint"', fields=FIELDS)
async def sync(payload, client):
    """Upload through a client."""
    answer = await client.put("/people", json=dict(payload))
    answer.raise_for_status()


def test_the_request_is_the_one_that_would_be_sent():
    result = deliver(open_ticket, EVENT, settings={"token": "t0ken"})
    assert result.matched
    assert result.delivered
    assert result.payload == {"email": "ada@b.co"}
    assert result.request.url == "https://desk.example/v2/tickets"
    assert result.request.header("Authorization") == "Bearer t0ken"
    assert result.request.json == {"email": "ada@b.co"}


def test_settings_are_made_where_none_are_given():
    assert deliver(open_ticket, EVENT).request.header("authorization").startswith("Bearer s3cret-")


def test_a_mapping_replaces_fields_of_the_default_one():
    result = deliver(open_ticket, EVENT, mapping={"note": "by hand"})
    assert result.request.json == {"email": "ada@b.co", "note": "by hand"}


def test_an_event_that_does_not_match_is_told_and_tried_all_the_same():
    result = deliver(open_ticket, {**EVENT, "event": "Praise"})
    assert not result.matched
    assert result.delivered


def test_a_payload_that_is_refused_makes_no_request():
    result = deliver(open_ticket, {**EVENT, "properties": {"email": "nobody"}})
    assert result.payload is None
    assert result.requests == ()
    assert isinstance(result.outcome, Discarded)
    with pytest.raises(AssertionError, match=r"0 requests, not one: .*PAYLOAD_VALIDATION_FAILED"):
        _ = result.request


def test_a_generator_is_fed_the_answers():
    result = deliver(note, EVENT, answers=[{"id": 7}, 201])
    assert [one.url.rpartition("/")[2] for one in result.requests] == ["tickets", "notes"]
    assert result.requests[1].json == {"ticket": 7}
    assert result.outcome == Delivered(201)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(400, Discarded), (Response(503), Retry), (UnreachableError("gone"), Retry)],
    ids=["a status", "a response", "an error"],
)
def test_what_the_destination_says_decides_the_outcome(answer, outcome):
    result = deliver(open_ticket, EVENT, answers=[answer])
    assert len(result.requests) == 1
    assert isinstance(result.outcome, outcome)


def test_an_async_action_is_given_a_client_that_reaches_nobody():
    result = deliver(sync, EVENT, settings={"token": "t0ken"})
    assert result.delivered
    assert result.request.header("Authorization") == "Bearer t0ken"
    assert result.request.content() == b'{"email":"ada@b.co"}'
    assert isinstance(deliver(sync, EVENT, answers=[400]).outcome, Discarded)


def test_an_event_that_would_be_refused_on_arrival_is_refused():
    with pytest.raises(EventError):
        deliver(open_ticket, {"type": "track", "userId": "u"})


def test_a_fake_destination_keeps_what_it_is_sent():
    fake = FakeDestination({"ok": True}, 429)
    requests = [Request.get(f"https://x.test/{at}") for at in range(3)]
    answers = [asyncio.run(fake.send(one)) for one in requests]
    assert fake.requests == requests
    assert [(one.status, one.json()) for one in answers] == [
        (200, {"ok": True}),
        (429, {}),
        (200, {}),
    ]


HOOK = Destination("hook", title="Hook", url="https://hook.example", open_url=True)


@action(
    HOOK,
    "send",
    trigger='type = "track"',
    fields={
        "type": "object",
        "required": ["url"],
        "properties": {"url": {"type": "string", "mapping": path("$.properties.url")}},
    },
)
def send(payload):
    """Send to a URL that people choose."""
    return Request.post(payload["url"], json={})


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "169.254.169.254"])
def test_a_private_address_is_refused_where_people_choose_the_url(host):
    result = deliver(send, {**EVENT, "properties": {"url": f"http://{host}/"}})
    assert result.requests == ()
    assert result.outcome.code == "PRIVATE_ADDRESS"


def test_a_public_address_is_not():
    assert deliver(send, {**EVENT, "properties": {"url": "https://a.example/x"}}).delivered


def test_the_store_in_memory_is_there_for_tests():
    assert MemoryStore().queue is not None
