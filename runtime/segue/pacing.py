"""Token buckets: never faster than a destination allows. The clock is an argument."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``requests`` in any ``per`` seconds, per credential."""

    requests: int
    per: float = 1.0


@dataclass(slots=True)
class Bucket:
    """Reserves a slot for each request; times are seconds of one monotonic clock.

    Slots are spread evenly, so a destination that counts by the second is never surprised by a
    burst at the edge of two of its seconds.
    """

    limit: RateLimit | None
    _next: float = field(default=0.0, init=False)

    def take(self, now: float) -> float:
        """Reserve the next slot; return the seconds to wait for it."""
        if self.limit is None and self._next <= now:
            return 0.0
        slot = max(self._next, now)
        if self.limit is not None:
            self._next = slot + self.limit.per / self.limit.requests
        return slot - now

    def pause(self, now: float, seconds: float) -> None:
        """Hand out no slot for so many seconds: the destination said that it is too much."""
        self._next = max(self._next, now + seconds)
