"""Whether a batch carries what single requests would.

Payload by payload: the body of its single request is held by the item of the batch at its place. An
item holds a body if it is equal to it, if it is an object with each of its members (a member may
also stand once for all, beside the items), or if one of its own members holds it; of a body that is a list of
one, also if it holds that one. The items are
the list in a JSON body of the batch, as deep as it may be, that has one for each payload; a body of
JSON lines is such a list. Several requests of a batch count as one, their lists one after another.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from segue.http import Request
from segue.json import JsonError, JsonObject, JsonValue, decode
from segue.testing.breaking import BrokenError
from segue.testing.calls import Stuck
from segue.testing.exploring import case, explore_batches
from segue.testing.performing import stuck
from segue.testing.subject import ActionSubject


_DEEP: Final = 4


def agrees(subject: ActionSubject) -> None:
    """Each payload is in its batch as it would be alone, and in the order of the payloads."""

    def judge(payloads: Sequence[JsonObject]) -> None:
        made = subject.ask(payloads, mode="batch")
        if isinstance(made, Stuck):
            raise stuck("the batch function", made, subject, payloads)
        written = [f"it writes to the {name} it is given" for name in made.changed]
        for problem in (made.fault, *made.impure, *written, *made.odd):
            if problem is not None:
                raise BrokenError(f"the batch function: {problem}", _RULES, case(payloads))
        alone = [
            subject.run([one], first=at, batch=payloads) for at, one in enumerate(payloads, start=1)
        ]
        bodies = [_body(one) for each in alone for one in each.requests[:1]]
        if all(body is None for body in bodies):
            return  # what is asked stands in the URL, and a batch has another
        _hold([_body(one) for one in made.requests], bodies, payloads)

    explore_batches(subject, judge)


_RULES: Final = "What holds for perform holds for its batch: any payloads that are valid, and nothing done beside."  # fmt: skip


def _hold(batch: list[JsonValue], bodies: list[JsonValue], payloads: Sequence[JsonObject]) -> None:
    found = [
        (items, [around for one in batch for around in _around(one)])
        for items in _lists(batch, len(bodies))
    ]
    if any(_all_held(items, bodies, around) for items, around in found):
        return
    if not found:
        what = f"the batch of {len(bodies)} payloads has no list of {len(bodies)} items"
        raise BrokenError(what, _SAME, case(payloads), ("batch", batch))
    items, around = found[0]
    at = next(at for at, body in enumerate(bodies) if not _all_held([items[at]], [body], around))
    raise BrokenError(
        f"item {at + 1} of the batch does not hold what the single request of its payload says",
        _SAME,
        ("payload", payloads[at]),
        ("body of its single request", bodies[at]),
        ("item of the batch", items[at]),
    )


_SAME: Final = (
    "Whether a delivery goes alone or with others depends on what else is waiting, so both have to say the "
    "same, in the order of the payloads. Make both with one function. If the vendor's batch call differs "
    "by design, name this check in contract(skip={…}) with the reason."
)


def _all_held(
    items: Sequence[JsonValue], bodies: Sequence[JsonValue], around: list[JsonObject]
) -> bool:
    pairs = zip(items, bodies, strict=True)
    return all(any(_held(item, one, around) for one in _meant(body)) for item, body in pairs)


def _meant(body: JsonValue) -> Sequence[JsonValue]:
    """The body; of a list of one also what it holds, for some calls take a list however many there are."""
    return [body, body[0]] if isinstance(body, list) and len(body) == 1 else [body]


def _held(item: JsonValue, body: JsonValue, around: Sequence[JsonObject], depth: int = 2) -> bool:
    if body is None or _same(item, body):
        return True
    if not isinstance(item, Mapping):
        return False
    if isinstance(body, Mapping) and all(
        _has(item, key, value) or any(_has(one, key, value) for one in around)
        for key, value in body.items()
    ):
        return True
    return depth > 0 and any(_held(one, body, around, depth - 1) for one in item.values())


def _has(members: JsonObject, key: str, value: JsonValue) -> bool:
    return key in members and _same(members[key], value)


def _same(one: JsonValue, other: JsonValue) -> bool:
    return repr(one) == repr(other) or (one == other and not isinstance(one, bool | int | float))


def _lists(bodies: list[JsonValue], count: int) -> Iterator[Sequence[JsonValue]]:
    """The lists that have an item for each payload, in one body, or in several joined."""
    found = [list(_arrays(body, _DEEP)) for body in bodies]
    yield from (one for several in found for one in several if len(one) == count)
    if len(bodies) > 1:
        joined = [item for several in found if several for item in several[0]]
        if len(joined) == count:
            yield joined
        if len(bodies) == count:
            yield bodies


def _arrays(value: JsonValue, depth: int) -> Iterator[Sequence[JsonValue]]:
    if isinstance(value, list):
        yield value
    if isinstance(value, Mapping) and depth:
        for member in value.values():
            yield from _arrays(member, depth - 1)


def _around(value: JsonValue) -> Iterator[JsonObject]:
    """The objects around the items of a body, outermost first."""
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from _around(member)


def _body(request: Request) -> JsonValue:
    """What a request says, as JSON; lines of JSON as a list; None for what is none."""
    if request.json is not None or not request.body:
        return request.json
    try:
        return decode(request.body)
    except JsonError:
        return _lines(request.body)


def _lines(body: bytes) -> JsonValue:
    try:
        return [decode(line) for line in body.splitlines() if line.strip()]
    except JsonError:
        return None
