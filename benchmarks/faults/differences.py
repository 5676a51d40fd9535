"""Payloads side by side: what is empty, and what the field spec has changed."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias


Json: TypeAlias = Any

EMPTY: Final = (None, "", [], {})


def found(value: Json, path: Sequence[str]) -> Json:
    """What is at a path, None where nothing is."""
    for key in path:
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, list) and key == "length":
            value = len(value)
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def emptied(was: Json, now: Json, at: str = "") -> Iterator[str]:
    """The places that have a value in one payload and none in the other, deepest where both go on."""
    if was in EMPTY:
        return
    if now in EMPTY:
        yield at
    elif isinstance(was, dict) and isinstance(now, dict):
        for key, value in was.items():
            yield from emptied(value, now.get(key), f"{at}/{key}")
    elif isinstance(was, list) and isinstance(now, list):
        for index, value in enumerate(was[: len(now)]):
            yield from emptied(value, now[index], f"{at}/{index}")


def changes(raw: Json, coerced: Json, at: str = "") -> Iterator[str]:
    """The places whose value the field spec brought to another JSON type, or dropped."""
    if raw is coerced or raw in EMPTY:
        return
    if isinstance(raw, dict) and isinstance(coerced, dict):
        for key, value in raw.items():
            yield from changes(value, coerced.get(key), f"{at}/{key}")
    elif isinstance(raw, list) and isinstance(coerced, list):
        kept = [one for one in raw if one not in EMPTY] if len(coerced) < len(raw) else raw
        for index, (value, new) in enumerate(zip(kept, coerced, strict=False)):
            yield from changes(value, new, f"{at}/{index}")
    elif kind(raw) != kind(coerced):
        yield at


def kind(value: Json) -> str:
    """The JSON type of a value; whole numbers are numbers."""
    return "number" if type(value) in {int, float} else type(value).__name__
