"""One side of a comparison: what a workspace makes of an event, up to the first request."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from segue.actions import Steps
from segue.diff.model import (
    NO_ANSWERS,
    UNSEEN,
    Absent,
    Answers,
    Refused,
    Result,
    Sent,
    Value,
)
from segue.diff.outline import Name, content, way
from segue.dispatch import DROPPED, FILTERED, Delivery, Dispatcher, Prepared, broken
from segue.errors import DeliveryError, FieldError, PayloadError
from segue.events import Event, Rejected
from segue.functions.offering import FunctionAction
from segue.http import Request, Response, lower, redact
from segue.json import MISSING, JsonError, JsonObject, decode
from segue.outcome import fault
from segue.schemas import compile_rule
from segue.workspace.model import ActionMapping, Connection, Workspace


MESSAGE: Final = 300
FORM: Final = "application/x-www-form-urlencoded"


class Half(NamedTuple):
    """A mapping of one side with its connection, under the names that both sides know."""

    connection: Connection
    mapping: ActionMapping

    @property
    def name(self) -> Name:
        """Its connection and its own."""
        return self.connection.name, self.mapping.name

    @property
    def unseen(self) -> bool:
        """Whether its requests are made in other processes, and not here."""
        return bool(self.connection.functions) or isinstance(self.mapping.action, FunctionAction)


class Reached(NamedTuple):
    """An event at a mapping, as the filters before it leave it."""

    half: Half
    event: JsonObject
    source: str
    answers: Sequence[Response] = ()

    def fill(self) -> JsonObject | Refused:
        """The payload."""
        mapped = self.half.mapping.map(self.event)
        try:
            return self.half.mapping.action.spec.coerce({} if mapped is MISSING else mapped)
        except PayloadError as error:
            return Refused(str(error), about(error.errors))

    def make(self, payload: JsonObject) -> Result:
        """What goes out for a payload."""
        connection, mapping = self.half
        action = mapping.action
        if action.kind == "async" and action.batches is None:
            return Sent("", "", {}, {}, payload, "payload")
        delivery = Delivery(self.event, self.source, connection, mapping)
        try:
            made = _requests(Prepared(delivery, payload, None), self.answers)
            requests = [sent(one, connection.base) for one in made]
            if not requests:
                return Absent("its action makes no request")
            return requests[0]._replace(later=tuple(requests[1:])) if requests[1:] else requests[0]
        except DeliveryError as error:
            why = fault(error).why
        except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
            why = broken(mapping, error).why
        why = redact(why, connection.secrets)[:MESSAGE]
        return Refused(why, why)

    def result(self) -> Result:
        """Both."""
        if self.half.unseen:
            return UNSEEN
        payload = self.fill()
        return payload if isinstance(payload, Refused) else self.make(payload)


def _requests(prepared: Prepared, answers: Sequence[Response]) -> Sequence[Request]:
    """The first request, and those that follow these answers.

    Of an action that takes several payloads at once it is that for this one alone.
    """
    delivery = prepared.delivery
    mapping = delivery.mapping
    if mapping.action.batches is None:
        if mapping.action.kind == "pure":
            return [prepared.make()]
        return [*_asked(prepared.steps(), answers)]
    steps = mapping.action.batch_steps(
        [prepared.payload],
        settings=delivery.connection.settings,
        contexts=[delivery.context],
        events=[delivery.event],
        sync_mode=mapping.sync_mode,
        matching_key=mapping.matching_key,
    )
    return [*islice(steps, 1)]


def _asked(steps: Steps, answers: Sequence[Response]) -> Iterator[Request]:
    request = next(steps, None)
    if request is not None:
        yield request
    for answer in answers if request is not None else ():
        try:
            yield steps.send(answer)
        except StopIteration:
            return


def sent(request: Request, base: str) -> Sent:
    """A request as it is compared. Raises ValueError for one that could not be sent."""
    params = {name: _spelled(value) for name, value in request.params.items()}
    plain = replace(request, params={}) if params else request
    headers = lower(request.headers)
    return Sent(
        request.method, plain.under(base).url, params, headers, _body(request, headers)
    )  # fmt: skip


def _spelled(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(request: Request, headers: Mapping[str, str]) -> Value:
    if request.json is not None:
        return request.json
    if request.body is None:
        return MISSING
    text = request.body.decode(errors="replace")
    if headers.get("content-type", "").startswith(FORM):
        pairs = parse_qsl(text, keep_blank_values=True)
        return dict(pairs) if len(dict(pairs)) == len(pairs) else text
    try:
        return decode(request.body)
    except JsonError:
        return text


def about(errors: Sequence[FieldError]) -> str:
    """What many refused payloads have in common: which field breaks which rule."""
    return "; ".join(dict.fromkeys(_said(one) for one in errors[:3]))


def _said(error: FieldError) -> str:
    field = ".".join("*" if one.isdecimal() else one for one in error.pointer.split("/")[1:])
    if error.rule == "required":
        return f"missing {field}"
    if not field or error.rule not in _RULES:
        return error.message.removesuffix(".") if not field else f"{field}: {error.rule}"
    return f"{field} {_RULES[error.rule]}"


_RULES: Final[Mapping[str, str]] = {
    "type": "is of the wrong type",
    "format": "is not of its format",
    "enum": "is none of its choices",
    "const": "is not what it must be",
    "pattern": "is not of its pattern",
    "minLength": "is too short",
    "maxLength": "is too long",
    "minimum": "is too small",
    "maximum": "is too large",
    "minItems": "has too few items",
    "maxItems": "has too many items",
}

Arrive: TypeAlias = Callable[[Event, str], Event | str]


class Side:
    """A workspace under comparison.

    ``names`` are the mappings that matter, each with the name that it is compared under; ``halves``
    has them by that name.
    ``arriving``: events come as they were sent, so that schemas and plugins are asked first.
    """

    def __init__(
        self, workspace: Workspace, names: Mapping[Name, Name], *, arriving: bool = False
    ) -> None:
        self._names = names
        self.halves = {
            names[one.name, mapping.name]: Half(
                replace(one, name=names[one.name, mapping.name][0]),
                replace(mapping, name=names[one.name, mapping.name][1]),
            )
            for one in workspace.connections.values()
            for mapping in one.mappings
            if (one.name, mapping.name) in names
        }
        self._own = {shown: own for own, shown in names.items()}
        self._dispatcher = Dispatcher(_pruned(workspace, names))
        self._rule = compile_rule(workspace.schemas) if arriving else None
        self._revise = workspace.hooks.revise if arriving else None

    def half(self, name: Name) -> Half | None:
        """The mapping that is compared under a name."""
        return self.halves.get(name)

    def arrive(self, event: Event, source: str) -> Event | str:
        """The event as it goes on; of one that is turned away, why."""
        if self._rule is not None:
            ruling = self._rule(event)
            if ruling is not None:
                if ruling.event is None:
                    return f"it is refused on arrival ({ruling.code})"
                event = ruling.event
        if self._revise is not None:
            revised = self._revise(event, source)
            if isinstance(revised, Rejected):
                return f"it is dropped on arrival: {revised.reason}"
            event = revised
        return event

    def reached(
        self, event: JsonObject, source: str, answers: Answers = NO_ANSWERS
    ) -> list[tuple[Name, Reached]]:
        """The mappings that an event gets to."""
        found: list[tuple[Name, Reached]] = []
        for one in self._dispatcher.dispatch(event, source):
            name = self._names[one.connection.name, one.mapping.name]
            answered = answers.get(name, ()) if answers else ()
            found.append((name, Reached(self.halves[name], one.event, source, answered)))
        return found

    def results(
        self, event: Event, source: str, answers: Answers = NO_ANSWERS
    ) -> list[tuple[Name, Result]]:
        """What becomes of an event at each mapping that it gets to."""
        arrived = self.arrive(event, source)
        if isinstance(arrived, str):
            return []
        return [(name, one.result()) for name, one in self.reached(arrived, source, answers)]

    def absence(self, name: Name, event: Event, source: str) -> str:
        """Why an event does not get to a mapping."""
        half = self.halves.get(name)
        if half is None:
            return "there is no such mapping"
        arrived = self.arrive(event, source)
        if isinstance(arrived, str):
            return arrived
        return next(self._reasons(half, self._own[name][0], arrived, source))

    def _reasons(self, half: Half, own: str, event: JsonObject, source: str) -> Iterator[str]:
        if not (half.connection.enabled and half.mapping.enabled):
            yield "it is switched off"
        if source not in half.connection.sources:
            yield "its connection does not take events of this source"
        skipped = self._dispatcher.skipped(event, source)
        codes = {one.discarded.code for one in skipped if one.connection == own}
        yield from (why for code, why in _CODES.items() if code in codes)
        yield "its trigger does not match"


_CODES: Final[Mapping[str, str]] = {
    FILTERED.code: "its integrations object switches it off",
    DROPPED.code: "a filter drops it",
}


def _pruned(workspace: Workspace, names: Mapping[Name, Name]) -> Workspace:
    """The workspace with nothing but these mappings."""
    kept = {
        name: replace(
            one, mappings=tuple(each for each in one.mappings if (name, each.name) in names)
        )
        for name, one in workspace.connections.items()
    }
    return replace(workspace, connections={name: one for name, one in kept.items() if one.mappings})


def together(old: Half, new: Half) -> bool:
    """Whether every event gets to both or to neither, as the same event."""
    one, other = old.mapping, new.mapping
    return (
        old.connection.destination is new.connection.destination
        and way(old.connection) == way(new.connection)
        and (one.trigger, one.enabled) == (other.trigger, other.enabled)
    )


def decided(old: Half, new: Half) -> bool:
    """Whether two equal payloads of one event are bound to make equal requests."""
    one, other = old.mapping, new.mapping
    return (
        one.action is other.action
        and old.connection.destination is new.connection.destination
        and way(old.connection) == way(new.connection)
        and (one.sync_mode, one.matching_key) == (other.sync_mode, other.matching_key)
    )


def alike(old: Half, new: Half) -> bool:
    """Whether two mappings are bound to make the same of every event."""
    same = old.mapping.action is new.mapping.action or isinstance(
        new.mapping.action, FunctionAction
    )
    return same and content(old.mapping) == content(new.mapping) and way(old.connection) == way(new.connection)  # fmt: skip
