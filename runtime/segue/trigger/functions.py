"""The functions of the trigger language: one small Python function each, in a table.

Each takes and gives values as they stand in an event; None is null and missing alike. Given
something it cannot use, a function gives None, and a yes-or-no function gives False.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from segue import json
from segue.trigger import glob
from segue.trigger.equality import is_list


NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DIGITS: Final = 400  # more than any finite number needs
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[^\W_A-Z]+")


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes, what it does, and whether it answers yes or no."""

    count: int
    call: Callable[..., object]
    truth: bool = False


def contains(value: object, part: object) -> bool:
    return isinstance(value, str) and isinstance(part, str) and part in value


def matches(value: object, test: glob.Test) -> bool:
    return isinstance(value, str) and test(value)


def length(value: object) -> int | None:
    """Bytes of a text in UTF-8, items of a list, 0 for null."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    if value is None:
        return 0
    return len(value) if is_list(value) else None


def lowercase(value: object) -> str | None:
    return value.lower() if isinstance(value, str) else None


def uppercase(value: object) -> str | None:
    return value.upper() if isinstance(value, str) else None


def snakecase(value: object) -> str | None:
    return "_".join(map(str.lower, _words(value))) if isinstance(value, str) else None


def kebabcase(value: object) -> str | None:
    return "-".join(map(str.lower, _words(value))) if isinstance(value, str) else None


def titlecase(value: object) -> str | None:
    return " ".join(map(str.capitalize, _words(value))) if isinstance(value, str) else None


def typeof(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list() | tuple():
            return "list"
        case _:
            return "object"


def boolean(value: object) -> bool:
    """False for null, false, 0, "", "false", an empty list and an empty object."""
    if isinstance(value, str):
        return value not in {"", "false"}
    if isinstance(value, int | float | list | tuple | Mapping):
        return bool(value)
    return value is not None


def string(value: object) -> str | None:
    """The text form of a scalar, the items of a list joined by commas; null stays null."""
    if is_list(value):
        items = ["" if item is None else _text(item) for item in value]
        return ",".join(item or "" for item in items) if None not in items else None
    return _text(value)


def number(value: object) -> int | float | None:
    """A number, a text that spells one, 1 and 0 for true and false; anything else is null."""
    match value:
        case bool():
            return int(value)
        case int() | float():
            return value
        case str():
            return numeral(value.strip())
        case _:
            return None


def numeral(text: str) -> int | float | None:
    """The finite number that a text spells, or None."""
    if len(text) > _DIGITS or not NUMBER.fullmatch(text):
        return None
    value = float(text)
    whole = text.lstrip("+-").isdecimal()
    return (int(text) if whole else value) if math.isfinite(value) else None


def _text(value: object) -> str | None:
    return json.text(value) if isinstance(value, str | int | float) else None


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "contains": Function(2, contains, truth=True),
    "match": Function(2, matches, truth=True),
    "bool": Function(1, boolean, truth=True),
    "length": Function(1, length),
    "lowercase": Function(1, lowercase),
    "uppercase": Function(1, uppercase),
    "snakecase": Function(1, snakecase),
    "kebabcase": Function(1, kebabcase),
    "titlecase": Function(1, titlecase),
    "typeof": Function(1, typeof),
    "string": Function(1, string),
    "number": Function(1, number),
}
