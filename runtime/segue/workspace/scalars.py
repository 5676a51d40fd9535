"""What a plain scalar means: the core schema of YAML 1.2 (§10.3.2)."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from segue.json import JsonScalar


_WORDS: Final[Mapping[str, JsonScalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"0o[0-7]+"), lambda text: int(text, 0)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda _: math.nan),
)
_DIGITS: Final = 400  # more than any double has; int() itself gives up at some thousands


def resolve(text: str) -> JsonScalar:
    """The value of a plain scalar. Raises ValueError for a number that JSON cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    for pattern, make in _NUMBERS:
        if pattern.fullmatch(text):
            return _number(text, make)
    return text


def _number(text: str, make: Callable[[str], int | float]) -> int | float:
    value = make(text) if len(text) <= _DIGITS else math.inf
    if not math.isfinite(value):
        raise ValueError("this is not a number that JSON can hold")
    return value
