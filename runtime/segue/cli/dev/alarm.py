"""An end to code of an author's that does not end: an error in the line it is at."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from segue.delivery.watch import Watch


LIMIT: Final = 3.0
"""Seconds that importing a file, or one action, may take."""


class Alarm(Watch):
    """Ends an action that takes longer than LIMIT seconds. For the main thread only."""

    def begin(self, name: str) -> None:  # noqa: ARG002 the signature of a watch
        """Code of this action runs from now on."""
        _set(LIMIT)

    def end(self) -> None:
        """It has ended."""
        _set(0)


@contextmanager
def limited() -> Generator[None]:
    """Raise TimeoutError inside a block that takes longer than LIMIT seconds."""
    _set(LIMIT)
    try:
        yield
    finally:
        _set(0)


def _set(seconds: float) -> None:
    signal.signal(signal.SIGALRM, _ring)
    # again every second, for code that catches what is raised in it
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0 if seconds else 0)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"it has run for {LIMIT:g} s and is not done")
