"""Texts that a regular expression matches: the shortest, and longer ones with other characters."""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

from segue.fields.patterns import PatternError, matcher


# The standard library's own parser, which has no public name; hypothesis reads patterns with it, too.
_parser: Final = import_module("re._parser")

MOST: Final = 40
"""Times that an open-ended repetition is repeated in a long text."""

_CLASS: Final = {
    "CATEGORY_DIGIT": "0",
    "CATEGORY_WORD": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_WORD": "-",
    "CATEGORY_NOT_SPACE": "a",
}


def matching(pattern: str) -> list[str]:
    """A few texts for a pattern of ECMA-262, each of which it was seen to match."""
    try:
        parsed = _parser.parse(re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern))
        test = matcher(pattern)
    except (re.error, PatternError, ValueError, RecursionError):
        return []
    made = (_text(parsed, long=long, which=which) for which in (0, 1, -1) for long in (0, 1))
    return [one for one in dict.fromkeys(made) if test(one)]


def _text(parsed: Iterable[Any], *, long: int, which: int) -> str:
    return "".join(_piece(str(op), value, long, which) for op, value in parsed)


def _piece(op: str, value: Any, long: int, which: int) -> str:
    match op:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "a" if value != ord("a") else "b"
        case "ANY":
            return "a"
        case "IN":
            return _member(value, which)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times = min(int(most), max(int(least), MOST)) if long else int(least)
            return _text(inner, long=0, which=which) * times
        case "SUBPATTERN":
            return _text(value[-1], long=long, which=which)
        case "BRANCH":
            branches = value[1]
            return _text(branches[which % len(branches)], long=long, which=which)
        case _:
            return ""


def _member(members: list[Any], which: int) -> str:
    """A character of a set: of its first member, its second, its last."""
    if str(members[0][0]) == "NEGATE":
        barred = {value for op, value in members if str(op) == "LITERAL"}
        return next(one for one in "a-0 _Z" if ord(one) not in barred)
    op, value = members[min(which, len(members) - 1)]
    match str(op):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0] if which >= 0 else value[1])
        case _:
            return _CLASS.get(str(value), "a")
