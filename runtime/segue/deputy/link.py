"""What two processes of ours ask and tell each other over a socket: plain values, many at a time.

What is said goes out at once: a turn of the event loop is long while events are taken in. Both ends
are the same program, so neither doubts what the other says.
"""

import asyncio
import logging
import marshal
from collections.abc import Callable, Coroutine, Mapping
from itertools import count
from typing import Any, Final, TypeAlias, cast

from segue.errors import StoreError, StoreFullError, StoreUnavailableError


log: Final = logging.getLogger("segue.deputy")

Does: TypeAlias = Mapping[str, Callable[..., Coroutine[object, object, object]]]
"""What can be asked of an end, by name. Arguments and answers are what marshal takes."""

_ASK, _ANSWER, _FAULT, _TELL = range(4)
_HEAD: Final = 4
_ERRORS: Final = {one.__name__: one for one in (StoreError, StoreFullError, StoreUnavailableError)}
_GONE: Final = "the process at the other end has ended"


class Link(asyncio.Protocol):
    """One end. ``ended`` is done when the other one has gone."""

    def __init__(self, does: Does) -> None:
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._does, self._numbers = does, count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in = bytearray()
        self._transport: asyncio.Transport

    async def ask(self, name: str, *given: object) -> Any:
        """What the other end answers. Raises StoreError: that which it raised, or that it is gone."""
        if self.ended.done():
            raise StoreUnavailableError(_GONE)
        number, answer = next(self._numbers), self._loop.create_future()
        self._waiting[number] = answer
        self._post(_ASK, number, name, given)
        return await answer

    def tell(self, name: str, *given: object) -> None:
        """Have the other end do something, without an answer."""
        if not self.ended.done():
            self._post(_TELL, 0, name, given)

    def close(self) -> None:
        """Say no more."""
        self._transport.close()

    async def rest(self) -> None:
        """Wait until all that was asked of this end is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its type

    def data_received(self, data: bytes) -> None:
        """Take what is complete."""
        self._in += data
        start = 0
        while len(self._in) - start >= _HEAD:
            end = start + _HEAD + int.from_bytes(self._in[start : start + _HEAD])
            if end > len(self._in):
                break
            self._take(*marshal.loads(self._in[start + _HEAD : end]))  # noqa: S302 from ourselves
            start = end
        del self._in[:start]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 however it was lost
        """Nobody will answer any more."""
        if not self.ended.done():
            self.ended.set_result(None)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(StoreUnavailableError(_GONE))
        self._waiting.clear()

    def _post(self, *message: Any) -> None:
        data = marshal.dumps(message)
        self._transport.write(len(data).to_bytes(_HEAD) + data)

    def _take(self, kind: int, number: int, name: Any, given: Any) -> None:
        if kind in {_ASK, _TELL}:
            task = self._loop.create_task(self._do(kind, number, name, given))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        answer = self._waiting.pop(number, None)
        if answer is None or answer.done():
            return
        if kind == _FAULT:
            answer.set_exception(_ERRORS.get(name, StoreError)(given))
        else:
            answer.set_result(given)

    async def _do(self, kind: int, number: int, name: str, given: tuple[object, ...]) -> None:
        try:
            found = await self._does[name](*given)
        except StoreError as error:
            reply: tuple[object, ...] = (_FAULT, number, type(error).__name__, str(error))
        except Exception as error:
            log.exception("%s went wrong", name)
            reply = (_FAULT, number, "StoreError", f"{name} went wrong: {type(error).__name__}")
        else:
            reply = (_ANSWER, number, "", found)
        if kind == _ASK and not self.ended.done():
            self._post(*reply)
