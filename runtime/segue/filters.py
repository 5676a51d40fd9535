"""What a connection lets through: events it drops, and fields it leaves out of the others.

Filters apply in Segment's order whatever theirs is in the file: sample, drop, block, allow. Their
triggers are asked of the event as it arrived, so no filter hides a field from another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Final, Literal, TypeAlias

from segue.json import MISSING, JsonObject, JsonValue, Missing, index_like
from segue.mapping import split_path
from segue.trigger import Boolean, Predicate, Trigger, compile_trigger


Kind: TypeAlias = Literal["sample", "drop", "block", "allow"]
Fields: TypeAlias = Mapping[str, "Fields | None"]
Change: TypeAlias = Callable[[JsonObject], JsonObject]
_Node: TypeAlias = dict[str, "_Node | None"]

EVERY: Final = Boolean(value=True)

ENVELOPE: Final = (
    *("type", "event", "name", "category", "integrations", "version", "channel"),
    *("userId", "anonymousId", "groupId", "previousId", "messageId"),
    *("timestamp", "originalTimestamp", "sentAt", "receivedAt"),
)
"""What makes an event an event; no filter takes it away."""

DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What is done to the events that a trigger matches.

    ``sample`` lets the share ``rate`` of them through, ``drop`` none; ``block`` removes ``fields``,
    ``allow`` everything else but the envelope. A field is a path; through a list it leads to the
    field of every item.
    """

    kind: Kind
    trigger: Trigger = EVERY
    fields: tuple[str, ...] = ()
    rate: float = 1.0


class Screen:
    """The filters of one connection, compiled. Like triggers they never raise."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        asked = [(one, compile_trigger(one.trigger)) for one in filters]
        self._samples = [(matches, one.rate) for one, matches in asked if one.kind == "sample"]
        self._drops = [matches for one, matches in asked if one.kind == "drop"]
        self._changes: list[tuple[Predicate, Change]] = [
            *((matches, block(one.fields)) for one, matches in asked if one.kind == "block"),
            *((matches, allow(one.fields)) for one, matches in asked if one.kind == "allow"),
        ]

    @property
    def changes(self) -> bool:
        """Whether there are fields that may be left out."""
        return bool(self._changes)

    def admits(self, event: JsonObject) -> bool:
        """Whether the event goes on. Of two samples the smaller is part of the larger."""
        for matches, rate in self._samples:
            if matches(event) and chance(event) >= rate:
                return False
        return not any(matches(event) for matches in self._drops)

    def reduce(self, event: JsonObject) -> JsonObject:
        """The event without what is left out. What was given is not written to."""
        reduced = event
        for matches, change in self._changes:
            if matches(event):
                reduced = change(reduced)
        return reduced


def chance(event: JsonObject) -> float:
    """A number in [0, 1) made of the messageId: the same event falls the same way everywhere."""
    text = str(event.get("messageId", ""))
    digest = blake2b(text.encode(errors="replace"), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


def check_field(path: str) -> str | None:
    """What is wrong with a path to a field, None if it is fit for a filter."""
    keys = split_path(path)
    if not keys or len(keys) > DEEPEST:
        return 'name a field, such as "properties.email"'
    if keys[0] in ENVELOPE:
        return f'"{keys[0]}" is part of every event and always kept; leave it out in the mapping'
    if any(index_like(key) for key in keys):
        return 'leave the index out: "products.price" is the price of every item'
    return None


def block(paths: Sequence[str]) -> Change:
    """Removes these fields."""
    return partial(_without, fields=tree(paths))


def allow(paths: Sequence[str]) -> Change:
    """Keeps these fields and the envelope."""
    return partial(_only, fields={**tree(paths), **dict.fromkeys(ENVELOPE)})


def tree(paths: Sequence[str]) -> Fields:
    """Paths by their first key; None stands for the whole value."""
    root: _Node = {}
    for path in paths:
        _grow(root, split_path(path))
    return root


def _grow(node: _Node, keys: Sequence[str]) -> None:
    *parents, last = keys
    for key in parents:
        inner = node.setdefault(key, {})
        if inner is None:
            return
        node = inner
    node[last] = None


def _without(value: JsonObject, fields: Fields) -> JsonObject:
    if fields.keys().isdisjoint(value):
        return value
    return {
        key: _strip(item, fields.get(key, {}))
        for key, item in value.items()
        if fields.get(key, {}) is not None
    }


def _strip(value: JsonValue, fields: Fields | None) -> JsonValue:
    if not fields:
        return value
    if isinstance(value, Mapping):
        return _without(value, fields)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_strip(item, fields) for item in value]
    return value


def _only(value: JsonObject, fields: Fields) -> JsonObject:
    kept = ((key, _pick(item, fields[key])) for key, item in value.items() if key in fields)
    return {key: item for key, item in kept if item is not MISSING}


def _pick(value: JsonValue, fields: Fields | None) -> JsonValue | Missing:
    """Of a value that is listed in part, the part; MISSING for what has none."""
    if fields is None:
        return value
    if isinstance(value, Mapping):
        return _only(value, fields)
    if isinstance(value, Sequence) and not isinstance(value, str):
        picked = (_pick(item, fields) for item in value)
        return [item for item in picked if item is not MISSING]
    return MISSING
