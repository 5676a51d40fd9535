"""When to try again: exponential backoff with full jitter inside a window."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often a delivery is tried. All times are in seconds.

    The defaults are Segment's published window of four hours.
    """

    window: float = 4 * 3600.0
    base: float = 1.0
    cap: float = 20 * 60.0

    def delay(self, attempt: int, *, chance: float, after: float | None = None) -> float:
        """Seconds before the attempt that follows ``attempt`` (1 is the first).

        ``chance`` in [0, 1) is the jitter, injected. What the destination asked for (``after``)
        is the least that is waited.
        """
        ceiling = min(self.cap, self.base * 2.0 ** min(attempt - 1, 64))
        return max(chance * ceiling, after or 0.0)

    def spent(self, elapsed: float, delay: float) -> bool:
        """Whether another attempt would fall outside the window, counted from the first attempt."""
        return elapsed + delay > self.window
