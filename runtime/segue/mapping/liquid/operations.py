"""What an expression does: constants, conditions, paths. Each is a function of the rendering."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from segue.json import MISSING
from segue.mapping.liquid.rendering import Rendering
from segue.mapping.liquid.values import (
    Special,
    Value,
    alike,
    comparable,
    equal,
    is_list,
    member,
    truthy,
)


Evaluate: TypeAlias = Callable[[Rendering], Value]
Operand: TypeAlias = Evaluate | Special


_RELATIONS: Final[dict[str, Callable[..., bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Constant:
    value: Value

    def __call__(self, _rendering: Rendering) -> Value:
        return self.value


_NEVER: Final = Constant(value=False)


def compare(symbol: str, left: Operand, right: Operand) -> Evaluate:
    if symbol == "==":
        return equality(left, right)
    if symbol == "!=":
        same = equality(left, right)
        return lambda rendering: not same(rendering)
    if symbol == "contains":
        return _contains(plain(left), right)
    if isinstance(left, Special) or isinstance(right, Special):
        return _NEVER
    return partial(_relate, _RELATIONS[symbol], left, right)


def equality(left: Operand, right: Operand) -> Evaluate:
    if isinstance(right, Special):
        left, right = right, left
    if isinstance(right, Special):
        return Constant(left is right)
    if isinstance(left, Special):
        return lambda rendering: alike(left, right(rendering))
    return lambda rendering: _same(rendering, left(rendering), right(rendering))


def _same(rendering: Rendering, left: Value, right: Value) -> bool:
    if is_list(left) and is_list(right):
        rendering.weigh(left)
    return equal(left, right)


def _relate(
    relation: Callable[..., bool], left: Evaluate, right: Evaluate, rendering: Rendering
) -> bool:
    one, other = left(rendering), right(rendering)
    if is_list(one) or is_list(other):
        rendering.weigh(one)
        rendering.weigh(other)
    return relation(*comparable(one, other))


def _contains(left: Evaluate, right: Operand) -> Evaluate:
    """A text in a text, or an item in a list; nothing is in nothing."""
    sought = plain(right)

    def run(rendering: Rendering) -> Value:
        within, what = left(rendering), sought(rendering)
        rendering.weigh(within)
        if isinstance(within, str):
            nothing = what is None or what is MISSING
            return not nothing and rendering.text(what) in within
        if not is_list(within):
            return False
        if isinstance(right, Special):
            return any(alike(right, item) for item in within)
        return any(_same(rendering, item, what) for item in within)

    return run


def plain(operand: Operand) -> Evaluate:
    """Where a value is wanted, ``nil`` is nothing, ``empty`` and ``blank`` are the empty text."""
    if isinstance(operand, Special):
        return Constant(None if operand is Special.NIL else "")
    return operand


def joined(earlier: Sequence[tuple[str, Evaluate]], last: Evaluate, rendering: Rendering) -> Value:
    held = truthy(last(rendering))
    for word, term in earlier:
        found = truthy(term(rendering))
        held = found and held if word == "and" else found or held
    return held


def computed(aliased: bool, keys: Sequence[Evaluate], rendering: Rendering) -> Value:  # noqa: FBT001
    names: list[str] = []
    for key in keys:
        found = key(rendering)
        if found is None or found is MISSING:
            return MISSING
        names.append(rendering.text(found))
    return reach(aliased, names[0], names[1:], rendering)


def reach(aliased: bool, head: str, rest: Sequence[str], rendering: Rendering) -> Value:  # noqa: FBT001
    """What a path leads to. ``event.properties`` may also start at the event itself."""
    start = rendering.lookup(head)
    found = _follow(start, rest)
    if aliased and (found is None or found is MISSING) and not isinstance(start, Mapping):
        return _follow(rendering.event, rest)
    return found


def _follow(value: Value, keys: Sequence[str]) -> Value:
    for key in keys:
        value = member(value, key)
    return value
