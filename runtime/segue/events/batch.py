"""Events that come many in one body, as Segment's ``/v1/batch`` takes them."""

import reprlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final, cast

from segue.errors import EventError
from segue.events import intake, values
from segue.events.intake import Event
from segue.events.reasons import excerpt, kind, refusal
from segue.events.stream import Rejected
from segue.events.times import Arrival
from segue.json import JsonObject, JsonValue, encode


SHARED: Final = ("context", "integrations")
"""What a batch may say for all of its items."""


def split(
    batch: object,
    *,
    received_at: datetime,
    message_id: Callable[[], str],
    max_bytes: int | None = None,
    decoded: bool = False,
) -> Iterator[Event | Rejected]:
    """The events of a batch body, each checked and normalised, or why it is refused.

    ``context``, ``integrations`` and ``sentAt`` of the batch are those of every item.
    ``max_bytes`` is the size of one event with what it shares, as compact JSON. ``decoded`` says
    that the body is what ``json.decode`` gave, which leaves less to check. Raises EventError at
    once when there is no batch or nothing in it.
    """
    if not isinstance(batch, dict):
        raise refusal("bad_request", why=f"a batch is a JSON object, not {kind(batch)}")
    items = batch.get("batch")
    if not isinstance(items, list):
        raise refusal("bad_request", why=f'"batch" must be a list of events, but is {kind(items)}')
    if not items:
        raise refusal("empty_batch")
    body = cast("JsonObject", batch)
    sound = decoded and values.shallow(batch)
    batched = _Batch(body, Arrival(received_at), message_id, max_bytes, sound=sound)
    return (batched.take(item, at) for at, item in enumerate(items, start=1))


class _Batch:
    """What the items of one body have in common. Of a ``sound`` one they are known to be JSON."""

    def __init__(
        self,
        body: JsonObject,
        arrival: Arrival,
        message_id: Callable[[], str],
        max_bytes: int | None,
        *,
        sound: bool,
    ) -> None:
        sent_at = body.get("sentAt")
        self._sent_at = sent_at if isinstance(sent_at, str) else None
        self._arrival, self._message_id, self._sound = arrival, message_id, sound
        self._shared = {key: body[key] for key in SHARED if key in body}
        self._max_bytes = max_bytes

    def take(self, item: object, at: int) -> Event | Rejected:
        try:
            return intake.admit(self._read(item), self._arrival, self._message_id, self._sent_at)
        except EventError as error:
            return Rejected(at, error.code, error.reason, excerpt(_shown(item)))

    def _read(self, item: object) -> Event:
        event = merge(self._shared, item) if self._shared and isinstance(item, dict) else item
        if not (self._sound and isinstance(item, dict)):
            values.check(event)
        if self._max_bytes is not None and self._weigh(item) > self._max_bytes:
            raise refusal("bad_request", why=f"the event is over {self._max_bytes:,} bytes long")
        return cast("Event", event)

    def _weigh(self, item: object) -> int:
        return len(encode(cast("Event", item))) + self._shared_weight

    @cached_property
    def _shared_weight(self) -> int:
        return len(encode(self._shared)) if self._shared else 0


def _shown(item: object) -> str:
    if isinstance(item, dict):
        item = {key: value for key, value in item.items() if key not in intake.TRANSPORT}
    return reprlib.repr(item)


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
