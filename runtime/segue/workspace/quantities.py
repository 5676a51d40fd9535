"""Durations and rates as the workspace schema lets people write them."""

import re
from typing import Final

from segue.pacing import RateLimit


_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION: Final = re.compile(r"([0-9.]*)([a-z]+)")


def duration(value: str | float) -> float:
    """Seconds: ``duration("4h") == 14400.0``; a number is seconds already."""
    if not isinstance(value, str):
        return float(value)
    found = _DURATION.fullmatch(value)
    assert found, "the schema lets nothing else through"
    amount, unit = found.groups()
    return float(amount or 1) * _SECONDS[unit]


def rate(value: str) -> RateLimit:
    """``rate("5/10s")`` is five requests in any ten seconds."""
    requests, _, per = value.partition("/")
    return RateLimit(int(requests), duration(per))
