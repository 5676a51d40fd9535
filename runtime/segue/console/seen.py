"""The paths that events have, with a value of each: what one can choose from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from segue.json import JsonObject, JsonValue, script


MOST: Final = 400
DEPTH: Final = 6
WIDE: Final = 200
"""So many members of one object are looked at."""

LENGTH: Final = 48


@dataclass(frozen=True, slots=True)
class Seen:
    """A path, its keys, and the first value that was found there."""

    keys: tuple[str, ...]
    example: JsonValue

    @property
    def path(self) -> str:
        """The path as a mapping has it."""
        return "$" + "".join(map(_step, self.keys))

    @property
    def type(self) -> str:
        """What kind of value was found."""
        match self.example:
            case None:
                return "null"
            case bool():
                return "on or off"
            case str():
                return "text"
            case int() | float():
                return "number"
            case Mapping():
                return "object"
            case _:
                return "list"

    @property
    def about(self) -> str:
        """What was found, in a few words: of an object its keys, of a list how long it is."""
        match self.example:
            case Mapping() as members:
                return _short(", ".join(members))
            case str() as text:
                return _short(text)
            case list() | tuple() as items:
                return f"{len(items):,} item{'' if len(items) == 1 else 's'}"
            case value:
                return _short(script(value))


def _step(key: str) -> str:
    if key.isascii() and key.isdecimal():
        return f"[{key}]"
    if key.isascii() and key.replace("_", "a").isalnum():
        return f".{key}"
    quoted = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LENGTH else f"{line[: LENGTH - 1]}…"


def look(events: Iterable[JsonObject]) -> tuple[Seen, ...]:
    """The paths of these events; what people map most comes first."""
    found: dict[tuple[str, ...], JsonValue] = {}
    for event in events:
        for keys, value in _walk(event, ()):
            if len(found) < MOST * 4 and found.get(keys) in (None, ""):
                found[keys] = value
    order = sorted(
        found,
        key=lambda keys: (RANK.get(keys[0], len(RANK)), len(found) if keys[0] == "context" else 0),
    )
    return tuple(Seen(keys, found[keys]) for keys in order[:MOST])


RANK: Final[Mapping[str, int]] = {
    key: rank
    for rank, key in enumerate(
        (
            "userId",
            "anonymousId",
            "type",
            "event",
            "name",
            "traits",
            "properties",
            "groupId",
            "timestamp",
            "messageId",
            "context",
        )
    )
}


def _walk(value: JsonValue, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    if keys:
        yield keys, value
    if len(keys) == DEPTH:
        return
    if isinstance(value, Mapping):
        for key, one in islice(value.items(), WIDE):
            yield from _walk(one, (*keys, key))
    elif isinstance(value, list) and value:
        yield from _walk(value[0], (*keys, "0"))
