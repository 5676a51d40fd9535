"""The four times of an event, and the correction of a wrong clock."""

from datetime import UTC, datetime

import orjson

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
    quoted = orjson.dumps(moment.astimezone(UTC), option=orjson.OPT_UTC_Z).decode()
    return f"{quoted[1:24]}Z" if "." in quoted else f"{quoted[1:20]}.000Z"


class Arrival:
    """The moment that one event, or all of a batch, arrives."""

    __slots__ = ("_moment", "_sent", "_sent_at", "_written")

    def __init__(self, moment: datetime) -> None:
        self._moment, self._written = moment, write(moment)
        self._sent_at: JsonValue = None
        self._sent: datetime | None = None

    def settle(self, event: JsonObject) -> dict[str, JsonValue]:
        """``timestamp``, ``originalTimestamp`` and ``receivedAt`` of an event that arrives.

        The sender's clock is taken to be off by what lies between its ``sentAt`` and the arrival
        (Segment's specification: timestamp = receivedAt - (sentAt - originalTimestamp)).
        """
        written = event.get("originalTimestamp", event.get("timestamp", self._written))
        if "originalTimestamp" in event and (settled := read(event.get("timestamp"))):
            moment = settled
        else:
            moment = self._corrected(read(written), event.get("sentAt"))
        return {
            "timestamp": write(moment),
            "originalTimestamp": written,
            "receivedAt": self._written,
        }

    def _corrected(self, claimed: datetime | None, sent_at: JsonValue) -> datetime:
        if claimed is None:
            return self._moment
        if sent_at is not self._sent_at:  # the same object for all of a batch: read once
            self._sent_at, self._sent = sent_at, read(sent_at)
        if self._sent is None:
            return claimed
        try:
            return self._moment - (self._sent - claimed)
        except OverflowError:
            return claimed
