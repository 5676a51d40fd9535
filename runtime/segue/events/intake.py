"""One event from its text to the form that the rest of the runtime works with."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias, cast

from segue.events import rules, values
from segue.events.reasons import refusal
from segue.events.times import Arrival
from segue.json import JsonError, JsonObject, JsonValue, decode


Event: TypeAlias = dict[str, JsonValue]
"""A JSON object; ``schemas/segue_schemas/event.schema.json`` says what is in it."""

MAX_BYTES: Final = 1_048_576
"""Size of one event in a file. Segment's own limit, over HTTP, is 32 KB."""

MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark, which some editors write and JSON does not know."""

TRANSPORT: Final = frozenset({"writeKey", "_metadata"})
"""Keys that only serve transport: they are not kept, and the write key is not shown."""

_FIELDS: Final = frozenset(
    {"type", "event", "name", "category", "properties", "traits", "context", "integrations"}
    | {"timestamp", "originalTimestamp", "sentAt", "receivedAt", "version", "channel", *rules.IDS}
)


def parse(
    text: bytes | str,
    *,
    received_at: datetime,
    message_id: Callable[[], str],
    sent_at: str | None = None,
    type: str | None = None,  # noqa: A002 - the field's own name
    max_bytes: int = MAX_BYTES,
) -> Event:
    """Read, check and normalise one event. Raises EventError, and nothing else.

    Of duplicate keys the last wins, a byte order mark is passed over. The other arguments are
    those of ``normalise``.
    """
    event = _normal(_decode(text, max_bytes), Arrival(received_at), message_id, sent_at, type)
    rules.check(event)
    return event


def check(event: object) -> None:
    """Raise EventError unless ``event`` may enter, as sent or normalised. Takes any Python value."""
    values.check(event)
    rules.check(cast("Event", event))


def normalise(
    event: JsonObject,
    *,
    received_at: datetime,
    message_id: Callable[[], str],
    sent_at: str | None = None,
    type: str | None = None,  # noqa: A002 - the field's own name
) -> Event:
    """A new event in the form that the rest of the runtime works with.

    Doing so twice changes nothing. Ids become text, ``message_id()`` is called for one that has none, the times are corrected
    (``times.Arrival``), nulls in fields of the specification and what only served transport go,
    and unknown keys stay. ``sent_at`` is that of the batch an event came in, ``type`` the call
    type that its path implied; each wins over the event's own. Containers are shared with
    ``event``, which is not written to. Raises EventError for an id that cannot be one.
    """
    return _normal(event, Arrival(received_at), message_id, sent_at, type)


def admit(
    event: JsonObject, arrival: Arrival, message_id: Callable[[], str], sent_at: str | None = None
) -> Event:
    """One of many events that came together, normalised and checked but for ``values.check``."""
    kept = _normal(event, arrival, message_id, sent_at, None)
    rules.check(kept)
    return kept


def _normal(
    event: JsonObject,
    arrival: Arrival,
    message_id: Callable[[], str],
    sent_at: str | None,
    type: str | None,  # noqa: A002
) -> Event:
    kept: Event = {
        key: value
        for key, value in event.items()
        if key not in TRANSPORT and (value is not None or key not in _FIELDS)
    }
    if type is not None:
        kept["type"] = type
    if sent_at is not None:
        kept["sentAt"] = sent_at
    for key in rules.IDS:
        if key in kept:
            kept[key] = rules.identifier(kept, key)
    if "messageId" not in kept:
        kept["messageId"] = message_id()
    kept.update(arrival.settle(kept))
    return kept


def _decode(text: bytes | str, max_bytes: int) -> Event:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    data = data.removeprefix(MARK)
    if len(data) > max_bytes:
        raise refusal("bad_request", why=f"the event is over {max_bytes:,} bytes long")
    try:
        value = decode(data)
    except JsonError as error:
        raise refusal("bad_request", why=f"it cannot be read as JSON: {_place(error)}") from None
    if type(value) is not dict or not values.shallow(data):  # the decoder leaves no more to check
        values.check(value)
    return cast("Event", value)


def _place(error: JsonError) -> str:
    return str(error) if error.line > 1 else f"{error.reason} (column {error.column})"
