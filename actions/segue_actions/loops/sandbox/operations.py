"""Every operation of the API by name, and what surrounds them all: shapes, lengths, repeats."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import orjson

from segue.json import JsonObject
from segue_actions.loops.sandbox import contacts, events, properties
from segue_actions.loops.sandbox.model import Answer, Call, Note, Refused
from segue_actions.loops.sandbox.shapes import deviations
from segue_actions.loops.sandbox.team import Team
from segue_actions.loops.sandbox.values import too_long


_IDEMPOTENT: Final = frozenset({"events/send"})


def whoami(team: Team, call: Call) -> Answer:  # noqa: ARG001 the signature of every operation
    """GET /v1/api-key."""
    return Answer(200, {"success": True, "teamName": team.name})


OPERATIONS: Final[Mapping[str, Callable[[Team, Call], Answer]]] = {
    "api-key": whoami,
    "contacts/create": contacts.create,
    "contacts/update": contacts.update,
    "contacts/find": contacts.find,
    "contacts/delete": contacts.delete,
    "properties/list": properties.show,
    "properties/create": properties.create,
    "lists": properties.lists,
    "events/send": events.send,
    "event-patterns": events.patterns,
    "event-patterns/by-name": events.pattern_by_name,
    "event-patterns/by-id": events.pattern_by_id,
}


def perform(team: Team, call: Call) -> Answer:
    """Carry out a call: its effect on the team, and the answer with notes on the request."""
    shape = deviations(call.operation, call.body)
    try:
        answer = _repeat(team, call) or _carry_out(team, call, shape)
    except Refused as refused:
        answer = refused.answer
    if answer.status == 200 or (answer.status == 400 and team.policy.burn):
        spend(team, call, done=answer.status == 200)
    return Answer(answer.status, answer.body, _merge(answer.notes, shape))


def spend(team: Team, call: Call, *, done: bool) -> None:
    """Use up the idempotency key of a call, if it carries one that counts.

    ``done``: the call took effect.
    """
    if _counts(call) and team.ledger.find(call.key or "") is None:
        team.ledger.spend(call.key or "", _digest(call.body), done=done)


def _counts(call: Call) -> bool:
    return bool(call.key) and len(call.key or "") <= 100 and call.operation in _IDEMPOTENT


def _carry_out(team: Team, call: Call, shape: list[Note]) -> Answer:
    if too_long(call.body):
        raise Refused(400, "Some body key or value is longer than allowable")
    contacts.admit(team, shape)
    return OPERATIONS[call.operation](team, call)


def _repeat(team: Team, call: Call) -> Answer | None:
    """The answer to a call whose key was used before. Raises Refused."""
    if call.operation not in _IDEMPOTENT or not call.key:
        return None
    if len(call.key) > 100:
        raise Refused(400, "Idempotency-Key must be at most 100 characters.")
    used = team.ledger.find(call.key)
    if used is None:
        return None
    if team.policy.idempotency == "any":
        raise Refused(409, "Idempotency key already used.")
    if used.digest != _digest(call.body):
        raise Refused(409, "Idempotency key already used with a different request body.")
    if not used.done:
        raise Refused(409, "Idempotency key already used by a request that failed.")
    return Answer(200, {"success": True})


def _digest(body: JsonObject) -> str:
    text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _merge(ours: tuple[Note, ...], shape: list[Note]) -> tuple[Note, ...]:
    """One note a place; what was done about it says more than what was published."""
    said = {note.pointer for note in ours}
    return (*ours, *(note for note in shape if note.pointer not in said))
