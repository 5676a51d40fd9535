"""Filters of numbers, with the arithmetic of JavaScript: doubles, and no error anywhere."""

import math
import operator
import sys
from typing import Final

from segue.mapping.liquid.filters.kinds import Filter, numbers, values
from segue.mapping.liquid.rendering import Rendering
from segue.mapping.liquid.values import Value, number


def at_least(number: float, least: float) -> float:
    return max(number, least)


def at_most(number: float, most: float) -> float:
    return min(number, most)


def divide(number: float, divisor: float, whole: float = 0.0) -> float:
    if divisor == 0:
        positive = math.copysign(1, number) == math.copysign(1, divisor)
        return math.nan if number == 0 else math.inf if positive else -math.inf
    return floor(number / divisor) if whole else number / divisor


def modulo(number: float, divisor: float) -> float:
    """The remainder, with the sign of the divisor."""
    if divisor == 0 or not math.isfinite(number) or not math.isfinite(divisor):
        return math.nan
    return math.fmod(math.fmod(number, divisor) + divisor, divisor)


def floor(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def ceil(number: float) -> float:
    return -floor(-number)


def round_half_away(number: float, digits: float = 0.0) -> float:
    """Halves go away from zero, also those that a double misses by a hair: 1.255 to two is 1.26.

    Digits beyond what a double holds leave the number as it is.
    """
    scale = math.pow(10, max(-400, min(digits, 308)))
    if scale == 0:
        return 0.0
    scaled = number * scale * (1 + sys.float_info.epsilon)
    if not abs(scaled) < 2**53:
        return number
    below = floor(scaled)
    return (below + (scaled - below >= 0.5)) / scale


def to_integer(_rendering: Rendering, value: Value) -> Value:
    """Not only whole numbers, whatever the name says; NaN for what is no number."""
    return number(value)


FILTERS: Final[dict[str, Filter]] = {
    "abs": numbers(math.fabs),
    "at_least": numbers(at_least),
    "at_most": numbers(at_most),
    "ceil": numbers(ceil),
    "divided_by": numbers(divide),
    "floor": numbers(floor),
    "minus": numbers(operator.sub),
    "modulo": numbers(modulo),
    "plus": numbers(operator.add),
    "round": numbers(round_half_away),
    "times": numbers(operator.mul),
    "to_integer": values(to_integer),
}
