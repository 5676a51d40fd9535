"""What an author declares about an action: fields, trigger, and one function from payload to request.

@action(LOOPS, "sendEvent", trigger='type = "track"', fields=FIELDS)
def send_event(payload: Payload) -> Request:
    ...
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Generic, Literal, ParamSpec, TypeAlias, TypeVar, Unpack, cast

from segue.arguments import bind, untold
from segue.audience import SYNC_MODES, SyncMode, membership
from segue.choices import Asking, Menu
from segue.context import BATCH_OFFERED, NOTHING, OFFERED, Context, Offer
from segue.destination import SLUG, Destination, Settings
from segue.errors import AuthorError, Problem, suggest
from segue.fields import Fields, check_fields, compile_fields, default_mapping
from segue.fields.schema import properties
from segue.http import Request, Response
from segue.json import JsonObject
from segue.mapping import check_mapping
from segue.outcome import Outcome, conclude
from segue.presets import Preset
from segue.trigger import parse_trigger


F = TypeVar("F", bound=Callable[..., object])
P = ParamSpec("P")
R = TypeVar("R")

Kind: TypeAlias = Literal["pure", "generator", "async"]
Steps: TypeAlias = Generator[Request, Response, None]
BatchSteps: TypeAlias = Generator[Request, Response, Sequence[Outcome]]
BatchScript: TypeAlias = Generator[Request, Response, Sequence[Outcome] | None]

HEAVIEST: Final = 32 * 2**20
"""Bytes of a request's body."""

LONGEST: Final = 1000
"""Requests of one delivery."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How an action takes several payloads at once.

    At most ``max_items`` payloads and ``max_bytes`` of JSON, waiting at most ``wait`` seconds for
    more; payloads that differ in one of ``keys`` never share a batch. ``ordered`` says that the
    call is atomic and keeps the order, so that one person's events could share a batch; the worker
    gives it one event of a person at a time all the same.
    """

    make: Callable[..., Request | BatchSteps]
    max_items: int
    max_bytes: int
    wait: float
    keys: tuple[str, ...]
    ordered: bool


class Action(Generic[P, R]):
    """One thing a destination can be asked to do. Calling it calls the function.

    ``fields`` is the field spec (JSON Schema with ``mapping``), ``mapping`` the default mapping
    made of it, ``trigger`` the default trigger's text, ``name`` is "loops.sendEvent". ``sync_modes``
    are those that a mapping may choose from, the default first.
    """

    def __init__(
        self,
        destination: Destination,
        slug: str,
        perform: Callable[P, R],
        *,
        fields: JsonObject,
        trigger: str,
        title: str | None = None,
        sync_modes: Sequence[SyncMode] = (),
    ) -> None:
        self.destination = destination
        self.slug = slug
        self.perform = perform
        self.fields = fields
        self.trigger = trigger
        self.title = title or _title(slug)
        self.description = inspect.getdoc(perform) or ""
        self.name = f"{destination.slug}.{slug}"
        self.kind = _kind(perform)
        self.sync_modes = tuple(sync_modes)
        self.batches: Batch | None = None
        self.menu = Menu()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.perform(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Action {self.name}>"

    def batch(
        self,
        *,
        max_items: int = 1000,
        max_bytes: int = 4_000_000,
        wait: float = 10.0,
        keys: Sequence[str] = (),
        ordered: bool = False,
    ) -> Callable[[Callable[..., Request | BatchSteps]], Callable[..., Request | BatchSteps]]:
        """Declare the function that takes ``payloads``, a list, for destinations with such a call.

        It may take ``settings`` too, ``sync_mode`` and ``matching_key``; and ``contexts``, ``events``
        and ``memberships``, one for each payload. A function that returns a Request gives every payload the outcome of its answer; a generator
        returns one Outcome for each payload, in their order. Who is tried again may be in another batch then.
        """

        def declare(
            make: Callable[..., Request | BatchSteps],
        ) -> Callable[..., Request | BatchSteps]:
            self.batches = Batch(make, max_items, max_bytes, wait, tuple(keys), ordered)
            return make

        return declare

    def choices(self, field: str) -> Callable[[F], F]:
        """Declare the function that finds the choices for a field; see ``segue.choices``.

        It may take ``settings``, the ``payload`` so far, the ``page`` asked for, and the ``index`` or
        ``key`` of an item or member. It returns Choices, or yields requests before it does.
        """
        return self.menu.declare(field)

    def choosing(self, field: str) -> Asking | None:
        """Who finds the choices for a field: a function of this action, or of its destination."""
        return self.menu.find(field) or self.destination.menu.find(field)

    def preset(
        self,
        name: str,
        *,
        trigger: str | None = None,
        override: JsonObject | None = None,
        sync_mode: SyncMode | None = None,
        event: str | None = None,
    ) -> Preset:
        """Offer a mapping to this action when a connection is made; see Preset."""
        preset = Preset(name, self.slug, trigger, override or {}, sync_mode, event)
        self.destination.presets.append(preset)
        return preset

    def overridden(self, override: JsonObject) -> JsonObject:
        """The default mapping with these fields over it; null leaves one out."""
        merged = {**self.mapping, **override}
        return {
            key: value for key, value in merged.items() if value is not None or key not in override
        }

    @cached_property
    def spec(self) -> Fields:
        """The compiled field spec. Raises FieldsError."""
        return compile_fields(self.fields)

    @cached_property
    def mapping(self) -> JsonObject:
        """The default mapping: what the fields' ``mapping`` keywords say."""
        return default_mapping(self.fields)

    @property
    def sync_mode(self) -> SyncMode | None:
        """The sync mode of a mapping that chooses none."""
        return self.sync_modes[0] if self.sync_modes else None

    @cached_property
    def _call(self) -> Callable[[Mapping[str, object]], object]:
        return bind(self.perform, OFFERED)

    @cached_property
    def _asks_for_membership(self) -> bool:
        return "membership" in inspect.signature(self.perform).parameters

    @cached_property
    def _batch_call(self) -> Callable[[Mapping[str, object]], object]:
        if self.batches is None:
            raise AuthorError(f"{self.name} declares no batch")
        return bind(self.batches.make, BATCH_OFFERED)

    def request(self, payload: JsonObject, **offer: Unpack[Offer]) -> Request:
        """The request for a valid payload; of a generator the first one.

        Raises AuthorError for an async action, and when the function makes none or something else.
        """
        if self.kind == "pure":
            return self._checked(self._made(payload, offer))
        request = next(self.steps(payload, **offer), None)
        if request is None:
            raise AuthorError(f"{self.name} made no request")
        return request

    def steps(self, payload: JsonObject, **offer: Unpack[Offer]) -> Steps:
        """The action as a generator of requests, whatever its kind but async.

        Raises AuthorError as ``request`` does, and OutcomeError where a generator ends with another
        outcome than Delivered.
        """
        if self.kind == "async":
            raise AuthorError(f"{self.name} is an async action; it cannot show its requests")
        if self.kind == "pure":
            yield self.request(payload, **offer)
            return
        made = self._made(payload, offer)
        conclude((yield from self._relay(cast("BatchScript", made))), self.name)

    def batch_steps(
        self,
        payloads: Sequence[JsonObject],
        *,
        settings: Settings,
        contexts: Sequence[Context],
        events: Sequence[JsonObject] = (),
        sync_mode: SyncMode | None = None,
        matching_key: str | None = None,
    ) -> BatchScript:
        """The requests of a batch; it ends with an outcome for each payload, or with None.

        Raises AuthorError when the function makes something else than requests.
        """
        mode = sync_mode or self.sync_mode
        offer: dict[str, object] = {
            "payloads": payloads,
            "events": events,
            "settings": settings,
            "contexts": contexts,
            "sync_mode": mode,
            "matching_key": matching_key,
            "memberships": [membership(one, mode) for one in events],
        }
        made = self._batch_call(offer)
        if isinstance(made, Generator):
            return (yield from self._relay(cast("BatchScript", made)))
        yield self._checked(made)
        return None

    def start(
        self, payload: JsonObject, client: object, **offer: Unpack[Offer]
    ) -> Awaitable[object]:
        """The coroutine of an async action; ``client`` is an httpx.AsyncClient."""
        return cast("Awaitable[object]", self._made(payload, offer, client))

    def check(self) -> list[Problem]:
        """Everything wrong with the declaration, none of which needs an event to be seen."""
        problems = check_fields(self.fields)
        if not problems:
            problems = [
                replace(one, message=f"the default mapping: {one.message}")
                for one in check_mapping(self.mapping)
            ]
        if not SLUG.fullmatch(self.slug):
            problems.append(
                Problem("", f"the slug {self.slug!r} should be letters, digits, _ or -")
            )
        problems.extend(
            untold(title=self.title, trigger=self.trigger)
            or _said(lambda: parse_trigger(self.trigger), "the trigger")
        )
        problems.extend(_odd_modes(self.sync_modes))
        problems.extend(self.menu.check(self.fields))
        problems.extend(_said(lambda: self._call, "perform"))
        if self.batches is not None:
            problems.extend(_said(lambda: self._batch_call, "batch"))
            problems.extend(_odd_batch(self.batches, properties(self.fields)))
        return problems

    def check_preset(self, preset: Preset) -> list[Problem]:
        """Everything wrong with a preset of this action: what would be of a mapping in a file."""
        trigger = self.trigger if preset.trigger is None else preset.trigger
        problems = untold(name=preset.name, trigger=trigger)
        problems = problems or _said(lambda: parse_trigger(trigger), "the trigger")
        mapping = self.overridden(preset.override)
        problems += [*check_mapping(mapping), *self.spec.check(mapping)]
        if preset.sync_mode is not None and preset.sync_mode not in self.sync_modes:
            problems.append(Problem("", f'{self.name} has no sync mode "{preset.sync_mode}"'))
        return problems

    def _made(self, payload: JsonObject, offer: Offer, client: object = None) -> object:
        mode = offer.get("sync_mode") or self.sync_mode
        given = {**NOTHING, **offer, "payload": payload, "client": client, "sync_mode": mode}
        if self._asks_for_membership:
            given["membership"] = membership(offer.get("event", {}), mode)
        return self._call(given)

    def _relay(self, made: BatchScript) -> BatchScript:
        """A generator of an author's, each of its requests checked."""
        response: Response | None = None
        count = 0
        while True:
            try:
                request = next(made) if response is None else made.send(response)
            except StopIteration as end:
                return cast("Sequence[Outcome] | None", end.value)
            if count == LONGEST:
                why = f"{self.name} made {LONGEST:,} requests and is not done"
                raise AuthorError(f"{why}; let it end, or make one request of several")
            response = yield self._checked(request)
            count += 1

    def _checked(self, made: object) -> Request:
        if not isinstance(made, Request):
            what = type(made).__name__
            raise AuthorError(f"{self.name} made {what}, not a Request; return Request.post(…)")
        size = len(made.content() or b"")
        if size > HEAVIEST:
            why = f"{self.name} made a body of {size:,} bytes, and {HEAVIEST:,} are the most"
            raise AuthorError(f"{why}; make smaller requests")
        return made


def action(
    destination: Destination,
    slug: str,
    *,
    fields: JsonObject,
    trigger: str,
    title: str | None = None,
    sync_modes: Sequence[SyncMode] = (),
) -> Callable[[Callable[P, R]], Action[P, R]]:
    """Declare an action; the function's docstring is its description.

    ``slug`` is camelCase as in Segment's catalogue ("sendEvent"); the title is made of it unless given.
    ``sync_modes`` are what a mapping may choose from, of add, update, upsert, delete and mirror; the
    first is the default.
    """
    return lambda perform: Action(
        destination,
        slug,
        perform,
        fields=fields,
        trigger=trigger,
        title=title,
        sync_modes=sync_modes,
    )


def _kind(perform: Callable[..., object]) -> Kind:
    if inspect.iscoroutinefunction(perform):
        return "async"
    return "generator" if inspect.isgeneratorfunction(perform) else "pure"


def _odd_modes(modes: Sequence[str]) -> list[Problem]:
    there = f"they are {', '.join(SYNC_MODES)}"
    return [
        Problem("", f'there is no sync mode "{one}"', suggest(str(one), SYNC_MODES) or there)
        for one in modes
        if one not in SYNC_MODES
    ]


def _odd_batch(batch: Batch, known: Mapping[str, JsonObject]) -> list[Problem]:
    """Limits that let nothing through, and keys that are no fields."""
    limits = {"max_items": batch.max_items < 1, "max_bytes": batch.max_bytes < 1}
    limits["wait"] = batch.wait < 0
    problems = [
        Problem("", f"batch: {name} is too small") for name, wrong in limits.items() if wrong
    ]
    return problems + [
        Problem("", f'batch: there is no field "{key}" to tell batches apart', suggest(key, known))
        for key in batch.keys
        if key not in known
    ]


def _title(slug: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", slug)
    return words[:1].upper() + words[1:]


def _said(attempt: Callable[[], object], subject: str) -> list[Problem]:
    try:
        attempt()
    except AuthorError as error:
        return [Problem("", f"{subject}: {error}")]
    return []
