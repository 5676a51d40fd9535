"""Times as templates mean them: seconds since 1970, or a date in one of the common spellings.

Times are UTC unless a zone is asked for, by its IANA name or in minutes west of Greenwich. Nothing
here reads the clock: ``now`` is the time the event was received, so that a replay writes what the
first run wrote.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from liquid.exceptions import FilterError

from segue.json import MISSING
from segue.mapping.liquid.rendering import Rendering
from segue.mapping.liquid.values import SPACE, Value, number


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LAST: Final = 8.64e15  # JavaScript knows no later date
_CYCLE: Final = 146_097 * 86_400_000  # 400 years, after which the calendar repeats
_KNOWN: Final = range(-62 * 10**12, 253 * 10**12)  # from year 5 to 9987, within what datetime knows
_LONGEST: Final = 100  # characters of a date

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_TIME: Final = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[ap]m))?\s?(?:Z|UTC|GMT)?(?P<zone>[+-]\d\d:?\d\d)?"
)
_NAMED: Final = r"(?P<month>[a-z]{3,9})\.?"
_WEEKDAY: Final = r"(?:[a-z]{3,9},?\s+)?"
_SPELLINGS: Final = [
    re.compile(rf"{day}(?:{between}{_TIME})?", re.IGNORECASE | re.ASCII)
    for day, between in (
        (r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?", r"(?:T|\s+)"),
        (r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4})", r",?\s+"),
        (rf"{_WEEKDAY}{_NAMED}\s+(?P<day>\d\d?),?\s+(?P<year>\d{{4}})", r",?\s+"),
        (rf"{_WEEKDAY}(?P<day>\d\d?)\s+{_NAMED},?\s+(?P<year>\d{{4}})", r",?\s+"),
    )
]
_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in a zone.

    ``local`` may stand some times 400 years off, where ``datetime`` can hold it; ``year`` is right.
    ``west`` counts minutes west of Greenwich.
    """

    milliseconds: int
    year: int
    local: datetime
    west: int
    zone: str


def moment(rendering: Rendering, value: Value, zone: Value = MISSING) -> Moment | None:
    """The time that a value means, None when it means none."""
    milliseconds = _milliseconds(rendering, value)
    if milliseconds is None or not abs(milliseconds) <= _LAST:
        return None
    when = math.trunc(milliseconds)
    west, name = _zone(when, zone)
    local, cycles = _calendar(when - west * 60_000)
    return Moment(when, local.year + 400 * cycles, local, west, name)


def _calendar(milliseconds: int) -> tuple[datetime, int]:
    """A date, or the same one so many times 400 years off, where ``datetime`` can hold it."""
    cycles = 0 if milliseconds in _KNOWN else milliseconds // _CYCLE
    return _EPOCH + (milliseconds - cycles * _CYCLE) * _MILLISECOND, cycles


def _milliseconds(rendering: Rendering, value: Value) -> float | None:
    match value:
        case bool():
            return float(value)
        case int() | float():
            return number(value) * 1000
        case "now" | "today":
            return _received(rendering)
        case str() if len(value) <= _LONGEST:
            return number(value) * 1000 if value.isdecimal() else read(value)
        case _:
            return None


def _received(rendering: Rendering) -> float:
    for name in ("receivedAt", "timestamp"):
        found = rendering.event.get(name)
        if isinstance(found, str) and (when := read(found[:_LONGEST])) is not None:
            return when
    raise FilterError("the event does not say when it was received", token=None)


def read(text: str) -> float | None:
    """Milliseconds since 1970 of a date: ISO 8601, month/day/year, or with the month's name."""
    for spelling in _SPELLINGS:
        if match := spelling.fullmatch(text.strip(SPACE)):
            return _date(match.groupdict())
    return None


def _date(parts: dict[str, str | None]) -> float | None:
    try:
        found = datetime(
            int(parts["year"] or 0),
            _month(parts["month"] or ""),
            int(parts["day"] or 1),
            _hour(int(parts["hour"] or 0), (parts["half"] or "").lower()),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            int((parts["fraction"] or "").ljust(6, "0")[:6]),
            _offset(parts["zone"] or "+0000"),
        )
    except ValueError:
        return None
    return (found - _EPOCH) // _MILLISECOND


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    names = [name.lower().startswith(text.lower()) for name in MONTHS]
    return names.index(True) + 1  # a ValueError when it is no month, as of any other part


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1


def _offset(zone: str) -> timezone:
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _zone(milliseconds: int, zone: Value) -> tuple[int, str]:
    """Minutes west of Greenwich at a time, and the zone's name if it has one."""
    if zone is MISSING or zone is None:
        return 0, "UTC"
    if isinstance(zone, str):
        return _named(milliseconds, zone), zone
    minutes = number(zone)
    if not abs(minutes) <= 1440:
        raise FilterError("a time zone is a name, or minutes of at most a day", token=None)
    return int(minutes), ""


def _named(milliseconds: int, zone: str) -> int:
    """The offset of a zone. Its table is read from the system once, then kept by the library."""
    if not _ZONE.fullmatch(zone):
        raise FilterError("no such time zone", token=None)
    try:
        offset = _calendar(milliseconds)[0].astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        raise FilterError("no such time zone", token=None) from None
    return -round((offset or timedelta()) / timedelta(minutes=1))
