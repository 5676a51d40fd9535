"""How fast a destination may be called: buckets of tokens, what answers teach them, whose turn it is.

Pure: times are Unix seconds, and the clock is an argument.
"""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from math import floor, isfinite
from typing import Final, Generic, TypeVar

from segue.http import Response
from segue.outcome import DAY, wait


T = TypeVar("T", bound=Hashable)

SHARE: Final = 5
"""Of so many tokens one is a retry's, where first tries wait too."""

SECOND: Final = 1.0  # what nobody names is a second, and headers are rounded to it
LATE: Final = 0.1

_COUNT: Final = re.compile(r"\s*(\d{1,15})")
_EPOCH: Final = 1e9  # so great a number of seconds is a date
_EPOCH_MS: Final = 1e11


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``requests`` in any ``per`` seconds, per credential."""

    requests: int
    per: float = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of a destination's own count: so many of ``limit`` for ``seconds`` from now."""

    limit: int
    remaining: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Advice:
    """What an answer says about pace: nothing for ``pause`` seconds, and perhaps its window."""

    pause: float = 0.0
    window: Window | None = None


SILENT: Final = Advice()


def advice(response: Response, now: float) -> Advice:
    """What an answer says about pace, in Retry-After and X-RateLimit-Limit, -Remaining and -Reset.

    A reset is a number of seconds from now, or a date in Unix seconds or milliseconds. Nothing left
    is a pause until then. A 429 that does not say how long means one second.
    """
    headers = response.headers
    remaining = _count(headers.get("x-ratelimit-remaining"))
    limited = response.status == HTTPStatus.TOO_MANY_REQUESTS
    if remaining is None and not limited and "retry-after" not in headers:
        return SILENT
    pause, reset = wait(response, now), _seconds(headers.get("x-ratelimit-reset"), now)
    if pause is None and (limited or remaining == 0):
        pause = SECOND if remaining or reset is None else reset
    limit = _count(headers.get("x-ratelimit-limit"))
    if limit is None or remaining is None or reset is None:
        return Advice(min(pause or 0.0, DAY))
    return Advice(min(pause or 0.0, DAY), Window(limit, remaining, reset))


@dataclass(slots=True)
class Quota:
    """A destination's count as far as we know it: ``left`` until ``ends``, then ``size`` anew.

    ``length`` is the longest that a window of this size was seen to last.
    """

    size: int
    left: int
    starts: float
    ends: float
    length: float

    @classmethod
    def of(cls, window: Window, now: float) -> "Quota":
        """What an answer says, believed."""
        length = window.seconds
        return cls(window.limit, window.remaining, now, now + length, length)

    def open(self, at: float) -> float:
        """The first moment from ``at`` on that has a token left."""
        return max(at, self.starts if self.left > 0 else self.ends)

    def spend(self, at: float) -> None:
        """Use one token of the window that ``at`` is in."""
        if at >= self.ends:
            self.starts = self.ends + floor((at - self.ends) / self.length) * self.length
            self.ends, self.left = self.starts + self.length, self.size
        self.left -= 1

    def learn(self, said: "Quota") -> "Quota":
        """Ours, held against what an answer says.

        The answers of many requests under way arrive in any order: of one window the least count
        is the truth, and one that ended before ours says nothing.
        """
        if said.size != self.size:
            return said
        if said.ends > self.ends + SECOND:
            return replace(said, length=max(said.length, self.length))
        if said.ends >= self.ends - SECOND:
            self.left = min(self.left, said.left)
        return self


@dataclass(slots=True)
class Bucket:
    """Hands out tokens: at an even rate, within what answers say is left, and none in a pause.

    The rate is spread evenly, so a destination that counts by the second is never surprised by a
    burst at the edge of two of its seconds. Without a limit only the answers rule.
    """

    limit: RateLimit | None
    _next: float = field(default=0.0, init=False)  # by our own rate
    _open: float = field(default=0.0, init=False)  # by what the destination said
    _quota: Quota | None = field(default=None, init=False)

    def due(self, at: float) -> float:
        """When who came at ``at`` may have the next token."""
        slot = max(self._next, self._open, at)
        return slot if self._quota is None else self._quota.open(slot)

    def take(self, now: float) -> float:
        """Reserve the next token; return the seconds to wait for it."""
        slot = self.due(now)
        if self.limit is not None:
            self._next = slot + self.limit.per / self.limit.requests
        if self._quota is not None:
            self._quota.spend(slot)
        return slot - now

    def pause(self, now: float, seconds: float) -> None:
        """Hand out no token for so many seconds: the destination said that it is too much."""
        self._open = max(self._open, now + seconds)

    def change(self, limit: RateLimit | None, now: float) -> None:
        """Keep to another limit. What a slower one still had to wait for is waited for no more."""
        self.limit = limit
        self._next = min(self._next, now + (limit.per / limit.requests if limit else 0.0))

    def observe(self, response: Response, now: float) -> None:
        """Learn from an answer, whatever its status."""
        said = advice(response, now)
        if said.pause:
            self.pause(now, said.pause)
        if said.window is not None:
            quota = Quota.of(said.window, now)
            self._quota = quota if self._quota is None else self._quota.learn(quota)


@dataclass(slots=True)
class Gate(Generic[T]):
    """Whose turn it is at a bucket: who came first, and first tries before retries.

    Where both wait, every fifth token is a retry's. Nobody is told a time ahead: who may go is
    asked when a token is there, so that those who come later can still come first.
    """

    bucket: Bucket
    _first: OrderedDict[T, float] = field(default_factory=OrderedDict[T, float], init=False)
    _again: OrderedDict[T, float] = field(default_factory=OrderedDict[T, float], init=False)
    _streak: int = field(default=SHARE - 1, init=False)  # first tries since the last retry

    def join(self, one: T, now: float, *, again: bool) -> None:
        """Wait for a token; ``again``: it is for a retry."""
        (self._again if again else self._first)[one] = now

    def leave(self, one: T) -> None:
        """Wait no longer. Who does not wait may leave too."""
        self._first.pop(one, None)
        self._again.pop(one, None)

    def wait(self, now: float) -> float | None:
        """Seconds until ``admit`` will let somebody go, None while nobody waits."""
        queue = self._turn()
        return max(0.0, self._due(queue, now) - now) if queue else None

    def admit(self, now: float) -> T | None:
        """Who goes now, with a token; None when there is no token, or nobody waits."""
        queue = self._turn()
        if not queue or self._due(queue, now) > now:
            return None
        one, since = queue.popitem(last=False)
        self.bucket.take(max(since, now - LATE))
        self._streak = 0 if queue is self._again else min(self._streak + 1, SHARE - 1)
        return one

    def _turn(self) -> OrderedDict[T, float]:
        """The queue whose turn it is; empty when both are."""
        retry = self._again and (not self._first or self._streak == SHARE - 1)
        return self._again if retry else self._first

    def _due(self, queue: OrderedDict[T, float], now: float) -> float:
        """When the next of a queue may go. A timer that woke us late costs no tokens, if not much."""
        since = next(iter(queue.values()))
        return self.bucket.due(max(since, now - LATE))


def _count(value: str | None) -> int | None:
    found = None if value is None else _COUNT.match(value)
    return int(found[1]) if found else None


def _seconds(value: str | None, now: float) -> float | None:
    """Seconds until a window ends; at least one, since what is rounded down may not be over."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    if not isfinite(number) or number < 0:
        return None
    if number >= _EPOCH:
        number = (number / 1000 if number >= _EPOCH_MS else number) - now
    return min(max(number, SECOND), DAY)
