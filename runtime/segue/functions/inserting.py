"""Insert functions: what a connection has done to an event before its mappings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from segue.context import Context
from segue.destination import Settings
from segue.functions.errors import EventNotSupported
from segue.functions.host import Call, Host
from segue.functions.model import FunctionFile
from segue.functions.offering import context_data
from segue.json import JsonObject


@dataclass(frozen=True, slots=True)
class Insert:
    """One function of a connection, with settings of its own."""

    file: FunctionFile
    settings: Settings = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def call(self, event: JsonObject, context: Context) -> Call:
        """The call for one event. Raises EventNotSupported."""
        handler = self.file.handlers.get(f"on_{event.get('type')}")
        if handler is None:
            raise EventNotSupported(f"{self.file.path.name} has no on_{event.get('type')}")
        arguments = {"event": event, "settings": self.settings, "context": context_data(context)}
        owner, secrets = context.connection, self.secrets
        return Call(self.file, handler, owner, arguments, role="transform", secrets=secrets)


async def transform(
    event: JsonObject, inserts: Iterable[Insert], context: Context, host: Host
) -> JsonObject:
    """The event after all of these, in their order. Raises DeliveryError.

    Its messageId and receivedAt stay: by them a delivery is known.
    """
    kept = {key: event[key] for key in ("messageId", "receivedAt") if key in event}
    for one in inserts:
        made = await host.transform(one.call(event, context))
        event = {**made, **kept}
    return event
