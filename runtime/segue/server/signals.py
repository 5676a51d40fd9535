"""What a process is told from outside while it runs."""

import asyncio
import logging
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final


log: Final = logging.getLogger("segue.server")


def ignore() -> None:
    """There is nothing yet that could do it."""


@dataclass(slots=True)
class Told:
    """``stop`` is set at the first SIGTERM or SIGINT; at every further one ``hasten`` is called.

    ``reload`` is called at SIGHUP.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hasten: Callable[[], None] = ignore
    reload: Callable[[], None] = ignore

    def end(self) -> None:
        """End what was begun; said again, break it off."""
        if not self.stop.is_set():
            self.stop.set()
            return
        log.warning("stopping at once: what is broken off is tried again at the next start")
        self.hasten()


@contextmanager
def told() -> Generator[Told]:
    """What this process is told while the block runs, from before it is up until all has ended."""
    loop, heard = asyncio.get_running_loop(), Told()
    handlers = {
        signal.SIGTERM: heard.end,
        signal.SIGINT: heard.end,
        signal.SIGHUP: lambda: heard.reload(),  # noqa: PLW0108 it is put there later
    }
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield heard
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
