"""Compiles a value of a tree to a function that reads it from an event.

None stands for null and missing alike. Nothing here raises, whatever the event holds.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from segue import json
from segue.trigger import glob
from segue.trigger.equality import is_list
from segue.trigger.functions import FUNCTIONS
from segue.trigger.tree import Boolean, Call, List, Null, Number, Path, Scalar, Text, Value


Event: TypeAlias = Mapping[str, object]
Reader: TypeAlias = Callable[[Event], object]


def reader(value: Value) -> Reader:
    """Compile a value."""
    match value:
        case Path(parts):
            return walk(*parts)
        case Call():
            return call(value)
        case List(items):
            return constant([literal(item) for item in items])
        case Text() | Number() | Boolean() | Null():
            return constant(literal(value))


def literal(value: Scalar) -> str | float | bool | None:
    """The value that a literal stands for."""
    return None if isinstance(value, Null) else value.value


def constant(value: object) -> Reader:
    return lambda _: value


def walk(first: str, *others: str) -> Reader:
    """Into objects by key and lists by index; anything else has no members."""
    if not others:
        return lambda event: event.get(first) if isinstance(event, dict) else member(event, first)
    if len(others) == 1:
        return _two(first, others[0])

    def read(event: Event) -> object:
        value: object = event
        for part in (first, *others):
            value = value.get(part) if isinstance(value, dict) else member(value, part)
        return value

    return read


def _two(first: str, second: str) -> Reader:
    def read(event: Event) -> object:
        inner = event.get(first) if isinstance(event, dict) else member(event, first)
        return inner.get(second) if isinstance(inner, dict) else member(inner, second)

    return read


def member(value: object, part: str) -> object:
    """One step of a path."""
    if is_list(value):
        return value[int(part)] if json.index_like(part) and int(part) < len(value) else None
    return value.get(part) if isinstance(value, Mapping) else None


def call(tree: Call) -> Reader:
    """Compile a function of values; a pattern is compiled now."""
    function = FUNCTIONS[tree.function].call
    read, *others = map(reader, tree.arguments)
    match tree:
        case Call("match", (_, Text(pattern))):
            test = glob.compile(pattern)
            return lambda event: function(read(event), test)
        case Call(arguments=(_, _)):
            other = others[0]
            return lambda event: function(read(event), other(event))
        case _:
            return lambda event: function(read(event))
