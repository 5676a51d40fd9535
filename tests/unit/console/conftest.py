"""A console with events in its store, and what became of them."""

import pytest
from console_site import site

from segue.control.operations import perform
from segue.http import Request, Response
from segue.store.values import Attempt, Settlement, State


REQUEST = Request.put("http://loops.test/contacts/update", json={"email": "ann@b.test"})
HOSTILE = "<script>alert(1)</script>"


def event(number, **more):
    return {
        "type": "identify",
        "messageId": f"m{number}",
        "userId": f"user-{number}",
        "timestamp": "2026-03-01T12:00:00.000Z",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "traits": {"email": f"user-{number}@b.test", "firstName": HOSTILE},
        "context": {},
        "integrations": {},
        **more,
    }


async def take(office, *events):
    await perform(office, "take", {"source": "website", "events": list(events)}, lambda _: None)


async def settle(office, *ends):
    """Claim what is due and end each so: a state, a code and the status of its answer."""
    claims = await office.store.queue.claim("loops", fresh=len(ends))
    found = []
    for claim, (state, code, status) in zip(claims, ends, strict=True):
        answer = Response(status, {"x-request-id": "r1"}, b'{"message":"%d"}' % status)
        ok = state is State.DELIVERED
        tried = Attempt(office.clock(), 0.2, ok, code, "why", status, REQUEST, answer)
        found.append(Settlement(claim, state, code, "" if ok else "why", attempts=(tried,)))
    await office.store.queue.settle(found)


@pytest.fixture
def console(tmp_path):
    with site(tmp_path) as found:
        yield found


@pytest.fixture
def full(console):
    """Four events: one delivered, one dead, one discarded, and one that nobody wants."""
    nobodys = event(4, type="page", name="Home", properties={})
    console.run(take, console.office, event(1), event(2), event(3), nobodys)
    ends = (
        (State.DELIVERED, "OK", 200),
        (State.DEAD, "BAD_REQUEST", 400),
        (State.DISCARDED, "PAYLOAD_VALIDATION_FAILED", 422),
    )
    console.run(settle, console.office, *ends)
    return console
