"""Send a page view to Customer.io."""

from collections.abc import Sequence

from segue import Context, Request, action, first_of
from segue_actions.customerio._destination import CUSTOMERIO
from segue_actions.customerio._entity import LIMITS, Answered, several, single
from segue_actions.customerio._event import Payload, event, fields


@action(
    CUSTOMERIO,
    "trackPageView",
    title="Track Page View",
    trigger='type = "page"',
    fields=fields("Page URL", first_of("$.properties.url", "$.context.page.url", "$.name")),
)
def track_page_view(payload: Payload, context: Context) -> Request:
    """Send a page view; Customer.io names it by its URL."""
    return single(event("page", payload, context))


@track_page_view.batch(**LIMITS)
def track_page_views(payloads: Sequence[Payload], contexts: Sequence[Context]) -> Answered:
    return several([event("page", *pair) for pair in zip(payloads, contexts, strict=True)])
