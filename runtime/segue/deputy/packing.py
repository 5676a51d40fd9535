"""Claims and settlements as plain values, and back. What the store keeps as bytes travels as bytes."""

from operator import attrgetter
from typing import Any, Final, TypeAlias

from segue.http import Request
from segue.json import JsonObject
from segue.store.codec import (
    pack_attempt,
    pack_frozen,
    pack_request,
    pack_response,
    unpack_frozen,
    unpack_request,
    unpack_response,
)
from segue.store.values import (
    UNSETTLED,
    Attempt,
    Claim,
    PackedAttempt,
    Settlement,
    State,
    Step,
)


Row: TypeAlias = tuple[Any, ...]

_CLAIM: Final = attrgetter(
    "delivery",
    "lease",
    "connection",
    "mapping",
    "source",
    "user",
    "message_id",
    "received_at",
    "event_id",
    "event",
    "replay",
    "attempts",
    "first_attempt_at",
    "spent",
    "ambiguous",
)


_GOES_ON: Final = UNSETTLED
"""Of what has ended nothing is tried again, so that nothing need be kept for it."""


def pack_claim(claim: Claim) -> Row:
    """A claim as plain values."""
    frozen = _frozen(claim.frozen, claim.payload)
    return (*_CLAIM(claim), frozen, tuple(map(pack_step, claim.steps)))


def unpack_claim(row: Row) -> Claim:
    """The claim again."""
    *plain, frozen, steps = row
    claim = Claim(*plain)
    if frozen is not None:
        claim.frozen, claim.payload = unpack_frozen(frozen)
    claim.steps = tuple(map(unpack_step, steps))
    return claim


def pack_step(step: Step) -> Row:
    """A step as bytes."""
    return pack_request(step.request), pack_response(step.response)


def unpack_step(row: Row) -> Step:
    """The step again."""
    request, response = row
    return Step(unpack_request(request), unpack_response(response))


def pack_settlement(settlement: Settlement, limit: int) -> Row:
    """A settlement as plain values; ``limit`` is how much of a body the store keeps, in bytes."""
    one = settlement
    return (
        one.claim.delivery,
        one.claim.lease,
        one.state.value,
        one.code,
        one.why,
        one.due,
        [_pack_attempt(each, limit) for each in one.attempts],
        one.ambiguous,
        _frozen(one.frozen, one.payload) if one.state in _GOES_ON else None,
        one.spent,
        one.revision,
        one.plugin,
    )


def unpack_settlement(row: Row, claim: Claim) -> Settlement:
    """The settlement again, of the claim that it names."""
    _, _, state, code, why, due, attempts, ambiguous, frozen, spent, revision, plugin = row
    request, payload = (None, None) if frozen is None else unpack_frozen(frozen)
    return Settlement(
        claim,
        State(state),
        code,
        why,
        due,
        tuple(map(_unpack_attempt, attempts)),
        ambiguous,
        request,
        spent,
        revision,
        plugin,
        payload,
    )


def _pack_attempt(attempt: Attempt, limit: int) -> Row:
    one, packed = attempt, pack_attempt(attempt, limit)
    return one.at, one.seconds, one.ok, one.code, one.why, one.status, one.step, packed


def _unpack_attempt(row: Row) -> PackedAttempt:
    at, seconds, ok, code, why, status, step, packed = row
    return PackedAttempt(at, seconds, ok, code, why, status, step=step, packed=packed)


def _frozen(request: Request | None, payload: JsonObject | None) -> bytes | None:
    return None if request is None and payload is None else pack_frozen(request, payload)
