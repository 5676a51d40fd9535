"""Hypothesis at work for the checks: drawing payloads, and searching the smallest that breaks a promise."""

from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from segue.testing.breaking import BrokenError


T = TypeVar("T")

# How hard it is to find payloads is not what is tested.
_UNSAID: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)


def draw(values: SearchStrategy[T]) -> list[T]:
    """As many values as the settings of hypothesis say, 100 unless told otherwise."""
    drawn: list[T] = []
    search(values, drawn.append)
    return drawn


def search(values: SearchStrategy[T], trial: Callable[[T], None]) -> None:
    """Try values until one raises, then smaller ones; raises what the smallest does."""

    # The finding is in the message; the example database would mix up the actions.
    @settings(
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=_UNSAID,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(values)
    def run(value: T) -> None:
        trial(value)

    try:
        run()
    except Flaky:
        raise BrokenError(
            "what happens with a payload differs from one time to the next",
            "Make the request of the payload alone: no state that is kept between calls, no chance, no clock.",
        ) from None
    except Unsatisfiable:
        raise BrokenError(
            "no payload could be made that the field spec allows",
            "See whether any can satisfy it; if so, give its fields `examples`.",
        ) from None
