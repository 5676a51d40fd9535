"""The four times of an event, and the correction of a wrong clock."""

from datetime import UTC, datetime

from segue.json import JsonObject, JsonValue


def read(value: JsonValue) -> datetime | None:
    """An ISO-8601 date or time in its extended form (``2023-05-24T17:58:30.352Z``), None if not one.

    Without an offset it is UTC, without a time midnight. The basic form is not read: a number
    of milliseconds in quotes would pass for a year.
    """
    if not isinstance(value, str) or value[4:5] != "-" or value[10:11] not in "T t":
        return None
    try:
        moment = datetime.fromisoformat(value.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write(moment: datetime) -> str:
    """UTC to the millisecond, ``2023-05-24T17:58:30.352Z``; the rest is cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def settle(event: JsonObject, received_at: datetime) -> dict[str, JsonValue]:
    """``timestamp``, ``originalTimestamp`` and ``receivedAt`` of an event that arrives.

    The sender's clock is taken to be off by what lies between its ``sentAt`` and the arrival
    (Segment's specification: timestamp = receivedAt - (sentAt - originalTimestamp)).
    """
    arrival = write(received_at)
    written = event.get("originalTimestamp", event.get("timestamp", arrival))
    if "originalTimestamp" in event and (settled := read(event.get("timestamp"))):
        moment = settled
    else:
        moment = _corrected(read(written), read(event.get("sentAt")), received_at)
    return {"timestamp": write(moment), "originalTimestamp": written, "receivedAt": arrival}


def _corrected(claimed: datetime | None, sent: datetime | None, received: datetime) -> datetime:
    if claimed is None:
        return received
    if sent is None:
        return claimed
    try:
        return received - (sent - claimed)
    except OverflowError:
        return claimed
