"""Time, so that tests can tell it instead of waiting."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Time as delivery sees it: Unix seconds, and waiting for some of them."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock. Where that is set back, this one goes on.

    A token or a retry is never further away than it was a moment ago. Set forward, and after the
    machine slept, it follows.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def now(self) -> float:
        """Unix time in seconds."""
        steady = self._steady()
        self._offset = max(self._offset, self._wall() - steady)
        return steady + self._offset

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
