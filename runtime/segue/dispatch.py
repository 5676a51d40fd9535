"""Which mappings an event goes to, and what each makes of it. Pure: nothing is sent here."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from segue.actions import Context, Offer, Steps
from segue.destination import Destination
from segue.errors import PayloadError
from segue.http import Request
from segue.json import MISSING, JsonObject, JsonValue
from segue.outcome import Discarded
from segue.trigger import Index
from segue.workspace.model import ActionMapping, Connection, Workspace


Lane: TypeAlias = tuple[str, str, str]

FILTERED: Final = Discarded(
    "its integrations object switches it off", "FILTERED_BY_INTEGRATIONS_OBJECT"
)
UNMATCHED: Final = Discarded("no enabled mapping matches", "NO_MATCHING_MAPPING")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A delivery with its payload and, but for an async action, its first request, unsigned."""

    delivery: Delivery
    payload: JsonObject
    request: Request | None

    def steps(self) -> Steps:
        """The action's requests as a generator, from the first one on, whatever its kind but async."""
        return self.delivery.mapping.action.steps(self.payload, **self._offer())

    def start(self, client: object) -> Awaitable[object]:
        """The coroutine of an async action."""
        return self.delivery.mapping.action.start(self.payload, client=client, **self._offer())

    def _offer(self) -> Offer:
        delivery = self.delivery
        settings = delivery.connection.settings
        return {"event": delivery.event, "settings": settings, "context": delivery.context}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A connection that an event does not go to, and why."""

    connection: str
    discarded: Discarded


class Dispatcher:
    """The mappings of a workspace, indexed once for each source."""

    def __init__(self, workspace: Workspace) -> None:
        self._connections = {
            name: [
                one for one in workspace.connections.values() if one.enabled and name in one.sources
            ]
            for name in workspace.sources
        }
        self._indexes = {
            name: Index(
                (mapping.trigger, (connection, mapping))
                for connection in connections
                for mapping in connection.mappings
                if mapping.enabled
            )
            for name, connections in self._connections.items()
        }

    def dispatch(self, event: JsonObject, source: str) -> list[Delivery]:
        """The deliveries an event from this source leads to, in the order of the file."""
        index = self._indexes.get(source)
        if index is None:
            return []
        found = index.match(event)
        wanted = event.get("integrations")
        if isinstance(wanted, Mapping) and wanted:
            found = [pair for pair in found if allowed(wanted, pair[0].destination)]
        return [Delivery(event, source, connection, mapping) for connection, mapping in found]

    def skipped(self, event: JsonObject, source: str) -> list[Skipped]:
        """The connections of this source that the event does not go to."""
        reached = {delivery.connection.name for delivery in self.dispatch(event, source)}
        return [
            Skipped(one.name, _reason(event, one))
            for one in self._connections.get(source, ())
            if one.name not in reached
        ]


def allowed(integrations: Mapping[str, JsonValue], destination: Destination) -> bool:
    """Whether an event's integrations object lets it through to a destination.

    A destination answers to its title, slug and further names; ``All`` speaks for those not named;
    settings instead of a boolean mean yes (Segment spec, "Integrations").
    """
    named = [integrations[name] for name in destination.names if name in integrations]
    verdict = named[0] if named else integrations.get("All", True)
    return verdict is not False


def prepare(delivery: Delivery) -> Prepared | Discarded:
    """Map the event, validate the payload, make the first request."""
    action = delivery.mapping.action
    mapped = delivery.mapping.map(delivery.event)
    try:
        payload = action.spec.coerce({} if mapped is MISSING else mapped)
    except PayloadError as error:
        return Discarded(str(error), "PAYLOAD_VALIDATION_FAILED")
    if action.kind == "async":
        return Prepared(delivery, payload, None)
    prepared = Prepared(delivery, payload, None)
    try:
        return replace(prepared, request=next(prepared.steps()))
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        return Discarded(f"{action.name} failed: {type(error).__name__}: {error}", "INTERNAL")


def _reason(event: JsonObject, connection: Connection) -> Discarded:
    wanted = event.get("integrations")
    if isinstance(wanted, Mapping) and not allowed(wanted, connection.destination):
        return FILTERED
    return UNMATCHED
