"""Events that come many in one body, as Segment's ``/v1/batch`` takes them."""

import reprlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import cast

from segue.errors import EventError
from segue.events import intake
from segue.events.intake import Event
from segue.events.reasons import excerpt, kind, refusal
from segue.events.stream import Rejected
from segue.json import JsonObject, JsonValue


def split(
    batch: object, *, received_at: datetime, message_id: Callable[[], str]
) -> Iterator[Event | Rejected]:
    """The events of a decoded batch body, each checked and normalised, or why it is refused.

    ``context``, ``integrations`` and ``sentAt`` of the batch are those of every item. Raises
    EventError at once when there is no batch or nothing in it.
    """
    if not isinstance(batch, dict):
        raise refusal("bad_request", why=f"a batch is a JSON object, not {kind(batch)}")
    items = batch.get("batch")
    if not isinstance(items, list):
        raise refusal("bad_request", why=f'"batch" must be a list of events, but is {kind(items)}')
    if not items:
        raise refusal("empty_batch")
    body = cast("JsonObject", batch)
    return (
        _event(body, item, at, received_at, message_id) for at, item in enumerate(items, start=1)
    )


def _event(
    batch: JsonObject, item: object, at: int, received_at: datetime, message_id: Callable[[], str]
) -> Event | Rejected:
    event: object = merge(batch, item) if isinstance(item, dict) else item
    sent_at = batch.get("sentAt")
    try:
        intake.check(event)
        return intake.normalise(
            cast("Event", event),
            received_at=received_at,
            message_id=message_id,
            sent_at=sent_at if isinstance(sent_at, str) else None,
        )
    except EventError as error:
        return Rejected(at, error.code, error.reason, excerpt(reprlib.repr(item)))


def merge(batch: JsonObject, item: JsonObject) -> Event:
    """The item with the batch's ``context`` and ``integrations`` under its own; the item's keys win.

    One level deep: a ``context.page`` of the item replaces the batch's whole. Writes to neither.
    """
    shared = {
        key: _joined(batch.get(key), item.get(key))
        for key in ("context", "integrations")
        if key in batch
    }
    return {**item, **shared}


def _joined(outer: JsonValue, inner: JsonValue) -> JsonValue:
    if isinstance(outer, Mapping) and isinstance(inner, Mapping):
        return {**outer, **inner}
    return outer if inner is None else inner
