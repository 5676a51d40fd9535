"""Threads for what a mapping or an author's code may take long over: few, and each ended in time.

The threads that pages share must never wait for a preview; a mapping that somebody is typing may be
one that never ends.
"""

import asyncio
import ctypes
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar


T = TypeVar("T")
Work: TypeAlias = Callable[[], T]

NAME: Final = "segue-turn"
AT_ONCE: Final = 2
PATIENCE: Final = 2.0
"""Seconds until the turn comes, and seconds that it lasts."""

PAUSE: Final = 0.02
AGAIN: Final = 0.5
"""Seconds after which a thread that did not end is told once more."""


class LateError(BaseException):
    """Raised inside of work whose time is over. No ``except Exception`` of an author's holds it."""


@dataclass(frozen=True, slots=True)
class Turns:
    """So many pieces of work at once; the others wait for their turn."""

    most: int = AT_ONCE
    patience: float = PATIENCE
    _busy: set[threading.Thread] = field(default_factory=set[threading.Thread], repr=False)

    async def take(self, work: Work[T], patience: float | None = None) -> T:
        """What the work gives, or what it raises. Raises TimeoutError where it takes too long."""
        lasts = self.patience if patience is None else patience
        async with asyncio.timeout(self.patience):
            while len(self._alive()) >= self.most:  # noqa: ASYNC110 an end tells nobody
                await asyncio.sleep(PAUSE)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        thread = threading.Thread(target=_do, args=(work, done, loop), name=NAME, daemon=True)
        self._busy.add(thread)
        thread.start()
        try:
            async with asyncio.timeout(lasts):
                return await done
        finally:
            if not done.done() or done.cancelled():
                _end(loop, thread)

    async def run(self, make: Callable[[], Awaitable[T]]) -> T:
        """The same for what awaits, in a loop of its own; it ends by itself where it only waits."""

        async def whole() -> T:
            async with asyncio.timeout(self.patience * 0.9):
                return await make()

        return await self.take(lambda: asyncio.run(whole()))

    def _alive(self) -> set[threading.Thread]:
        self._busy.difference_update([one for one in self._busy if not one.is_alive()])
        return self._busy


def _do(work: Work[T], done: asyncio.Future[T], loop: asyncio.AbstractEventLoop) -> None:
    """Work, and tell the loop what came of it; nobody may be there any more to hear it."""
    with suppress(LateError, RuntimeError):  # it was ended, or the loop is gone
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 whoever awaits it is told
            reason = TimeoutError() if isinstance(error, LateError) else error
            loop.call_soon_threadsafe(_settle, done, lambda: done.set_exception(reason))
        else:
            loop.call_soon_threadsafe(_settle, done, lambda: done.set_result(result))


def _settle(done: asyncio.Future[T], how: Callable[[], None]) -> None:
    if not done.done():
        how()


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    """Have a thread end; what swallows it, or is in a call of C, is told again."""
    if not thread.is_alive() or thread.ident is None:
        return
    number, late = ctypes.c_ulong(thread.ident), ctypes.py_object(LateError)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, late)
    loop.call_later(AGAIN, _end, loop, thread)
