"""Which mappings an event goes to, and what each makes of it. Pure: nothing is sent here."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from segue.actions import Steps
from segue.arguments import place, raised, short, written
from segue.context import Context, Offer
from segue.destination import Destination
from segue.errors import DeliveryError, PayloadError
from segue.http import Request, redact
from segue.json import MISSING, JsonObject, JsonValue
from segue.outcome import Discarded, fault
from segue.trigger import Index, Trigger
from segue.workspace.model import ActionMapping, Connection, Workspace


Lane: TypeAlias = tuple[str, str, str]
Pair: TypeAlias = tuple[Connection, ActionMapping]

FILTERED: Final = Discarded(
    "its integrations object switches it off", "FILTERED_BY_INTEGRATIONS_OBJECT"
)
UNMATCHED: Final = Discarded("no enabled mapping matches", "NO_MATCHING_MAPPING")
UNFIT: Final = "PAYLOAD_VALIDATION_FAILED"
OFF: Final = Discarded("the connection is switched off", "DESTINATION_DISABLED")
DROPPED: Final = Discarded("a filter drops it", "FILTERED_BY_RULES")


@dataclass(slots=True)
class Delivery:
    """One event on its way through one mapping of one connection."""

    event: JsonObject = field(repr=False)
    source: str
    connection: Connection
    mapping: ActionMapping
    replay: int = 0

    @property
    def lane(self) -> Lane:
        """Deliveries of one lane go out strictly in order: one person, one connection, one source."""
        person = self.event.get("userId") or self.event.get("anonymousId")
        return (self.connection.name, self.source, str(person))

    @property
    def context(self) -> Context:
        """What the action may know about this delivery, the same at every attempt."""
        return Context(
            source=self.source,
            connection=self.connection.name,
            mapping=self.mapping.name,
            message_id=str(self.event.get("messageId", "")),
            received_at=str(self.event.get("receivedAt", "")),
            replay=self.replay,
        )


@dataclass(slots=True)
class Prepared:
    """A delivery with its payload and its first request, unsigned; an async action has none."""

    delivery: Delivery
    payload: JsonObject
    request: Request | None

    def steps(self) -> Steps:
        """The action's requests as a generator, from the first one on, whatever its kind but async."""
        return self.delivery.mapping.action.steps(self.payload, **self._offer())

    def make(self) -> Request:
        """The request of a pure action."""
        return self.delivery.mapping.action.request(self.payload, **self._offer())

    def start(self, client: object) -> Awaitable[object]:
        """The coroutine of an async action."""
        return self.delivery.mapping.action.start(self.payload, client=client, **self._offer())

    def _offer(self) -> Offer:
        delivery = self.delivery
        return {
            "event": delivery.event,
            "settings": delivery.connection.settings,
            "context": delivery.context,
            "sync_mode": delivery.mapping.sync_mode,
            "matching_key": delivery.mapping.matching_key,
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A connection that an event does not go to, and why."""

    connection: str
    discarded: Discarded


@dataclass(slots=True)
class Route:
    """Where an event goes, in the order of the file, and which connections it passes by."""

    deliveries: list[Delivery]
    skipped: list[Skipped]


class Dispatcher:
    """The mappings of a workspace, indexed once for each source."""

    def __init__(self, workspace: Workspace) -> None:
        self._stations = {
            name: _Station(
                [one for one in workspace.connections.values() if name in one.sources], name
            )
            for name in workspace.sources
        }

    def dispatch(self, event: JsonObject, source: str) -> list[Delivery]:
        """The deliveries an event from this source leads to, in the order of the file."""
        station = self._stations.get(source)
        return station.find(event)[0] if station is not None else []

    def skipped(self, event: JsonObject, source: str) -> list[Skipped]:
        """The connections of this source that the event does not go to."""
        return self.route(event, source).skipped

    def route(self, event: JsonObject, source: str) -> Route:
        """Both at once: an event goes through its filters and triggers one time."""
        station = self._stations.get(source)
        return station.route(event) if station is not None else Route([], [])


class _Station:
    """The connections of one source. Those without filters share an index of their triggers."""

    def __init__(self, connections: Sequence[Connection], source: str) -> None:
        self._source = source
        self._places = {one.name: place for place, one in enumerate(connections)}
        self._off = {one.name: OFF for one in connections if not one.enabled}
        self._on = [one for one in connections if one.enabled]
        self._plain = Index(_pairs(one for one in self._on if one.screen is None))
        self._screened = [(one, Index(_pairs([one]))) for one in self._on if one.screen is not None]

    def route(self, event: JsonObject) -> Route:
        found, barred = self.find(event)
        return Route(found, self._skipped(found, barred))

    def find(self, event: JsonObject) -> tuple[list[Delivery], dict[str, Discarded]]:
        """The deliveries, and the connections that the event may not go to."""
        barred = self._barred(event)
        found = self._match(event, self._plain)
        for connection, index in self._screened:
            seen = screened(event, connection)
            if isinstance(seen, Discarded):
                barred.setdefault(connection.name, seen)
            else:
                found += self._match(seen, index)
        if barred:
            found = [one for one in found if one.connection.name not in barred]
        if self._screened:
            found.sort(key=lambda one: self._places[one.connection.name])
        return found, barred

    def _barred(self, event: JsonObject) -> dict[str, Discarded]:
        """The connections that are off, or that the event's integrations object switches off."""
        wanted = event.get("integrations")
        if not isinstance(wanted, Mapping) or not wanted:
            return {**self._off}
        closed = (one.name for one in self._on if not allowed(wanted, one.destination))
        return {**self._off, **dict.fromkeys(closed, FILTERED)}

    def _match(self, event: JsonObject, index: "Index[Pair]") -> list[Delivery]:
        return [Delivery(event, self._source, *pair) for pair in index.match(event)]

    def _skipped(self, found: Sequence[Delivery], barred: Mapping[str, Discarded]) -> list[Skipped]:
        reached = {one.connection.name for one in found}
        if len(reached) == len(self._places):
            return []
        left = (name for name in self._places if name not in reached)
        return [Skipped(name, barred.get(name, UNMATCHED)) for name in left]


def _pairs(connections: Iterable[Connection]) -> Iterator[tuple[Trigger, Pair]]:
    for connection in connections:
        for mapping in connection.mappings:
            if mapping.enabled:
                yield mapping.trigger, (connection, mapping)


def screened(event: JsonObject, connection: Connection) -> JsonObject | Discarded:
    """What a connection's filters leave of an event that arrives. Should one fail, nothing."""
    screen = connection.screen
    if screen is None:
        return event
    return _sifted(lambda: screen.reduce(event) if screen.admits(event) else DROPPED)


def reduced(event: JsonObject, connection: Connection) -> JsonObject | Discarded:
    """An event that was let through before, without the fields that filters remove now."""
    screen = connection.screen
    return event if screen is None else _sifted(lambda: screen.reduce(event))


def _sifted(sift: Callable[[], JsonObject | Discarded]) -> JsonObject | Discarded:
    try:
        return sift()
    except Exception as error:  # noqa: BLE001 rather too little than too much is sent
        return replace(DROPPED, why=f"a filter failed: {type(error).__name__}: {error}")


def allowed(integrations: Mapping[str, JsonValue], destination: Destination) -> bool:
    """Whether an event's integrations object lets it through to a destination.

    A destination answers to its title, slug and further names; ``All`` speaks for those not named;
    settings instead of a boolean mean yes (Segment spec, "Integrations").
    """
    named = [integrations[name] for name in destination.names if name in integrations]
    verdict = named[0] if named else integrations.get("All", True)
    return verdict is not False


def fill(delivery: Delivery) -> Prepared | Discarded:
    """Map the event and validate the payload."""
    mapped = delivery.mapping.map(delivery.event)
    try:
        payload = delivery.mapping.action.spec.coerce({} if mapped is MISSING else mapped)
    except PayloadError as error:
        return Discarded(str(error), UNFIT)
    return Prepared(delivery, payload, None)


def prepare(delivery: Delivery) -> Prepared | Discarded:
    """Map the event, validate the payload, make the first request, if there is one to make."""
    prepared, action = fill(delivery), delivery.mapping.action
    if isinstance(prepared, Discarded) or action.kind == "async":
        return prepared
    try:
        return replace(prepared, request=_first(prepared))
    except DeliveryError as error:
        found = fault(error)
        outcome = Discarded(found.why, found.code)
    except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
        outcome = broken(delivery.mapping, error)
    return replace(outcome, why=redact(outcome.why, delivery.connection.secrets))


def broken(mapping: ActionMapping, error: BaseException) -> Discarded:
    """The outcome of an action that raised what it should not, or made what cannot be sent."""
    action, where = mapping.action, written(mapping.action.perform)
    plugin = f' of plugin "{mapping.plugin}"' if mapping.plugin else ""
    there = f" (see {short(where)})" if where and not place(error) else ""
    why = f"{action.name}{plugin} failed: {raised(error)}{there}; correct it, then replay"
    return Discarded(why, "INTERNAL")


def _first(prepared: Prepared) -> Request | None:
    """The first request; raises ValueError for one that could not be sent."""
    request = next(prepared.steps(), None)
    if request is not None:
        request.under(prepared.delivery.connection.base)
    return request
