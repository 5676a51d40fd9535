"""Values as Segment's Liquid sees them: JSON values under JavaScript's rules.

Texts are measured in UTF-16 code units, numbers are doubles, ``None`` is null and ``MISSING`` is
undefined. Only members of JSON values can be reached, never an attribute of a Python object.
"""

import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias, TypeGuard

from segue import json
from segue.json import MISSING, JsonValue, Missing


Value: TypeAlias = JsonValue | Missing

# What JavaScript trims, which is not quite what Python does.
SPACE: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
SPACES: Final = re.compile(f"[{SPACE}]+")

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DECIMAL: Final = re.compile(
    r"[+-]?(?:Infinity|(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)"
)
_RADIX: Final = {"0x": 16, "0o": 8, "0b": 2}


class Special(Enum):
    """Words of a template that a value is compared with, not values themselves."""

    NIL = "nil"
    EMPTY = "empty"
    BLANK = "blank"


def is_list(value: object) -> TypeGuard[Sequence[JsonValue]]:
    return isinstance(value, list | tuple)


def listed(value: Value) -> Sequence[JsonValue]:
    """A list as it is, nothing as no items, anything else as a list of one."""
    if is_list(value):
        return value
    return [] if value is None or value is MISSING else [value]


def truthy(value: Value) -> bool:
    """Everything but nil and false: 0, "" and an empty list are true."""
    return not (value is None or value is MISSING or value is False)


def length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, start: int, stop: int) -> str:
    """JavaScript's ``slice``: between two code units, counted from the end when negative."""
    if text.isascii():
        return text[start:stop]
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * start : 2 * stop].decode("utf-16-le", "surrogatepass")


def units(text: str) -> list[str]:
    """The code units of a text; a character beyond U+FFFF is two."""
    if text.isascii() or len(text) == length(text):
        return list(text)
    return [
        cut(character, half, half + 1) for character in text for half in range(length(character))
    ]


def fused(text: str) -> str:
    """The text with surrogate pairs that met by concatenation joined again."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def member(value: Value, key: str) -> Value:
    """The member of a value, ``size``, ``first`` and ``last`` included; of null it is null."""
    if isinstance(value, Mapping):
        return value[key] if key in value else len(value) if key == "size" else MISSING
    if isinstance(value, str):
        return _unit(value, key)
    if is_list(value):
        return _item(value, key)
    return None if value is None else MISSING


def _unit(text: str, key: str) -> Value:
    if key in {"size", "length"}:
        return length(text)
    place = int(key) if json.index_like(key) else -1
    return (cut(text, place, place + 1) if place >= 0 else "") or MISSING


def _item(items: Sequence[JsonValue], key: str) -> Value:
    if key in {"size", "length"}:
        return len(items)
    word = {"first": "0", "last": "-1"}.get(key, key)
    if not json.index_like(word.removeprefix("-")):
        return MISSING
    place = int(word)
    return items[place] if -len(items) <= place < len(items) else MISSING


def number(value: Value) -> float:
    """JavaScript's ``Number()``: NaN for what is no number (ECMA-262, ToNumber)."""
    match value:
        case None:
            return 0.0
        case int() | float():
            return _double(value)
        case str():
            return _read(value.strip(SPACE))
        case Missing() | Mapping():
            return math.nan
        case _:
            return _lone(value)


def _lone(value: JsonValue) -> float:
    """The number of a list: only one of a single item has a text without commas."""
    while is_list(value) and len(value) == 1:
        value = value[0]
    if is_list(value):
        return math.nan if value else 0.0
    return math.nan if isinstance(value, bool) else number(value)


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _read(text: str) -> float:
    if _DECIMAL.fullmatch(text):
        return float(text)
    radix = _RADIX.get(text[:2].lower())
    if radix and text[2:].isascii() and text[2:].isalnum():
        try:
            return _double(int(text[2:], radix))
        except ValueError:
            return math.nan
    return math.nan if text else 0.0


def equal(left: Value, right: Value) -> bool:
    """JavaScript's ``===``, but lists are compared item by item."""
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if is_list(one) and is_list(other) and len(one) == len(other):
            pairs.extend(zip(one, other, strict=True))
        elif not _same(one, other):
            return False
    return True


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left == right if isinstance(left, str) else left is right


def alike(special: Special, value: Value) -> bool:
    """True when a value equals ``nil``, ``empty`` or ``blank``."""
    if value is None or value is MISSING:
        return special is not Special.EMPTY
    if special is Special.BLANK and (value is False or isinstance(value, str)):
        return not (value and value.strip(SPACE))
    sized = isinstance(value, str | Mapping) or is_list(value)
    return special is not Special.NIL and sized and not value


def comparable(left: Value, right: Value) -> tuple[bytes, bytes] | tuple[float, float]:
    """Two values as ``<`` compares them: by code units when both are texts, else as numbers."""
    one, other = _primitive(left), _primitive(right)
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass"), other.encode("utf-16-be", "surrogatepass")
    return number(one), number(other)


def _primitive(value: Value) -> Value:
    return json.text(value) if isinstance(value, Mapping) or is_list(value) else value
