"""Send an event to Customer.io."""

from collections.abc import Sequence

from segue import Context, Request, action, path
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._entity import LIMITS, Answered, several, single
from segue_actions.customerio._event import Payload, event, fields


@action(
    CUSTOMERIO,
    "trackEvent",
    title="Track Event",
    trigger='type = "track" and event != "User Deleted"',
    fields=fields("Event Name", path("$.event")),
)
def track_event(payload: Payload, context: Context) -> Request:
    """Send an event of a person, known or anonymous."""
    return single(event("event", payload, context))


@track_event.batch(**LIMITS)
def track_events(payloads: Sequence[Payload], contexts: Sequence[Context]) -> Answered:
    return several([event("event", *pair) for pair in zip(payloads, contexts, strict=True)])
