"""What is asked of an event that arrives, and what becomes of one that breaks its schema."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, cast

from jsonschema_rs import ValidationError, Validator

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
CODES: Final = frozenset({SCHEMA, COMMON, UNPLANNED, BOTH})
"""The reason codes of what a schema blocks."""

_TEXT: Final = 120
_SENTENCES: Final = {
    "blocked": "{}",
    "trimmed": "kept without what was wrong: {}",
    "tagged": "kept all the same: {}",
}
_OPEN: Final = ("properties", "traits", "context")
_NEEDS: Final = frozenset(
    {"required", "minProperties", "dependentRequired", "dependentSchemas", "dependencies"}
    | {"if", "then", "else"}
)
_NOTHING: Final[JsonObject] = {}


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
        self._alone = _lenient(schema) if schema.enforce == "drop_fields" else self._validator

    def passes(self, event: Event) -> bool:
        try:
            return self._validator.is_valid(self._value(event))
        except ValueError:  # a text that is no Unicode
            return False

    def fault(self, event: Event) -> str:
        """The first thing that is wrong, safe to print.

        Only the first: a sender could have an event hold thousands, and have us spell out each.
        """
        try:
            self._validator.validate(self._value(event))
        except ValidationError as error:
            above = () if self.part is None else (self.part,)
            where = pointer(*above, *error.instance_path) or "the event"
            return excerpt(f"{where}: {sentence(error)}", 200)
        except ValueError:
            pass
        return "it cannot be read: a text of it is no Unicode"

    def trimmed(self, event: Event) -> Event:
        """The event without the members of properties, traits and context that are wrong by themselves."""
        parts = _OPEN if self.part is None else (self.part,)
        found = {part: event[part] for part in parts if isinstance(event.get(part), Mapping)}
        kept = {part: self._kept(part, cast("JsonObject", one)) for part, one in found.items()}
        same = all(len(kept[part]) == len(cast("JsonObject", one)) for part, one in found.items())
        return event if same else {**event, **kept}

    def _kept(self, part: str, members: JsonObject) -> JsonObject:
        return {key: one for key, one in members.items() if self._bears(part, {key: one})}

    def _bears(self, part: str, member: JsonObject) -> bool:
        try:
            return self._alone.is_valid(member if self.part else {part: member})
        except ValueError:
            return False

    def _value(self, event: Event) -> JsonValue:
        return event if self.part is None else event.get(self.part, _NOTHING)


def _lenient(schema: EventSchema) -> Validator:
    """What is asked of each member alone; anything will do where a schema cannot be asked so."""
    loose = _loose(schema.document)
    if schema.part is None:
        known = cast("JsonObject", loose.get("properties", _NOTHING))
        parts = {
            key: _loose(one)
            for key, one in known.items()
            if key in _OPEN and isinstance(one, Mapping)
        }
        loose = {**loose, "properties": {**known, **parts}}
    try:
        made = compile_schema(loose)
    except ValueError:  # something in it refers to what is left out
        return compile_schema(_NOTHING)
    return made if made.is_valid({}) else compile_schema(_NOTHING)


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
    """The strictest of them decides."""
    blocking = [one for one in broken if one.enforce == "block"]
    told = [_told(event, one) for one in broken]
    if blocking:
        return Ruling(None, _code(blocking), "; ".join(told), "blocked")
    left = event
    for one in broken:
        if one.check is not None and one.enforce == "drop_fields":
            left = one.check.trimmed(left)
    clean = left is not event and all(one.check and one.check.passes(left) for one in broken)
    return Ruling(left, _code(broken), "; ".join(told), "trimmed" if clean else "tagged")


def _code(broken: Sequence[_Broken]) -> str:
    codes = {one.code for one in broken}
    if UNPLANNED in codes:
        return BOTH if len(codes) > 1 else UNPLANNED
    return broken[0].code


def _told(event: Event, broken: _Broken) -> str:
    if broken.check is not None:
        return broken.check.fault(event)
    return f'no schema is declared for "{excerpt(str(event["event"]), 40)}"'


def _loose(schema: JsonObject) -> JsonObject:
    """A schema that asks for no member to be there, nor for one because of another."""
    return {key: one for key, one in schema.items() if key not in _NEEDS}
