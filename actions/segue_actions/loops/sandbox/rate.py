"""The rate limit of a team: a bucket of requests that fills evenly. The clock is an argument."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """``limit`` requests at once and ``limit`` more every second; 0 is no limit at all."""

    limit: int
    _left: float = field(init=False)
    _at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._left = self.limit

    def take(self, now: float) -> bool:
        """Use one request, or return False when there is none left."""
        left = self._fill(now)
        if self.limit and left < 1:
            return False
        self._left = left - 1
        return True

    def left(self, now: float) -> int:
        return max(0, int(self._fill(now)))

    def _fill(self, now: float) -> float:
        since = max(0.0, now - self._at) if self._at is not None else 0.0
        self._left, self._at = min(self.limit, self._left + since * self.limit), now
        return self._left
