"""Filters that write a time: ``date``, in the notation of strftime, and four ready-made forms.

A conversion is ``%``, flags (``-`` no padding, ``_`` blanks, ``0`` zeros, ``^`` upper case, ``#``
other case, ``:`` a colon in the zone), a width, and a letter of ``CONVERSIONS``; others stay as
they are. Names are English.
"""

import re
from collections.abc import Callable
from typing import Final

from liquid.exceptions import FilterError

from segue.json import MISSING
from segue.mapping.liquid.filters.kinds import Filter, values
from segue.mapping.liquid.filters.moments import MONTHS, Moment, moment
from segue.mapping.liquid.rendering import Rendering
from segue.mapping.liquid.values import Value


_PLAIN: Final = "%A, %B %-e, %Y at %-l:%M %P %z"
_LONGEST: Final = 1_000  # characters of a format, and of one padded conversion
_CONVERSION: Final = re.compile(r"%([-_0^#:]*)([0-9]*)[EO]?(.)")
_WIDTHS: Final = dict.fromkeys("deHIklmMSUW", 2) | {"j": 3, "L": 3}
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def date(rendering: Rendering, value: Value, form: Value = MISSING, zone: Value = MISSING) -> Value:
    """The time that a value means, written; a value that means none stays as it is."""
    when = moment(rendering, value, zone)
    if when is None:
        return value
    return strftime(when, _PLAIN if form is MISSING or form is None else rendering.text(form))


def _fixed(form: str) -> Filter:
    def write(rendering: Rendering, value: Value) -> Value:
        return date(rendering, value, form)

    return values(write)


def _written(month: str) -> Filter:
    def write(
        rendering: Rendering, value: Value, kind: Value = MISSING, style: Value = MISSING
    ) -> Value:
        if kind != "ordinal":
            return date(rendering, value, f"%d {month} %Y")
        return date(
            rendering, value, f"{month} %-d%q, %Y" if style == "US" else f"%-d%q {month} %Y"
        )

    return values(write)


def strftime(when: Moment, form: str) -> str:
    """A time in a format. Raises FilterError when that is too long."""
    if len(form) > _LONGEST:
        raise FilterError("a date format that long is a mistake", token=None)
    return _CONVERSION.sub(lambda match: _convert(when, match), form)


def _convert(when: Moment, match: re.Match[str]) -> str:
    flags, digits, letter = match.groups()
    if letter not in CONVERSIONS:
        return match[0]
    if len(digits) > 4 or int(digits or 0) > _LONGEST:
        raise FilterError("a date padded that wide is a mistake", token=None)
    text = _cased(CONVERSIONS[letter](when, flags, int(digits or 0)), flags)
    width = 0 if "-" in flags else int(digits or 0) or _WIDTHS.get(letter, 0)
    blank = "_" in flags or (letter in "aAbBceklpP" and "0" not in flags)
    return text.rjust(width, " " if blank else "0")


def _cased(text: str, flags: str) -> str:
    if "^" in flags:
        return text.upper()
    if "#" in flags:
        return text.upper() if any(letter.islower() for letter in text) else text.lower()
    return text


def _offset(when: Moment, flags: str, _width: int) -> str:
    hours, minutes = divmod(abs(when.west), 60)
    colon = ":" if ":" in flags else ""
    return f"{'-' if when.west > 0 else '+'}{hours:02}{colon}{minutes:02}"


def _fraction(when: Moment, _flags: str, width: int) -> str:
    return f"{when.milliseconds % 1000:03}"[: width or 9].ljust(width or 9, "0")


def _seconds(when: Moment) -> int:
    """Halves go up."""
    return (when.milliseconds + 500) // 1000


def _week(when: Moment, first: int) -> int:
    """The week of the year; the first begins with the year's first Sunday (0) or Monday (1)."""
    day = when.local.timetuple()
    return (day.tm_yday + 6 - (day.tm_wday + 1 - first) % 7) // 7


def _ordinal(day: int) -> str:
    return "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _day(when: Moment) -> str:
    return f"{when.local.month}/{when.local.day}/{when.year}"


def _clock(when: Moment) -> str:
    return f"{_twelve(when)}:{when.local:%M:%S} {_half(when)}"


def _twelve(when: Moment) -> int:
    return when.local.hour % 12 or 12


def _half(when: Moment) -> str:
    return "AM" if when.local.hour < 12 else "PM"


def _plain(write: Callable[[Moment], object]) -> Callable[[Moment, str, int], str]:
    return lambda when, _flags, _width: str(write(when))


CONVERSIONS: Final[dict[str, Callable[[Moment, str, int], str]]] = {
    "a": _plain(lambda when: _DAYS[when.local.isoweekday() % 7][:3]),
    "A": _plain(lambda when: _DAYS[when.local.isoweekday() % 7]),
    "b": _plain(lambda when: MONTHS[when.local.month - 1][:3]),
    "B": _plain(lambda when: MONTHS[when.local.month - 1]),
    "c": _plain(lambda when: f"{_day(when)}, {_clock(when)}"),
    "C": _plain(lambda when: when.year // 100),
    "d": _plain(lambda when: when.local.day),
    "e": _plain(lambda when: when.local.day),
    "h": _plain(lambda when: MONTHS[when.local.month - 1][:3]),
    "H": _plain(lambda when: when.local.hour),
    "I": _plain(_twelve),
    "j": _plain(lambda when: when.local.timetuple().tm_yday),
    "k": _plain(lambda when: when.local.hour),
    "l": _plain(_twelve),
    "L": _plain(lambda when: when.milliseconds % 1000),
    "m": _plain(lambda when: when.local.month),
    "M": _plain(lambda when: when.local.minute),
    "n": _plain(lambda _when: "\n"),
    "N": _fraction,
    "p": _plain(_half),
    "P": _plain(lambda when: _half(when).lower()),
    "q": _plain(lambda when: _ordinal(when.local.day)),
    "s": _plain(_seconds),
    "S": _plain(lambda when: when.local.second),
    "t": _plain(lambda _when: "\t"),
    "u": _plain(lambda when: when.local.isoweekday()),
    "U": _plain(lambda when: _week(when, 0)),
    "w": _plain(lambda when: when.local.isoweekday() % 7),
    "W": _plain(lambda when: _week(when, 1)),
    "x": _plain(_day),
    "X": _plain(_clock),
    "y": _plain(lambda when: f"{when.year % 100:02}"),
    "Y": _plain(lambda when: when.year),
    "z": _offset,
    "Z": lambda when, flags, width: when.zone or _offset(when, flags, width),
    "%": _plain(lambda _when: "%"),
}

FILTERS: Final[dict[str, Filter]] = {
    "date": values(date),
    "date_to_long_string": _written("%B"),
    "date_to_rfc822": _fixed("%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _written("%b"),
    "date_to_xmlschema": _fixed("%Y-%m-%dT%H:%M:%S%:z"),
}
