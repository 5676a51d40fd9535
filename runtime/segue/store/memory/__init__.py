"""The store in memory, for tests: it keeps every promise but to survive the process.

Claims and searches look at everything there is, so it is meant for thousands of events.
"""

import time
from types import TracebackType
from typing import Self

from segue.store.memory.data import Data
from segue.store.memory.history import MemoryHistory, MemoryLedger
from segue.store.memory.queue import MemoryQueue
from segue.store.protocols import Clock
from segue.store.records import Limits


__all__ = ["MemoryStore"]


class MemoryStore:
    """A store that lives and dies with this object. See Store."""

    def __init__(self, *, limits: Limits | None = None, clock: Clock = time.time) -> None:
        self._data = Data(limits or Limits(), clock)
        self.queue = MemoryQueue(self._data)
        self.history = MemoryHistory(self._data)
        self.ledger = MemoryLedger(self._data)

    async def close(self) -> None:
        """Refuse everything from now on."""
        self._data.closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
