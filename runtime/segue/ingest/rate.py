"""How many events a source may send: a bucket that fills evenly. The clock is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Holds one second's worth. Whoever finds something in it may take all they need, as a debt.

    So a batch larger than the rate is not refused for ever.
    """

    rate: float
    at: float
    left: float

    def take(self, count: int, now: float) -> float:
        """Take so many and return 0, or return the seconds until there is something to take."""
        most = max(1.0, self.rate)
        self.left = min(most, self.left + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / self.rate
        self.left -= count
        return 0.0


@dataclass(slots=True)
class Rates:
    """A bucket for each source. ``timer`` gives seconds of a clock that is never set back."""

    rate: float | None
    timer: Callable[[], float]
    _buckets: dict[str, Bucket] = field(default_factory=dict[str, Bucket])

    def take(self, source: str, count: int) -> float:
        """As ``Bucket.take``."""
        if self.rate is None:
            return 0.0
        now = self.timer()
        fresh = Bucket(self.rate, now, max(1.0, self.rate))
        return self._buckets.setdefault(source, fresh).take(count, now)
