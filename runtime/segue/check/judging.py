"""What becomes of an event on its way through a mapping, and what of that is wrong."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, cast

from segue.check.answering import follow
from segue.check.mends import mend
from segue.check.places import Place
from segue.check.subject import Subject
from segue.dispatch import Delivery, Prepared, prepare, screened
from segue.errors import AuthorError, EventError, FieldError, PayloadError, pointer
from segue.events import normalise
from segue.fields.schema import required
from segue.fields.variants import variants
from segue.functions.offering import FunctionAction
from segue.http import redact
from segue.json import MISSING, JsonObject, JsonValue, encode
from segue.mapping import compile_mapping
from segue.mapping.paths import find
from segue.openapi import Description, read
from segue.outcome import Discarded


ARRIVED: Final = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
"""When every event arrives, so that the same events make the same findings."""

SOURCE: Final = "check"

_EMPTY: Final = (None, "", MISSING)


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that goes wrong with an event; ``field`` is a pointer into the payload.

    ``rule`` is the keyword that is broken, with what is in the way where that is known: ``enum:case``.
    """

    code: str
    field: str
    rule: str
    message: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same however the event is shrunk."""
        return (self.code, _general(self.field), self.rule)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mapping made of an event: the payload before and after it was coerced, the failures."""

    mapped: JsonValue
    payload: JsonObject | None
    failures: tuple[Failure, ...]


def _general(field: str) -> str:
    """A pointer whose indexes are alike."""
    return "/".join("*" if part.isdecimal() else part for part in field.split("/"))


class Judge:
    """Runs events through one mapping as the runtime would; answers are made up."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._mended: dict[str, str] = {}
        self._writes = False

    def judge(self, event: JsonObject) -> Outcome | None:
        """What becomes of an event as sent; None where it does not get to the mapping."""
        subject = self._subject
        try:
            arrived = normalise(event, received_at=ARRIVED, message_id=lambda: "message-1")
        except EventError:
            return None
        seen = screened(arrived, subject.connection)
        if isinstance(seen, Discarded) or not subject.mapping.matches(seen):
            return None
        mapped = subject.mapping.map(seen)
        given: JsonValue = {} if mapped is MISSING else mapped
        try:
            payload = subject.mapping.action.spec.coerce(given)
        except PayloadError as error:
            return Outcome(
                given, None, tuple(self._refused(seen, given, one) for one in error.errors)
            )
        changed = [*_changes(given, payload, "")] if given is not payload else []
        return Outcome(given, payload, (*changed, *self._performed(seen, payload)))

    def _refused(self, event: JsonObject, given: JsonValue, error: FieldError) -> Failure:
        code, known = "S010", self._mend(given, error)
        if error.rule in {"required", "dependentRequired"}:
            code, known = "S011", self._lacking(event, error.pointer)
        elif error.rule in {"maxLength", "maxItems", "maxProperties"}:
            code = "S012"
        elif error.rule in {"anyOf", "oneOf"} and error.pointer == "":
            code, known = "S013", self._nobody(event)
        rule = f"{error.rule}:{known}" if known else error.rule
        return Failure(code, error.pointer, rule, error.message)

    def _lacking(self, event: JsonObject, field: str) -> str:
        """Why a required value is missing: it is not mapped, or an event has an empty one; else ""."""
        keys = tuple(part.replace("~1", "/").replace("~0", "~") for part in field.split("/")[1:])
        general = tuple("0" if key.isdecimal() else key for key in keys)
        around = [one for one in self._subject.places if one.keys == general[:-1]]
        if all(one.keys != general for one in self._subject.places) and any(map(_made, around)):
            return "unmapped"
        return "empty" if self._given(event, {keys[0]}) else ""

    def _nobody(self, event: JsonObject) -> str:
        """Why nothing says who is meant: the event does, but it is not mapped, or is empty; else ""."""
        action = self._subject.mapping.action
        names = {name for one in variants(action.fields) for name in required(one)}
        names -= {*self._subject.required}
        made = self._default(event)
        filled = made.items() if isinstance(made, Mapping) else ()
        own = self._subject.mapping.fields
        if any(key in names and key not in own and value not in _EMPTY for key, value in filled):
            return "unread"
        return "empty" if self._given(event, names) else ""

    @cached_property
    def _default(self) -> Callable[[JsonObject], JsonValue]:
        made = compile_mapping(self._subject.mapping.action.mapping)
        return lambda event: cast("JsonValue", made(event))

    def _given(self, event: JsonObject, names: set[str]) -> bool:
        """Whether an event has something at each of the paths that feed some fields, be it empty."""
        found = [find(event, keys) for one, keys, _ in self._subject.readings if one in names]
        return bool(found) and all(one is not MISSING and one is not None for one in found)

    def _mend(self, given: JsonValue, error: FieldError) -> str:
        key = error.message
        if key not in self._mended:
            self._mended[key] = mend(self._subject.mapping.action.spec, given, error)
        return self._mended[key]

    def _performed(self, event: JsonObject, payload: JsonObject) -> Iterator[Failure]:
        subject = self._subject
        action = subject.mapping.action
        if action.kind == "async" or isinstance(action, FunctionAction):
            return
        if self._writes:
            event = deepcopy(event)  # it must not change what is tried after it
        before = _spelled(event, subject.connection.settings)
        made = prepare(Delivery(event, SOURCE, subject.connection, subject.mapping))
        if before != _spelled(event, subject.connection.settings) or _written(made, payload):
            self._writes = True
            yield Failure("S027", "", "writes", f"{action.name} writes to what it is given")
        if isinstance(made, Discarded):
            yield Failure("S017", "", made.code, made.why)
            return
        if made.request is not None and self._described is not None:
            for problem in self._described.problems(made.request, subject.connection.base):
                shown = redact(problem, subject.connection.secrets)
                yield Failure("S018", "", shown.partition(":")[0], shown)
                return
        if action.kind == "generator":
            yield from self._followed(made)

    def _followed(self, made: Prepared) -> Iterator[Failure]:
        """S026: what goes wrong after the first request."""
        found = follow(made, self._described)
        if found is not None:
            shown = redact(found.message, self._subject.connection.secrets)
            what = "request is undescribed" if found.undescribed else "action fails"
            yield Failure(
                "S026", "", found.kind, f"after {found.step} answered the {what}: {shown}"
            )

    @cached_property
    def _described(self) -> Description | None:
        source = self._subject.connection.destination.openapi
        try:
            return Description(read(source)) if source is not None else None
        except AuthorError:
            return None


def _spelled(*given: object) -> str:
    return repr(given)


def _written(made: Prepared | Discarded, payload: JsonObject) -> bool:
    """Whether an action wrote to its payload, of which there is a twin."""
    return isinstance(made, Prepared) and repr(made.payload) != repr(payload)


def _made(place: Place) -> bool:
    """Whether a mapping makes an object at a place, member by member."""
    return isinstance(place.value, Mapping) and not place.directive


def _changes(given: JsonValue, made: JsonValue, field: str) -> Iterator[Failure]:
    """What coercion has done: a value of another type, or none."""
    if given is made:
        return
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        for key, value in given.items():
            inner = field + pointer(key)
            if key in made:
                yield from _changes(value, made[key], inner)
            elif value is not None and value != "":
                yield Failure(
                    "S015", inner, "dropped", f"{inner} is dropped: the action has no such field"
                )
            else:
                yield Failure("S015", inner, "empty", f"{inner} is empty, and left out")
    elif isinstance(given, list) and isinstance(made, list):
        if len(given) != len(made):
            yield Failure("S015", field, "empty", f"{field} loses empty items")
        for one, other in zip(given, made, strict=False):
            yield from _changes(one, other, field + "/0")
    elif type(given) is not type(made) or encode(given) != encode(made):
        kinds = f"{_kind(given)} to {_kind(made)}"
        yield Failure("S014", field, kinds, f"{field} is changed from {kinds}")


def _kind(value: JsonValue) -> str:
    match value:
        case bool():
            return "boolean"
        case str():
            return "text"
        case int() | float():
            return "number"
        case None:
            return "null"
        case list():
            return "list"
        case _:
            return "object"
