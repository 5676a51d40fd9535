"""What a mapping makes of an event at this moment, for a page to show. Nothing is sent."""

from dataclasses import dataclass

from segue.console.exchanges import Asked, asked
from segue.console.rendering import pretty
from segue.dispatch import Delivery, fill, prepare
from segue.functions.offering import FunctionDestination
from segue.json import JsonObject
from segue.outcome import Discarded
from segue.workspace.model import ActionMapping, Connection


@dataclass(frozen=True, slots=True)
class Made:
    """A payload and its first request, as far as it comes, and why it comes no further."""

    payload: str | None
    request: Asked | None
    why: str = ""
    code: str = ""


def make(event: JsonObject, source: str, connection: Connection, mapping: ActionMapping) -> Made:
    """Map, validate, and make the first request, redacted."""
    delivery = Delivery(event, source, connection, mapping)
    filled = fill(delivery)
    if isinstance(filled, Discarded):
        return Made(None, None, filled.why, filled.code)
    payload = pretty(filled.payload)
    if isinstance(connection.destination, FunctionDestination):
        return Made(payload, None, "A function is run in a process of its own when it is sent.")
    prepared = prepare(delivery)
    if isinstance(prepared, Discarded):
        return Made(payload, None, prepared.why, prepared.code)
    if prepared.request is None:
        return Made(
            payload, None, "An async action sends what it likes; there is no request to show."
        )
    shown = asked(prepared.request.under(connection.base), connection.secrets)
    return Made(payload, shown)
