"""Dates and times in text: RFC 3339's forms, and the wider family that `date-like` takes.

Only existence is judged (no February 30, no 25 o'clock). Nothing is rewritten.
"""

import re
from calendar import monthrange
from typing import Final


_FLAGS: Final = re.ASCII | re.IGNORECASE
_OFFSET: Final = r"[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?"
_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", _FLAGS)
_TIME: Final = re.compile(
    rf"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.\d+)?(?P<zone>z|{_OFFSET})?", _FLAGS
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_LAST_MILLISECOND: Final = 8.64e15  # ECMA-262: 100,000,000 days around 1970

_CLOCK: Final = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
_ZONE: Final = rf"(?:\s*(?:z|utc|gmt|[ecmp][sd]t))?(?:\s*{_OFFSET})?(?:\s*\([^()]*\))?"
_AFTER: Final = rf"(?:[t\s]\s*{_CLOCK}(?:\s*(?P<half>[ap]m))?{_ZONE})?"
_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_MONTH: Final = r"(?P<name>[a-z]{3,9})\.?"
_DAY: Final = r"(?P<day>\d\d?)"

_LIKENESSES: Final = tuple(
    re.compile(shape, _FLAGS)
    for shape in (
        rf"(?P<year>\d{{4}}|[+-]\d{{6}})(?P<sep>[-/])(?P<month>\d\d?)(?:(?P=sep){_DAY})?{_AFTER}",
        rf"(?P<month>\d\d?)/{_DAY}/(?P<year>\d{{4}}|\d\d){_AFTER}",
        rf"{_WEEKDAY}{_DAY}[\s-]+{_MONTH}[\s,-]+(?P<year>\d{{4}}){_AFTER}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_AFTER}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def is_date(text: str) -> bool:
    """RFC 3339, full-date: 2024-02-29."""
    found = _DATE.fullmatch(text)
    return found is not None and _day_exists(found)


def is_time(text: str) -> bool:
    """RFC 3339, full-time; the zone may be left out, as opening hours do."""
    found = _TIME.fullmatch(text)
    return found is not None and _time_exists(found)


def is_date_time(text: str) -> bool:
    """RFC 3339, date-time: a full-date, T or a space, a time with its zone."""
    day, time = _DATE.match(text), _TIME.fullmatch(text, 11)
    if day is None or time is None or text[10] not in "Tt ":
        return False
    return _day_exists(day) and _time_exists(time) and time["zone"] is not None


def is_date_like(text: str) -> bool:
    """What senders write for a date.

    ISO 8601 and its relaxed forms (2024/2/29 10:00), RFC 2822, the English and American orders
    (3 April 2024, 04/03/2024), and numbers: Unix time in seconds or milliseconds.
    """
    if _NUMBER.fullmatch(text):
        return len(text) < 40 and abs(float(text)) <= _LAST_MILLISECOND
    found = next(filter(None, (shape.fullmatch(text) for shape in _LIKENESSES)), None)
    return found is not None and _day_exists(found) and _time_exists(found)


def _day_exists(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    month = _month(parts.get("name")) if "name" in parts else int(parts["month"])
    if not 1 <= month <= 12:
        return False
    like = 2000 + int(parts["year"]) % 400  # the calendar repeats; monthrange knows years 1 to 9999
    return 1 <= int(parts["day"] or 1) <= monthrange(like, month)[1]


def _month(name: str | None) -> int:
    starts = (month.startswith((name or "?").lower()) for month in _MONTHS)
    return next((number for number, fits in enumerate(starts, 1) if fits), 0)


def _time_exists(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    if parts.get("half"):
        return 1 <= hour <= 12 and minute < 60 and second < 60
    if hour == 24:
        return minute == second == 0 and "zone" not in parts
    leap = (hour, minute, second) == (23, 59, 60) and "zone" in parts
    return hour < 24 and minute < 60 and (second < 60 or leap)
