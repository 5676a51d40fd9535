"""What the checks are about: a plugin's declarations, and what they are tried with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, cast
from zlib import crc32

import pytest

from segue import events, samples
from segue.destination import Destination, Settings
from segue.errors import AuthorError, PayloadError, TriggerError
from segue.fields import compile_fields
from segue.fields.examples import example
from segue.fields.schema import items, properties, required
from segue.fields.variants import variants
from segue.http import Response
from segue.json import MISSING, JsonObject, JsonValue
from segue.mapping import compile_mapping, first_path
from segue.plugins import AnyAction
from segue.solving import put, solve
from segue.testing.calls import Call, Made, Mode, Stuck
from segue.testing.drawing import draw
from segue.testing.finding import Shipped
from segue.testing.process import Process
from segue.testing.strategies.payloads import payloads
from segue.trigger import compile_trigger, parse_trigger


FINISHES: Final = "it finishes in time"
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
SECRET: Final = "s3cret-{name}-7fQ2x"  # noqa: S105 it opens nothing


def settled(event: JsonObject) -> JsonObject:
    """An event as actions see it, arrived at a fixed time. Raises EventError for one that is refused."""
    events.check(event)
    return events.normalise(event, received_at=NOW, message_id=lambda: "message-1")


@dataclass(frozen=True)
class Plan:
    """What one ``contract`` tries its actions with."""

    shipped: Shipped
    events: tuple[JsonObject, ...]
    settings: Mapping[str, Settings]
    answers: Mapping[str, Sequence[Response]]
    limit: float

    @cached_property
    def process(self) -> Process:
        """Where functions run."""
        return Process(self.shipped.origins, limit=self.limit, seed="1")

    @cached_property
    def twin(self) -> Process:
        """Where they run a second time: sets are in another order there."""
        return Process(self.shipped.origins, limit=self.limit, seed="2")

    @cached_property
    def samples(self) -> tuple[JsonObject, ...]:
        """The author's events, then one of each call type."""
        return (*map(settled, self.events), *map(settled, samples.by_type().values()))


@dataclass(frozen=True)
class DestinationSubject:
    """A destination, with settings to try it with."""

    destination: Destination
    plan: Plan = field(repr=False)

    @property
    def name(self) -> str:
        """What the checks are called after."""
        return str(self.destination.slug)

    @cached_property
    def settings(self) -> JsonObject:
        """The author's settings, else some that are made; secrets in them are easy to find again."""
        given = self.plan.settings.get(self.name)
        return made_settings(self.destination) if given is None else given


@dataclass(frozen=True)
class ActionSubject:
    """An action, with events and payloads to try it with."""

    action: AnyAction
    plan: Plan = field(repr=False)
    _known: dict[str, Made | Stuck] = field(
        default_factory=dict[str, Made | Stuck], repr=False, compare=False
    )

    @property
    def name(self) -> str:
        """What the checks are called after."""
        return str(self.action.name)

    @cached_property
    def home(self) -> DestinationSubject:
        """The action's destination."""
        return DestinationSubject(self.action.destination, self.plan)

    @cached_property
    def sound(self) -> bool:
        """Whether the declarations are good enough for anything to be tried."""
        try:
            return not self.action.check() and not self.action.destination.check()
        except Exception:  # noqa: BLE001 an author may declare anything
            return False

    @cached_property
    def triggering(self) -> JsonObject | None:
        """An event that the trigger matches: a sample, or one that is made; None if none is found."""
        try:
            return solve(parse_trigger(self.action.trigger), self.plan.samples)
        except TriggerError:
            return None

    @cached_property
    def matching(self) -> list[JsonObject]:
        """The samples that the trigger matches; or else one event that is made for this action."""
        matches = compile_trigger(self.action.trigger)
        found = [one for one in self.plan.samples if matches(one)]
        if any(isinstance(self.payload(one), Mapping) for one in found):
            return found
        made = self._made(matches)
        return found if made is None else [*found, made]

    def payload(self, event: JsonObject) -> JsonObject | PayloadError:
        """What the default mapping makes of an event."""
        mapped = compile_mapping(self.action.mapping)(event)
        try:
            return self.action.spec.coerce({} if mapped is MISSING else mapped)
        except PayloadError as error:
            return error

    @cached_property
    def shown(self) -> list[tuple[JsonObject, JsonObject]]:
        """Matching events that give a valid payload, each with it."""
        pairs = [(event, self.payload(event)) for event in self.matching]
        return [(event, payload) for event, payload in pairs if isinstance(payload, Mapping)]

    @cached_property
    def pool(self) -> list[dict[str, JsonValue]]:
        """Payloads that the fields allow, drawn once for all the checks."""
        return draw(payloads(self.action.fields))

    def _made(self, matches: Callable[[JsonObject], bool]) -> JsonObject | None:
        """An event that triggers the action and has what the default mapping needs."""
        start = self.triggering
        if start is None:
            return None
        for needs in (required(one) for one in variants(self.action.fields)):
            event = self._filled(start, needs)
            if matches(event) and isinstance(self.payload(event), Mapping):
                return event
        return start

    def _filled(self, event: JsonObject, needs: Sequence[str]) -> JsonObject:
        mapping = self.action.mapping
        filled: JsonValue = event
        for key in needs:
            part = properties(self.action.fields).get(key, {})
            for path, value in _supplies(mapping.get(key), part, key):
                filled = put(filled, path, value)
        return cast("JsonObject", filled)

    def run(
        self,
        payloads: Sequence[JsonObject],
        *,
        mode: Mode = "perform",
        twin: bool = False,
        batch: Sequence[JsonObject] | None = None,
        first: int = 1,
        again: bool = False,
        answers: Sequence[Response] | None = None,
    ) -> Made:
        """What the action makes of payloads, in a process of its own; skips the check if it hangs."""
        answer = self.ask(
            payloads, mode=mode, twin=twin, batch=batch, first=first, again=again, answers=answers
        )
        if isinstance(answer, Stuck):
            pytest.skip(f'it hangs; see the check "{FINISHES}"')
        return answer

    def ask(
        self,
        payloads: Sequence[JsonObject],
        *,
        mode: Mode = "perform",
        twin: bool = False,
        batch: Sequence[JsonObject] | None = None,
        first: int = 1,
        again: bool = False,
        answers: Sequence[Response] | None = None,
    ) -> Made | Stuck:
        """What the action makes of payloads, or where it hangs.

        Event and sync mode are some of those there are, the same for all payloads of a ``batch``.
        What it has been asked before is not run a second time, unless ``again``. A generator is given
        the author's answers, unless others are.
        """
        asked = repr((mode, twin, first, payloads, batch, answers))
        if again or asked not in self._known:
            process = self.plan.twin if twin else self.plan.process
            call = self._call(payloads, mode, first, batch or payloads)
            call = call if answers is None else replace(call, answers=tuple(answers))
            self._known[asked] = process.run(call)
        return self._known[asked]

    def _call(
        self, payloads: Sequence[JsonObject], mode: Mode, first: int, batch: Sequence[JsonObject]
    ) -> Call:
        die = crc32(repr(batch).encode(errors="replace"))
        modes = self.action.sync_modes or (None,)
        return Call(
            self.name,
            mode,
            tuple(payloads),
            self._situations[die % len(self._situations)],
            self.home.settings,
            tuple(self.plan.answers.get(self.name, ())),
            first,
            modes[die // 7 % len(modes)],
        )

    @cached_property
    def _situations(self) -> list[JsonObject]:
        """Events that the action may be given; with sync modes also those that tell of an audience."""
        event = next((event for event, _ in self.shown), None) or self.triggering or {}
        told = [_of_audience(event, entered=entered) for entered in (True, False)]
        matches = compile_trigger(self.action.trigger)
        return [event, *(one for one in told if self.action.sync_modes and matches(one))]


def _of_audience(event: JsonObject, *, entered: bool) -> JsonObject:
    """The event as an audience sends it when a person enters or leaves."""
    computed: JsonObject = {"computation_class": "audience", "computation_key": "vips"}
    part = "properties" if event.get("type") == "track" else "traits"
    told = put(event, ("context", "personas"), computed)
    return cast("JsonObject", put(told, (part, "vips"), entered))


def _supplies(
    mapping: JsonValue, part: JsonObject, key: str
) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """What an event must have for a field: the paths that its mapping reads, each with a value.

    An object is supplied by its members, a list that is shaped by one item.
    """
    match mapping:
        case {"@arrayPath": [where, Mapping() as shape]}:
            item: JsonValue = {}
            for path, value in _supplies(cast("JsonObject", shape), items(part), key):
                item = put(item, path, value)
            path = first_path(
                {"@path": where} if isinstance(where, str) else cast("JsonValue", where)
            )
            if path:
                yield path, [item]
        case Mapping() if mapping and not any(one.startswith("@") for one in mapping):
            for name, one in mapping.items():
                yield from _supplies(one, properties(part).get(name, {}), name)
        case _:
            path = first_path(mapping)
            if path:
                yield path, example(part, key)


def made_settings(destination: Destination) -> JsonObject:
    """Settings that suit a destination, made from its schema. Raises AuthorError if that fails."""
    spec = compile_fields(destination.settings)
    made: dict[str, JsonValue] = {}
    for key in dict.fromkeys(_needed(destination.settings)):
        part = properties(destination.settings).get(key, {})
        made[key] = example(part, key)
        if key in spec.secrets:
            made[key] = _secret(part, key) or made[key]
    try:
        return spec.coerce(made)
    except PayloadError as error:
        raise AuthorError(
            f"no settings can be made for {destination.slug}: {error} "
            f"Give contract() some: settings={{{destination.slug!r}: {{…}}}}"
        ) from None


def _needed(settings: JsonObject) -> Iterator[str]:
    """The settings to fill in: what is required one way, and every secret."""
    yield from required(variants(settings)[0])
    yield from compile_fields(settings).secrets


def _secret(part: JsonObject, key: str) -> str | None:
    """A secret that is easy to find again, if the setting may hold it."""
    made = SECRET.format(name=key)
    whole: JsonObject = {"type": "object", "properties": {key: part}}
    try:
        return made if compile_fields(whole).validate({key: made}) else None
    except PayloadError:
        return None
