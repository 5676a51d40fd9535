"""The smallest event that still goes wrong in the same way."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from segue.json import JsonObject, JsonValue


Test = Callable[[JsonObject], bool]

TRIES: Final = 600

READABLE: Final = 16
"""Characters of a text that need not be shorter: a name says more than its first letter."""


def shrink(event: JsonObject, fails: Test) -> JsonObject:
    """An event that fails, of which nothing more can be taken away; it never grows.

    Members go first, the outer before the inner, then values are made plainer.
    """
    tries = 0
    found = True
    while found:
        found = False
        for smaller in _smaller(event):
            tries += 1
            if tries > TRIES:
                return event
            if fails(smaller):
                event, found = smaller, True
                break
    return event


def _smaller(event: JsonObject) -> Iterator[JsonObject]:
    for smaller in _without(event):
        if isinstance(smaller, Mapping):
            yield smaller
    for smaller in _plainer(event):
        if isinstance(smaller, Mapping):
            yield smaller


def _without(value: JsonValue) -> Iterator[JsonValue]:
    """The value without one of its members or items, the outer first."""
    if isinstance(value, Mapping):
        for key in reversed([*value]):
            yield {name: inner for name, inner in value.items() if name != key}
        for key, inner in value.items():
            yield from ({**value, key: one} for one in _without(inner))
    elif isinstance(value, list):
        if len(value) > 2:
            yield value[: len(value) // 2]
        for index in reversed(range(min(len(value), 3))):
            yield value[:index] + value[index + 1 :]
        for index, inner in enumerate(value[:2]):
            yield from ([*value[:index], one, *value[index + 1 :]] for one in _without(inner))


def _plainer(value: JsonValue) -> Iterator[JsonValue]:
    """The value with one scalar in it shorter or nearer to zero."""
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from ({**value, key: one} for one in _plainer(inner))
        case list():
            for index, inner in enumerate(value[:2]):
                yield from ([*value[:index], one, *value[index + 1 :]] for one in _plainer(inner))
        case str() if len(value) > READABLE:
            for length in sorted({len(value) // 2, len(value) - 10, len(value) - 1}):
                if 0 <= length < len(value):
                    yield value[:length]
        case int() | float() if not isinstance(value, bool):
            yield from (one for one in _nearer(value) if abs(one) < abs(value))
        case _:
            return


def _nearer(value: float) -> Iterator[int]:
    whole = int(value)
    yield from (
        whole,
        whole // 2 if whole > 0 else -(-whole // 2),
        whole - (whole > 0) + (whole < 0),
    )
