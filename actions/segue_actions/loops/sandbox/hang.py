"""Not answering, for a while: what a timeout looks like to a client."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Receive


class Hangs:
    """Requests that wait until ``seconds`` are over, the client is gone, or all are released."""

    def __init__(self, seconds: float, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._seconds, self._sleep = seconds, sleep
        self._waiting: set[asyncio.Future[object]] = set()
        self._over = False

    async def wait(self, receive: Receive) -> bool:
        """Hang; return whether there is still someone to answer."""
        if self._over:
            return True
        loop = asyncio.get_running_loop()
        released: asyncio.Future[object] = loop.create_future()
        gone: asyncio.Future[object] = loop.create_task(_disconnected(receive))
        over: asyncio.Future[object] = asyncio.ensure_future(self._sleep(self._seconds))
        ends = {gone, over, released}
        self._waiting.add(released)
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            return gone not in done
        finally:
            self._waiting.discard(released)
            for end in ends:
                end.cancel()

    def release(self) -> None:
        """Answer every hanging request now, and hang no more. Safe from any thread."""
        self._over = True
        for released in [*self._waiting]:
            released.get_loop().call_soon_threadsafe(_settle, released)


async def _disconnected(receive: Receive) -> object:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


def _settle(released: asyncio.Future[object]) -> None:
    if not released.done():
        released.set_result(None)
