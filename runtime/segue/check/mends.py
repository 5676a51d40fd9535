"""What would make a refused value good: it says what to write, and tells one mistake from another."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from segue.errors import FieldError, PayloadError
from segue.fields import Fields
from segue.json import JsonObject, JsonValue
from segue.solving import put


MENDED: Final[Mapping[str, tuple[str, ...]]] = {
    "enum": ("case", "space", "sign"),
    "const": ("case", "space", "sign"),
    "pattern": ("case", "space", "sign"),
    "format": ("space", "date"),
    "type": ("space", "fraction", "comma"),
}
"""The rules whose breach may be a matter of form, and what may be in the way."""

SAID: Final[Mapping[str, str]] = {
    "case": "only its case is in the way: change it with @case",
    "space": "only its spaces are in the way: take them out with @replace",
    "sign": "only a sign is in the way: take it out or change it with @replace",
    "fraction": "only its fraction is in the way: round it, with @liquid",
    "empty": "give it a value for when what it reads is empty: @if with blank, or default in @liquid",
    "unmapped": "map it, too: the object around it is made without it",
    "unread": "map another id: the event has one that the mapping does not read",
    "date": "only its time is in the way: cut it, with @liquid and date",
}
"""What to do, by what is in the way."""


def remedy(rule: str) -> str | None:
    """What to do about a broken rule of which it is known what is in the way."""
    what, _, sign = rule.partition(":")[2].partition(" ")
    return SAID[what].replace("a sign", f'"{sign}"') if what in SAID else None


def mend(spec: Fields, given: JsonValue, error: FieldError) -> str:
    """What is in the way of a value that is refused: a key of SAID, "" where it is another value.

    A sign is told with it, ``sign -``.
    """
    keys = [part.replace("~1", "/").replace("~0", "~") for part in error.pointer.split("/")[1:]]
    value = _at(given, keys)
    if not keys or not isinstance(given, Mapping):
        return ""
    for name in MENDED.get(error.rule, ()):
        for what, other in _MADE[name](value):
            if other not in (value, "") and _passes(spec, given, keys, other, error):
                return what
    return ""


def _at(value: JsonValue, keys: list[str]) -> JsonValue:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _passes(
    spec: Fields, given: JsonObject, keys: list[str], other: JsonValue, error: FieldError
) -> bool:
    try:
        spec.coerce(cast("JsonObject", put(given, keys, other)))
    except PayloadError as refused:
        return all(one.pointer != error.pointer for one in refused.errors)
    return True


Mended: TypeAlias = Iterator[tuple[str, JsonValue]]


def _case(value: JsonValue) -> Mended:
    if isinstance(value, str):
        yield from (("case", one) for one in (value.upper(), value.lower(), value.capitalize()))


def _space(value: JsonValue) -> Mended:
    if isinstance(value, str):
        yield "space", "".join(value.split())


def _sign(value: JsonValue) -> Mended:
    if isinstance(value, str) and len(value) <= _SHORT:
        for sign in dict.fromkeys(re.findall(r"[^\w\s]|_", value)):
            yield from ((f"sign {sign}", value.replace(sign, new)) for new in ("", "_", "-", "."))


_SHORT: Final = 60


def _comma(value: JsonValue) -> Mended:
    if isinstance(value, str):
        yield "sign ,", value.replace(",", ".")


def _fraction(value: JsonValue) -> Mended:
    try:
        if isinstance(value, str | int | float):
            yield "fraction", round(float(value))
    except (ValueError, OverflowError):
        return


def _date(value: JsonValue) -> Mended:
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value):
        yield "date", value[:10]


_MADE: Final[Mapping[str, Callable[[JsonValue], Mended]]] = {
    "case": _case,
    "space": _space,
    "fraction": _fraction,
    "date": _date,
    "comma": _comma,
    "sign": _sign,
}
