"""What is asked of an event that arrives, and what becomes of one that breaks its schema."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, cast

from jsonschema_rs import ValidationError, ValidationErrorKind, Validator

from segue.errors import pointer
from segue.events import Event
from segue.events.reasons import excerpt
from segue.events.stream import Rejected
from segue.json import JsonObject, JsonValue, encode
from segue.schemas.model import Enforce, EventSchema, Schemas
from segue.schemas.reading import compile_schema, sentence


SCHEMA: Final = "schema_violation"
COMMON: Final = "common_schema_violation"
UNPLANNED: Final = "unplanned"
BOTH: Final = "unplanned_and_schema_violation"

ROUNDS: Final = 10
"""A field that goes may leave the one around it incomplete, which goes next; this often."""

_SHOWN: Final = 3
_TEXT: Final = 120
_SENTENCES: Final = {
    "blocked": "{}",
    "trimmed": "kept without what was wrong: {}",
    "tagged": "kept all the same: {}",
}
_OPEN: Final = frozenset({"properties", "traits", "context"})
_NOTHING: Final[JsonObject] = {}

Trail: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """An event that broke a rule: as it goes on, or None where it is blocked.

    ``code`` is Segment's reason code. ``result`` is "tagged", "trimmed" or "blocked": trimmed means
    that nothing is wrong with it any more, tagged that it goes on although something is.
    """

    event: Event | None
    code: str
    reason: str
    result: str

    def told(self, arrived: Event) -> Rejected:
        """What is shown of it beside the events that were refused."""
        start = encode(arrived)[: 4 * _TEXT].decode(errors="replace")
        reason = _SENTENCES[self.result].format(self.reason)
        return Rejected(0, self.code, reason, excerpt(start, _TEXT))


Rule: TypeAlias = Callable[[Event], Ruling | None]


def compile_rule(schemas: Schemas) -> Rule | None:
    """What to ask of every event: None as the answer where all is well.

    None as the rule where nothing is enforced, so that nothing need be asked.
    """
    return _Rule(schemas).judge if schemas.enforced else None


class _Check:
    """One schema, compiled."""

    def __init__(self, schema: EventSchema, code: str) -> None:
        self.code, self.part = code, schema.part
        self.enforce: Enforce = schema.enforce
        self._validator: Validator = compile_schema(schema.document)

    def passes(self, event: Event) -> bool:
        try:
            return self._validator.is_valid(self._value(event))
        except ValueError:  # a text that is no Unicode
            return False

    def errors(self, event: Event) -> Iterator[tuple[Trail, ValidationError]]:
        """What is wrong, each with where in the event it is."""
        above = () if self.part is None else (self.part,)
        for error in self._validator.iter_errors(self._value(event)):
            yield (*above, *error.instance_path), error

    def _value(self, event: Event) -> JsonValue:
        return event if self.part is None else event.get(self.part, _NOTHING)


class _Broken(NamedTuple):
    """A rule that an event broke; without a check it is the one that every event has a schema."""

    code: str
    enforce: Enforce
    check: _Check | None = None


class _Rule:
    """The rules of a workspace."""

    def __init__(self, schemas: Schemas) -> None:
        asked = schemas.undeclared
        self._unplanned = _Broken(UNPLANNED, asked) if asked != "allow" else None
        self._track = {name: _Check(one, SCHEMA) for name, one in _active(schemas.track)}
        self._calls = {name: _Check(one, SCHEMA) for name, one in _active(schemas.calls)}
        self._known = frozenset(schemas.track)
        common = schemas.common
        self._common = _Check(common, COMMON) if common and common.enforce != "none" else None

    def judge(self, event: Event) -> Ruling | None:
        kind = cast("str", event["type"])
        name = cast("str", event["event"]) if kind == "track" else ""
        own = self._track.get(name) if kind == "track" else self._calls.get(kind)
        common = self._common
        broken = [
            _Broken(one.code, one.enforce, one)
            for one in (own, common)
            if one is not None and not one.passes(event)
        ]
        if kind == "track" and self._unplanned is not None and name not in self._known:
            broken.append(self._unplanned)
        return _rule(event, broken) if broken else None


def _active(schemas: Mapping[str, EventSchema]) -> Iterator[tuple[str, EventSchema]]:
    return ((name, one) for name, one in schemas.items() if one.enforce != "none")


def _rule(event: Event, broken: Sequence[_Broken]) -> Ruling:
    """The strictest of them decides. What was wrong is told as the event arrived."""
    blocking = [one for one in broken if one.enforce == "block"]
    code, reason = _code(blocking or broken), _reason(event, broken)
    if blocking:
        return Ruling(None, code, reason, "blocked")
    trimming = [
        one.check for one in broken if one.check is not None and one.enforce == "drop_fields"
    ]
    trimmed = _trimmed(event, trimming)
    clean = trimmed is not event and all(one.check and one.check.passes(trimmed) for one in broken)
    return Ruling(trimmed, code, reason, "trimmed" if clean else "tagged")


def _code(broken: Sequence[_Broken]) -> str:
    codes = {one.code for one in broken}
    if UNPLANNED in codes:
        return BOTH if len(codes) > 1 else UNPLANNED
    return broken[0].code


def _reason(event: Event, broken: Iterable[_Broken]) -> str:
    """The first few things that are wrong, safe to print."""
    told: list[str] = []
    for one in broken:
        if one.check is None:
            told.append(f'no schema is declared for "{excerpt(str(event["event"]), 40)}"')
            continue
        try:
            told += [
                excerpt(f"{pointer(*path) or 'the event'}: {sentence(error)}", 120)
                for path, error in one.check.errors(event)
            ]
        except ValueError:
            told.append("it cannot be read: a text of it is no Unicode")
    more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return "; ".join(told[:_SHOWN]) + more


def _trimmed(event: Event, checks: Sequence[_Check]) -> Event:
    """The event without the fields that break these schemas; the same where none can go."""
    for _ in range(ROUNDS):
        gone = {trail for check in checks for trail in _wrong(event, check)}
        if not gone:
            break
        for trail in gone:
            event = cast("Event", _without(event, trail))
    return event


def _wrong(event: Event, check: _Check) -> Iterator[Trail]:
    """The fields that must go: undeclared ones, and the nearest field around any other fault.

    Only in properties, traits and context; an event without its type or ids is none.
    """
    for path, error in check.errors(event):
        match error.kind:
            case ValidationErrorKind.AdditionalProperties(
                names
            ) | ValidationErrorKind.UnevaluatedProperties(names):
                found = [(*path, name) for name in names]
            case _:
                found = [_field(path)]
        yield from (one for one in found if len(one) > 1 and one[0] in _OPEN)


def _field(path: Trail) -> Trail:
    """The path up to its last name: an item goes with the list it is in."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _without(value: JsonValue, trail: Trail) -> JsonValue:
    """A copy, as deep as need be, without what is at the trail."""
    key, *rest = trail
    if isinstance(value, Mapping) and isinstance(key, str) and key in value:
        kept = {name: one for name, one in value.items() if name != key or rest}
        return {**kept, key: _without(value[key], tuple(rest))} if rest else kept
    if isinstance(value, list) and isinstance(key, int) and rest and key < len(value):
        return [*value[:key], _without(value[key], tuple(rest)), *value[key + 1 :]]
    return value
