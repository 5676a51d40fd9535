"""What differs between two requests."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from segue.diff.kinds import kind, reordered
from segue.diff.model import Change, Sent, Value
from segue.errors import pointer
from segue.json import MISSING, JsonObject, JsonValue, encode


MOST: Final = 200
"""Changes of one request that are told apart."""

_TRIVIAL: Final = frozenset({b"null", b"true", b"false", b'""', b"{}", b"[]", b"0", b"1"})
"""Values that say nothing of where they came from."""


def changes(old: Sent, new: Sent) -> list[Change]:
    """Every difference, from the method to the body; none where both are sent as the same JSON.

    Neither the order of an object's members counts, nor the case of a header's name.
    """
    found: list[Change] = []
    if old.method != new.method:
        found.append(Change("method", "changed", old.method, new.method))
    if old.url != new.url:
        found.append(Change("url", kind(old.url, new.url), old.url, new.url))
    if old.query != new.query:
        found += _members(old.query, new.query, "query")
    if old.headers != new.headers:
        found += _members(old.headers, new.headers, "header")
    found += _walk(old.body, new.body, new.part)
    if old.later or new.later:
        found += _later(old.later, new.later)
    return _moved(found[:MOST]) if len(found) > 1 else found


def _later(old: Sequence[Sent], new: Sequence[Sent]) -> Iterator[Change]:
    """What differs in the requests after the first."""
    for number, (one, other) in enumerate(zip_longest(old, new), start=2):
        place = f"request {number}"
        if one is None or other is None:
            yield Change(place, "added" if one is None else "removed", _line(one), _line(other))
        else:
            yield from (
                found._replace(place=f"{place}/{found.place}") for found in changes(one, other)
            )


def _line(one: Sent | None) -> Value:
    return MISSING if one is None else f"{one.method} {one.url}"


def _walk(old: Value, new: Value, place: str) -> Iterator[Change]:
    if old is new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _members(old, new, place)
    elif type(old) is list and type(new) is list:
        yield from _items(old, new, place)
    elif (type(old) is not type(new) or old != new) and _written(old) != _written(new):
        yield Change(place, kind(old, new), old, new)


def _written(value: Value) -> bytes:
    return b"" if value is MISSING else encode(value)


def _members(old: JsonObject, new: JsonObject, place: str) -> Iterator[Change]:
    for key, value in old.items():
        other = new.get(key, MISSING)
        if value is other or (type(value) is str and value == other):
            continue
        yield from _walk(value, other, place + pointer(key))
    for key, value in new.items():
        if key not in old:
            yield Change(place + pointer(key), "added", MISSING, value)


def _items(old: Sequence[JsonValue], new: Sequence[JsonValue], place: str) -> Iterator[Change]:
    inner = place + "/*"
    found = [one for pair in zip(old, new, strict=False) for one in _walk(*pair, inner)]
    if found and reordered(old, new):
        yield Change(place, "put in another order", old, new)
        return
    yield from found
    yield from (Change(inner, "removed", one, MISSING) for one in old[len(new) :])
    yield from (Change(inner, "added", MISSING, one) for one in new[len(old) :])


def _moved(found: list[Change]) -> list[Change]:
    """What was removed here and added there is moved."""
    added = {text: at for at, text in _told(found, "added")}
    gone: set[int] = set()
    for at, text in _told(found, "removed"):
        one, there = found[at], added.pop(text, None)
        if there is not None:
            gone.add(there)
            found[at] = Change(one.place, "moved", one.old, one.old, found[there].place)
    return [one for at, one in enumerate(found) if at not in gone] if gone else found


def _told(found: Sequence[Change], wanted: str) -> Iterator[tuple[int, bytes]]:
    """The changes of a kind whose value is worth looking for, by their values."""
    for at, one in enumerate(found):
        if one.kind == wanted:
            text = _written(one.new if wanted == "added" else one.old)
            if text not in _TRIVIAL:
                yield at, text
