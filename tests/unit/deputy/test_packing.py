"""Claims and settlements on their way between two processes."""

import marshal
from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.deputy.packing import pack_claim, pack_settlement, unpack_claim, unpack_settlement
from segue.http import Request, Response
from segue.store.codec import pack_attempt, pack_frozen, pack_response
from segue.store.values import Attempt, Claim, Settlement, State, Step


LIMIT = 50
NAMES = st.text(max_size=8)
TIMES = st.floats(0, 2e9)
VALUES = st.dictionaries(NAMES, st.none() | st.booleans() | st.integers(-9, 9) | NAMES, max_size=3)
HEADERS = st.dictionaries(st.sampled_from(["x-a", "x-b"]), NAMES, max_size=2)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST"]),
    url=st.just("/a"),
    json=st.none() | VALUES,
    headers=HEADERS,
    params=st.dictionaries(NAMES, st.integers(0, 9), max_size=2),
    accept=st.sampled_from([(), frozenset({404, 410})]),
)
RESPONSES = st.builds(Response, st.integers(200, 599), HEADERS, st.binary(max_size=80))
CLAIMS = st.builds(
    Claim,
    delivery=st.integers(1, 2**62),
    lease=st.integers(1, 99),
    connection=NAMES,
    mapping=NAMES,
    source=NAMES,
    user=NAMES,
    message_id=NAMES,
    received_at=TIMES,
    event_id=st.integers(1, 2**62),
    event=st.binary(max_size=20),
    replay=st.integers(0, 3),
    attempts=st.integers(0, 3),
    first_attempt_at=st.none() | TIMES,
    spent=TIMES,
    ambiguous=st.booleans(),
    frozen=st.none() | REQUESTS,
    steps=st.lists(st.builds(Step, REQUESTS, RESPONSES), max_size=2).map(tuple),
    payload=st.none() | VALUES,
)
ATTEMPTS = st.builds(
    Attempt,
    TIMES,
    TIMES,
    st.booleans(),
    NAMES,
    NAMES,
    st.none() | st.integers(200, 599),
    st.none() | REQUESTS,
    st.none() | RESPONSES,
    st.integers(0, 3),
)


def wire(request):
    """What of a request counts: how the store would write it."""
    return None if request is None else pack_frozen(request, None)


def sent(row):
    return marshal.loads(marshal.dumps(row))


@settings(deadline=None)
@given(CLAIMS)
def test_a_claim_is_the_same_at_the_other_end(claim):
    there = unpack_claim(sent(pack_claim(claim)))
    bare = {"frozen": None, "steps": ()}
    assert replace(there, **bare) == replace(claim, **bare)
    assert wire(there.frozen) == wire(claim.frozen)
    steps = [
        [(wire(a.request), pack_response(a.response)) for a in b.steps] for b in (there, claim)
    ]
    assert steps[0] == steps[1]


@settings(deadline=None)
@given(
    st.data(),
    CLAIMS,
    st.lists(ATTEMPTS, max_size=2).map(tuple),
    st.sampled_from([State.RETRYING, State.HELD, State.DELIVERED, State.DISCARDED, State.DEAD]),
)
def test_a_settlement_is_the_same_to_the_store_at_the_other_end(data, claim, attempts, state):
    settlement = Settlement(
        claim,
        state,
        data.draw(NAMES),
        data.draw(NAMES),
        data.draw(TIMES) if state is State.RETRYING else None,
        attempts,
        data.draw(st.booleans()),
        data.draw(st.none() | REQUESTS) if state is State.RETRYING else None,
        data.draw(TIMES),
        data.draw(st.none() | NAMES),
        data.draw(st.none() | NAMES),
        data.draw(st.none() | VALUES) if state is State.RETRYING else None,
    )
    there = unpack_settlement(sent(pack_settlement(settlement, LIMIT)), claim)
    plain = {one.name for one in fields(Settlement)} - {"attempts", "frozen"}
    assert {name: getattr(there, name) for name in plain} == {
        name: getattr(settlement, name) for name in plain
    }
    assert wire(there.frozen) == wire(settlement.frozen)
    assert [pack_attempt(one, LIMIT) for one in there.attempts] == [
        pack_attempt(one, LIMIT) for one in attempts
    ]
    facts = [
        [(a.at, a.seconds, a.ok, a.code, a.why, a.status, a.step) for a in one]
        for one in (there.attempts, attempts)
    ]
    assert facts[0] == facts[1]
