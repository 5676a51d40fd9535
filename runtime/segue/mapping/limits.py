"""How far a mapping may go, so that neither its author nor an event can exhaust the process."""

from collections.abc import Mapping
from typing import Final

from segue.json import MISSING, JsonValue, Missing


DEPTH: Final = 100
"""Levels of objects and arrays in a mapping; a deeper one is a problem."""

TEXT: Final = 1_000_000
"""Characters of a text that @template, @replace or @json builds; a longer one is missing."""

KEYS: Final = 10_000_000
"""Characters of all the keys that one @flatten joins: a few long keys above many leaves multiply."""

ITEMS: Final = 50_000
"""Items that an @arrayPath with a shape maps; where arrays are mapped inside, values at any depth."""

VALUES: Final = 500_000
"""Values in a mapping, itself included; also what stops at one that contains itself."""


def larger(value: JsonValue, limit: int) -> bool:
    """Whether a value holds more than ``limit`` values at any depth, itself included."""
    counted, pending = 0, [value]
    while pending and counted <= limit:
        counted += 1
        match pending.pop():
            case Mapping() as members:
                pending.extend(members.values())
            case list() | tuple() as items:
                pending.extend(items)
            case _:
                pass
    return counted > limit


def limited(text: str) -> str | Missing:
    """A text, unless it is longer than the limit."""
    return text if len(text) <= TEXT else MISSING
