"""Events that come many in one body, as Segment's ``/v1/batch`` takes them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, cast

from segue.errors import EventError
from segue.events import intake, values
from segue.events.intake import Event
from segue.events.reasons import excerpt, kind, refusal
from segue.events.stream import Rejected
from segue.events.times import Arrival
from segue.json import JsonObject, JsonValue, encode


_START: Final = 400

SHARED: Final = ("context", "integrations")
"""What a batch may say for all of its items."""


def split(
    batch: JsonValue,
    *,
    received_at: datetime,
    message_id: Callable[[], str],
    max_bytes: int | None = None,
) -> Iterator[Event | Rejected]:
    """The events of a batch body as ``json.decode`` gave it, or why one is refused.

    Each is checked and normalised. ``context``, ``integrations`` and ``sentAt`` of the batch are
    those of every item. ``max_bytes`` is the size of one event and what it shares, as compact JSON.
    Raises EventError at once when there is no batch or nothing in it.
    """
    if not isinstance(batch, dict):
        raise refusal("bad_request", why=f"a batch is a JSON object, not {kind(batch)}")
    items = batch.get("batch")
    if not isinstance(items, list):
        raise refusal("bad_request", why=f'"batch" must be a list of events, but is {kind(items)}')
    if not items:
        raise refusal("empty_batch")
    opened = _Batch(cast("JsonObject", batch), Arrival(received_at), message_id, max_bytes)
    return (opened.take(item, at) for at, item in enumerate(items, start=1))


class _Batch:
    """What the items of one body have in common."""

    def __init__(
        self,
        body: JsonObject,
        arrival: Arrival,
        message_id: Callable[[], str],
        max_bytes: int | None,
    ) -> None:
        sent_at = body.get("sentAt")
        self._sent_at = sent_at if isinstance(sent_at, str) else None
        self._arrival, self._message_id, self._max_bytes = arrival, message_id, max_bytes
        self._shared = {key: body[key] for key in SHARED if key in body}
        self._shared_text = encode(self._shared) if self._shared else b""

    def take(self, item: JsonValue, at: int) -> Event | Rejected:
        try:
            return intake.admit(self._read(item), self._arrival, self._message_id, self._sent_at)
        except EventError as error:
            return Rejected(at, error.code, error.reason, excerpt(_shown(item)))

    def _read(self, item: JsonValue) -> Event:
        """The item with what it shares; weighed first, so that a small body cannot grow large."""
        if not isinstance(item, dict):
            raise refusal("bad_request", why=f"an event is a JSON object, not {kind(item)}")
        text = encode(item)
        if self._max_bytes is not None and len(text) + len(self._shared_text) > self._max_bytes:
            raise refusal("bad_request", why=f"the event is over {self._max_bytes:,} bytes long")
        event = merge(self._shared, item) if self._shared else item
        if not values.shallow(text + self._shared_text):
            values.check(event)
        return event


def _shown(item: JsonValue) -> str:
    """The start of an item as JSON, without what names its sender."""
    if isinstance(item, dict):
        item = {key: value for key, value in item.items() if key not in intake.TRANSPORT}
    return encode(item)[:_START].decode(errors="replace")


def merge(batch: JsonObject, item: JsonObject) -> Event:
    """The item with the batch's ``context`` and ``integrations`` under its own; the item's keys win.

    One level deep: a ``context.page`` of the item replaces the batch's whole. Writes to neither.
    """
    shared = {key: _joined(batch.get(key), item.get(key)) for key in SHARED if key in batch}
    return {**item, **shared}


def _joined(outer: JsonValue, inner: JsonValue) -> JsonValue:
    if isinstance(outer, Mapping) and isinstance(inner, Mapping):
        return {**outer, **inner}
    return outer if inner is None else inner
