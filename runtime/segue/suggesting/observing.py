"""What is known about events: every path in them, how often it is there, and what it holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from segue.json import JsonObject, JsonValue
from segue.schemas.shape import DEPTH, Shape


Keys: TypeAlias = tuple[str, ...]

EXAMPLES: Final = 3
SAMPLED: Final = 500
"""Events that examples are taken from."""

_LONGEST: Final = 60
_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
}
# Of the envelope, what says nothing that a field could ask for.
_PARTS: Final = frozenset(("properties", "traits", "context"))
_ENVELOPE: Final = _PARTS.union(
    ("type", "channel", "version", "writeKey", "integrations", "projectId", "_metadata"),
    ("sentAt", "receivedAt", "originalTimestamp"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A path in events. ``share`` is that of the events that have it, ``types`` are those of JSON.

    ``texts`` are all that it holds where they are few, else None.
    """

    keys: Keys
    share: float
    types: frozenset[str]
    format: str | None = None
    texts: frozenset[str] | None = None
    examples: tuple[JsonValue, ...] = ()


class Observation:
    """Takes events one by one, in memory that does not grow with their number."""

    def __init__(self) -> None:
        self._shape = Shape()
        self._examples: dict[Keys, list[JsonValue]] = {}
        self._kinds: set[str] = set()
        self._names: set[str] = set()

    @property
    def events(self) -> int:
        """How many there were."""
        return self._shape.seen

    @property
    def kind(self) -> str:
        """The type of all of them, "" if there are several."""
        return next(iter(self._kinds)) if len(self._kinds) == 1 else ""

    @property
    def event(self) -> str:
        """The name of all of them, "" if there are several."""
        return next(iter(self._names)) if len(self._names) == 1 else ""

    def see(self, event: JsonObject) -> None:
        """Take an event into account."""
        self._shape.see(event)
        self._kinds.add(str(event.get("type", "")))
        if len(self._names) < EXAMPLES:
            self._names.add(str(event.get("event", "")))
        if self.events <= SAMPLED:
            self._sample((), event)

    def _sample(self, keys: Keys, value: JsonValue) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items() if len(keys) < DEPTH else ():
                self._sample((*keys, key), inner)
            return
        known = self._examples.setdefault(keys, [])
        short = not isinstance(value, str) or len(value) <= _LONGEST
        if len(known) < EXAMPLES and short and value is not None and value not in known:
            known.append(value)

    def sources(self) -> Sequence[Source]:
        """Every path that leads to a value, in the order of the paths."""
        return [*self._walk((), self._shape)]

    def _walk(self, keys: Keys, shape: Shape) -> Iterator[Source]:
        if keys and not (len(keys) == 1 and keys[0] in _ENVELOPE):
            yield self._source(keys, shape)
        for name, member in sorted((shape.members or {}).items()):
            if keys or name not in _ENVELOPE or name in _PARTS:
                yield from self._walk((*keys, name), member)

    def _source(self, keys: Keys, shape: Shape) -> Source:
        types = frozenset(_TYPES[kind] for kind in shape.kinds if kind in _TYPES)
        filled = sum(count for kind, count in shape.kinds.items() if kind in _TYPES)
        texts = None if shape.texts is None else frozenset(shape.texts)
        examples = tuple(self._examples.get(keys, ()))
        return Source(keys, filled / self.events, types, shape.format or None, texts, examples)


def declared(schema: JsonObject, keys: Keys = (), share: float = 1.0) -> Iterator[Source]:
    """What a JSON Schema says about the part of an event at ``keys``: optional is half of the events."""
    for name, member in _members(schema).items():
        here = (*keys, name)
        needed = name in cast("Sequence[str]", schema.get("required", ()))
        often = share if needed else share / 2
        listed = [
            one
            for one in cast("Sequence[JsonValue]", member.get("enum", ()))
            if isinstance(one, str)
        ]
        shape = member.get("format")
        if len(here) > 1 or name not in _ENVELOPE:
            yield Source(
                here,
                often,
                _types(member),
                shape if isinstance(shape, str) else None,
                frozenset(listed) or None,
                tuple(cast("Sequence[JsonValue]", member.get("examples", listed)))[:EXAMPLES],
            )
        yield from declared(member, here, often)


def _members(schema: JsonObject) -> Mapping[str, JsonObject]:
    found = schema.get("properties")
    members = found if isinstance(found, Mapping) else {}
    return {key: one for key, one in members.items() if isinstance(one, Mapping)}


def _types(schema: JsonObject) -> frozenset[str]:
    said = schema.get("type", ())
    names = [said] if isinstance(said, str) else cast("Sequence[str]", said)
    return frozenset("number" if name == "integer" else name for name in names if name != "null")
