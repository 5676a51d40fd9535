"""Send a screen view to Customer.io."""

from collections.abc import Sequence

from segue import Context, Request, action, path
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._entity import LIMITS, Answered, several, single
from segue_actions.customerio._event import Payload, event, fields


@action(
    CUSTOMERIO,
    "trackScreenView",
    title="Track Screen View",
    trigger='type = "screen"',
    fields=fields("Screen Name", path("$.name")),
)
def track_screen_view(payload: Payload, context: Context) -> Request:
    """Send a view of a screen of a mobile app."""
    return single(event("screen", payload, context))


@track_screen_view.batch(**LIMITS)
def track_screen_views(payloads: Sequence[Payload], contexts: Sequence[Context]) -> Answered:
    return several([event("screen", *pair) for pair in zip(payloads, contexts, strict=True)])
