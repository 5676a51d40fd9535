"""Filters of numbers, with the arithmetic of JavaScript: doubles, and no error anywhere."""

import math
import operator
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
    return math.nan if divisor == 0 or math.isinf(number) else math.fmod(number, divisor)


def floor(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def ceil(number: float) -> float:
    return -floor(-number)


def round_half_up(number: float, digits: float = 0.0) -> float:
    """Halves go up, also the negative. Digits beyond what a double holds leave it as it is."""
    places = max(-400, min(int(digits) if math.isfinite(digits) else 400, 400))
    scale = float(f"1e{places}")
    if scale == 0:
        return 0.0
    scaled = number * scale
    if not math.isfinite(scaled):
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
    "round": numbers(round_half_up),
    "times": numbers(operator.mul),
    "to_integer": values(to_integer),
}
