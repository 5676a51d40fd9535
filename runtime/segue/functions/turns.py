"""Whose turn it is in a process: a number on a page of memory that its owner can read after its end.

Async steps share a process. When one of them hangs or crashes, the others are not to blame.
"""

import asyncio
import mmap
import os
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from tempfile import TemporaryFile
from typing import Any, Final, cast


SIZE: Final = 8

_NUMBER: ContextVar[int] = ContextVar("number", default=0)


def memory() -> int:
    """The descriptor of a page that can be inherited. Raises OSError."""
    if sys.platform == "linux":  # where the file system may be read-only
        made = os.memfd_create("segue")
    else:
        with TemporaryFile() as file:
            made = os.dup(file.fileno())
    os.truncate(made, SIZE)
    return made


class Turns:
    """The page behind a descriptor. ``current`` is the step that runs, 0 for none."""

    def __init__(self, descriptor: int) -> None:
        self._page = memoryview(mmap.mmap(descriptor, SIZE)).cast("Q")

    @property
    def current(self) -> int:
        """The number of the step."""
        return self._page[0]

    @contextmanager
    def of(self, number: int) -> Generator[None, None, None]:
        """Say whose turn it is, here and in the tasks that begin within."""
        before, self._page[0] = self._page[0], number
        token = _NUMBER.set(number)
        try:
            yield
        finally:
            _NUMBER.reset(token)
            self._page[0] = before

    def attend(self) -> None:
        """Follow the tasks of the loop that runs, each from one wait to the next."""
        asyncio.get_running_loop().set_task_factory(self._task)

    def _task(
        self,
        loop: asyncio.AbstractEventLoop,
        made: Coroutine[Any, Any, Any] | Generator[Any, Any, Any],
        **named: Any,
    ) -> "asyncio.Task[Any]":
        number = _NUMBER.get()
        if number and isinstance(made, Coroutine):
            made = _attended(_Turn(made, number, self._page))
        return asyncio.Task(made, loop=loop, **named)


class _Turn:
    """A coroutine that says when it runs."""

    def __init__(
        self, made: Coroutine[Any, Any, Any], number: int, page: "memoryview[int]"
    ) -> None:
        self._made, self._number, self._page = made, number, page

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[Any], Any] = self._made.send
        given: object = None
        while True:
            self._page[0] = self._number
            try:
                wanted = step(given)
            except StopIteration as end:
                return end.value
            finally:
                self._page[0] = 0
            step, given = self._made.send, None
            try:
                yield wanted
            except GeneratorExit:
                self._made.close()
                raise
            except BaseException as error:  # noqa: BLE001 a task is interrupted with any
                step, given = cast("Callable[[Any], Any]", self._made.throw), error


async def _attended(turn: _Turn) -> Any:
    return await turn
