"""Filters of lists, and the two that fit any value: ``size`` and ``default``."""

import math
from collections.abc import Sequence
from typing import Final

from segue import json
from segue.json import MISSING, JsonValue, Missing
from segue.mapping.liquid.filters.kinds import Filter, lists, values
from segue.mapping.liquid.rendering import Rendering, fit
from segue.mapping.liquid.values import (
    Value,
    equal,
    is_list,
    length,
    listed,
    member,
    number,
    truthy,
)


def join(rendering: Rendering, value: Value, separator: Value = MISSING) -> Value:
    """The items as one text, nested lists with commas, nothing as nothing."""
    between = " " if separator is None or separator is MISSING else rendering.text(separator)
    rendering.weigh(value)
    items = ["" if item is None else json.text(item) for item in listed(value)]
    fit(sum(map(len, items)) + len(between) * max(0, len(items) - 1))
    return between.join(items)


def first(_rendering: Rendering, value: Value) -> Value:
    return member(value, "0") if isinstance(value, str) or is_list(value) else ""


def last(_rendering: Rendering, value: Value) -> Value:
    if is_list(value):
        return member(value, "last")
    return member(value, str(length(value) - 1)) if isinstance(value, str) else ""


def size(_rendering: Rendering, value: Value) -> Value:
    """How many items, or code units; of anything else 0."""
    return member(value, "length") if isinstance(value, str) or is_list(value) else 0


def compact(items: Sequence[JsonValue]) -> Value:
    return [item for item in items if item is not None]


def push(items: Sequence[JsonValue], item: Value) -> list[JsonValue]:
    return [*items, None if isinstance(item, Missing) else item]


def unshift(items: Sequence[JsonValue], item: Value) -> Value:
    return [*push([], item), *items]


def pop(items: Sequence[JsonValue]) -> Value:
    return items[:-1]


def shift(items: Sequence[JsonValue]) -> Value:
    return items[1:]


def add_up(rendering: Rendering, value: Value, key: Value = MISSING) -> Value:
    """The sum of the items, or of a member of each; what is no number counts as 0."""
    rendering.weigh(value)
    path = rendering.text(key).split(".") if truthy(key) else []
    found = [number(_reach(rendering, item, path)) for item in listed(value)]
    return sum(0.0 if math.isnan(term) else term for term in found)


def where(rendering: Rendering, value: Value, key: Value, expected: Value = MISSING) -> Value:
    """The items whose member equals the expected value; without one, those where it is truthy."""
    rendering.weigh(value)
    path = rendering.text(key).split(".")
    return [item for item in listed(value) if _fits(_reach(rendering, item, path), expected)]


def _reach(rendering: Rendering, item: Value, path: Sequence[str]) -> Value:
    rendering.spend(len(path))
    for key in path:
        item = member(item, key)
    return item


def _fits(found: Value, expected: Value) -> bool:
    if expected is None:
        return found is None or found is MISSING
    return truthy(found) if expected is MISSING else equal(found, expected)


def default(
    _rendering: Rendering, value: Value, other: Value = MISSING, *, allow_false: Value = False
) -> Value:
    """The value, or the other one when it is nothing, false, "" or an empty list."""
    if isinstance(value, str) or is_list(value):
        return value or other
    return value if truthy(value) or (value is False and truthy(allow_false)) else other


FILTERS: Final[dict[str, Filter]] = {
    "compact": lists(compact),
    "default": values(default),
    "first": values(first),
    "join": values(join),
    "last": values(last),
    "pop": lists(pop),
    "push": lists(push),
    "shift": lists(shift),
    "size": values(size),
    "sum": values(add_up),
    "unshift": lists(unshift),
    "where": values(where),
}
