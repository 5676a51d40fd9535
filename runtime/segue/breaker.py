"""A breaker for a destination that is down: everything waits while one request at a time tries it.

Pure: clock and chance are arguments. Deliveries that wait here have made no attempt; an outage costs
a destination's queue neither its retries nor its window.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import final

from segue.http import Response
from segue.outcome import Delivered, Held, Outcome, Retry


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Opens after ``failures`` in a row. Probes follow after ``first`` seconds, then twice as long.

    ``cap`` is the longest they are apart.
    """

    failures: int = 10
    first: float = 5.0
    cap: float = 300.0

    def interval(self, trip: int, chance: float) -> float:
        """Seconds before the probe of the ``trip``-th opening in a row, 1 for the first.

        Half of it is jitter, by ``chance`` in [0, 1), so that breakers which opened together do not
        probe together. Below the cap the next interval is never shorter.
        """
        return min(self.cap, self.first * 2.0 ** min(trip - 1, 64)) * (0.5 + chance / 2)


class State(StrEnum):
    """Open: nobody goes. Half open: one probe may go, or is on its way."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@final
class Pass:
    """Leave to make one request. Whatever comes of it is told to ``Breaker.settle``."""

    __slots__ = ()


@dataclass(slots=True)
class Breaker:
    """Closed, it counts failures in a row; open, it waits; then one probe decides.

    The answers to requests from before it opened may still close it, but never keep it open.
    """

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    _failures: int = field(default=0, init=False)
    _trips: int = field(default=0, init=False)  # openings in a row, 0 while closed
    _until: float = field(default=0.0, init=False)
    _probe: Pass | None = field(default=None, init=False)

    def state(self, now: float) -> State:
        """What a person is shown."""
        if self._trips == 0:
            return State.CLOSED
        return State.OPEN if now < self._until else State.HALF_OPEN

    @property
    def down(self) -> bool:
        """Whether the destination counts as down: only probes go."""
        return self._trips > 0

    def wait(self, now: float) -> float | None:
        """Seconds until ``admit`` lets one go; None while a probe is out, whose answer decides."""
        if self._trips == 0:
            return 0.0
        return None if self._probe else max(0.0, self._until - now)

    def admit(self, now: float) -> Pass | None:
        """Leave to make a request now, None when there is none."""
        if self.wait(now) != 0.0:
            return None
        leave = Pass()
        if self._trips:
            self._probe = leave
        return leave

    def settle(self, leave: Pass, *, up: bool | None, now: float, chance: float) -> None:
        """Say what a request showed of its destination: that it is up, or down, or nothing.

        None also gives back leave that was not used. It must be settled in every case, or a probe
        that nobody hears of keeps all others waiting.
        """
        probed = leave is self._probe
        if probed:
            self._probe = None
        if up:
            self._failures = self._trips = 0
            self._probe = None
        elif up is False and (probed or self._trips == 0):
            self._failures += 1
            if probed or self._failures >= self.policy.failures:
                self._open(now, chance)

    def _open(self, now: float, chance: float) -> None:
        self._trips += 1
        self._until = now + self.policy.interval(self._trips, chance)


def is_up(outcome: Outcome, response: Response | None = None) -> bool | None:
    """What the end of a request shows of its destination: up, down, or None for nothing.

    Down is what leaves in doubt whether the destination acted: no answer, none in time, a 5xx. Any
    other answer shows it up, also 429 and 501. An action that fails by itself shows nothing.
    """
    match outcome:
        case Retry(ambiguous=True):
            return False
        case Delivered() | Held():
            return True
        case _:
            return None if response is None else True
