"""The kinds of change that are recognised between a value and another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

from segue.diff.model import Value
from segue.json import MISSING, JsonValue, encode, text


Test: TypeAlias = Callable[[str, str], bool]

TEXTS: Final[Sequence[tuple[str, Test]]] = (
    ("lower-cased", lambda old, new: new == old.lower()),
    ("upper-cased", lambda old, new: new == old.upper()),
    ("trimmed", lambda old, new: new == old.strip()),
    ("trimmed and lower-cased", lambda old, new: new == old.strip().lower()),
    ("written in another case", lambda old, new: new.casefold() == old.casefold()),
    ("spaced differently", lambda old, new: new.split() == old.split()),
    ("cut short", lambda old, new: old.startswith(new)),
    ("cut at its start", lambda old, new: old.endswith(new)),
    ("given an ending", lambda old, new: new.startswith(old)),
    ("given a beginning", lambda old, new: new.endswith(old)),
)
"""What may have become of a text, the likeliest first; none of the texts is empty."""

FACTORS: Final = (10, 100, 1000)


def kind(old: Value, new: Value) -> str:
    """What became of a value, "changed" where that is none of the kinds known."""
    if old is MISSING or new is MISSING:
        return "added" if old is MISSING else "removed"
    if _empty(old) or _empty(new):
        return "emptied" if _empty(new) else "filled"
    if isinstance(old, str) and isinstance(new, str):
        found = next((name for name, test in TEXTS if test(old, new)), None)
        return found or ("written as another form of the time" if _moments(old, new) else "changed")
    before, after = named(old), named(new)
    if before != after:
        same = text(old) == text(new) and not {before, after} & {"object", "list"}
        return f"made {_A[after]}, was {_A[before]}" if same else _otherwise(old, new)
    return _ORDERED[before](old, new) if before in _ORDERED else "changed"


def named(value: JsonValue) -> str:
    """What sort of value it is."""
    match value:
        case bool():
            return "boolean"
        case str():
            return "text"
        case int() | float():
            return "number"
        case None:
            return "null"
        case Mapping():
            return "object"
        case _:
            return "list"


def _empty(value: Value) -> bool:
    return value is None or (isinstance(value, str | Mapping | Sequence) and not value)


def _otherwise(old: JsonValue, new: JsonValue) -> str:
    if _moments(old, new):
        return "written as another form of the time"
    return f"replaced by {_A[named(new)]}, was {_A[named(old)]}"


def _numbers(old: JsonValue, new: JsonValue) -> str:
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return "changed"
    if old == new:
        return "written as another form of the number"
    for factor in FACTORS:
        if _near(old * factor, new):
            return f"multiplied by {factor}"
        if _near(new * factor, old):
            return f"divided by {factor}"
    return "rounded" if isinstance(old, float) and _rounded(old, new) else "changed"


def _near(one: float, other: float) -> bool:
    return one != 0 and abs(one - other) <= 1e-9 * abs(one)


def _rounded(old: float, new: float) -> bool:
    return any(round(old, digits) == new for digits in range(4)) if abs(old) < 1e15 else False


def _lists(old: JsonValue, new: JsonValue) -> str:
    return "put in another order" if reordered(old, new) else "changed"


def reordered(old: Value, new: Value) -> bool:
    """Whether two lists have the same items in another order."""
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return False
    return len(old) == len(new) and sorted(map(encode, old)) == sorted(map(encode, new))


def _moments(old: JsonValue, new: JsonValue) -> bool:
    before, after = _moment(old), _moment(new)
    return before is not None and before == after


def _moment(value: JsonValue) -> float | None:
    """A moment in Unix seconds: ISO 8601, or seconds or milliseconds of this age."""
    if isinstance(value, str):
        if not value[:4].isdecimal():
            return None
        try:
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value / 1000 if 1e11 < value < 1e13 else value if 1e8 < value < 1e10 else None


_A: Final[Mapping[str, str]] = {
    "boolean": "a boolean",
    "text": "text",
    "number": "a number",
    "null": "null",
    "object": "an object",
    "list": "a list",
}
_ORDERED: Final[Mapping[str, Callable[[JsonValue, JsonValue], str]]] = {
    "number": _numbers,
    "list": _lists,
}
