"""Time, so that tests can tell it instead of waiting."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time as delivery sees it: Unix seconds, and waiting for some of them."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
