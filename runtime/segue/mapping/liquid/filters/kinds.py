"""The kinds of filters: what a function receives, so that it need not convert or count itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import TypeAlias

from segue.json import MISSING
from segue.mapping.liquid.rendering import ITEM, Rendering
from segue.mapping.liquid.values import Value, is_list, listed, number


Apply: TypeAlias = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Filter:
    """``apply(rendering, value, *arguments, **options)``, and how many arguments it needs and takes."""

    apply: Apply
    needs: int
    takes: int
    options: tuple[str, ...] = ()


def texts(function: Apply) -> Filter:
    """A filter whose value and arguments are texts."""

    @wraps(function)
    def apply(rendering: Rendering, *operands: Value) -> Value:
        return rendering.paid(function(*map(rendering.text, operands)))

    return _declared(function, apply, own=1)


def numbers(function: Callable[..., float]) -> Filter:
    """A filter whose value and arguments are doubles; what is no number is 0."""

    @wraps(function)
    def apply(rendering: Rendering, *operands: Value) -> Value:
        for value in operands:
            if isinstance(value, str) or is_list(value):
                rendering.weigh(value)
        return function(*map(operand, operands))

    return _declared(function, apply, own=1)


def lists(function: Apply) -> Filter:
    """A filter whose value is a list; a single value is a list of one, nothing a list of none."""

    @wraps(function)
    def apply(rendering: Rendering, value: Value, *arguments: Value) -> Value:
        items = listed(value)
        rendering.spend(ITEM * len(items))
        return rendering.paid(function(items, *arguments))

    return _declared(function, apply, own=1)


def values(function: Apply) -> Filter:
    """A filter that takes the rendering, and the value and its arguments as they are.

    An argument that is not there takes its default, as one that is not written.
    """

    @wraps(function)
    def apply(rendering: Rendering, value: Value, *arguments: Value, **options: Value) -> Value:
        given = [
            default if argument is MISSING else argument
            for argument, default in zip(arguments, defaults, strict=False)
        ]
        return rendering.paid(function(rendering, value, *given, **options))

    filter_ = _declared(function, apply, own=2)
    defaults = [MISSING] * filter_.needs + [*(function.__defaults__ or ())]
    return filter_


def operand(value: Value) -> float:
    """A value in arithmetic: 0 when it is no number."""
    found = number(value)
    return 0.0 if math.isnan(found) else found


def whole(value: Value) -> int:
    """A value as a count or a position, within what can be one."""
    return int(max(-(2.0**53), min(operand(value), 2.0**53)))


def _declared(function: Apply, apply: Apply, *, own: int) -> Filter:
    parameters = list(signature(function).parameters.values())[own:]
    options = tuple(p.name for p in parameters if p.kind is Parameter.KEYWORD_ONLY)
    positional = [p for p in parameters if p.name not in options]
    needs = sum(p.default is Parameter.empty for p in positional)
    return Filter(apply, needs, len(positional), options)
