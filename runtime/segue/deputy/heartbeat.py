"""Whether the process at the other end still answers: one that hangs has not ended."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from segue.errors import StoreError
from segue.store.protocols import Clock


PAUSE: Final = 1.0
"""Seconds between an answer and the next question."""

QUIET: Final = 10.0
"""So many seconds without an answer, and it hangs. What holds it up for less is told by its watch."""


class Heartbeat:
    """Asks again and again, one question at a time; ``clock`` counts seconds and never goes back."""

    def __init__(self, ask: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self._ask, self._clock = ask, clock
        self._heard = clock()

    @property
    def silence(self) -> float:
        """The seconds since the last answer."""
        return self._clock() - self._heard

    @property
    def hangs(self) -> bool:
        """Whether that is too long."""
        return self.silence >= QUIET

    async def run(self, pause: float = PAUSE) -> None:
        """Ask until the other end is gone."""
        while True:
            try:
                await self._ask()
            except StoreError:
                return
            self._heard = self._clock()
            await asyncio.sleep(pause)
