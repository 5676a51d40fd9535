"""A process beside this one, which may fail without harm: it is started again, and ends when we do."""

import asyncio
import logging
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final


log: Final = logging.getLogger("segue.server")

GRACE: Final = 3.0
"""Seconds that it has to end by itself."""

FIRST: Final = 1.0
LONGEST: Final = 60.0
WRONG: Final = 2
"""The exit code of a command that was told something wrong: it would be wrong again."""


@dataclass
class Companion:
    """Keeps a command running. It hears that we are gone, however we went, by the end of its stdin.

    ``descriptors`` are open files that it is given. Without a command there is only ``trouble`` to tell.
    """

    name: str
    command: Sequence[str] = ()
    descriptors: Sequence[int] = ()
    trouble: str = ""
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], "asyncio.Future[None]"] = field(
        default=lambda seconds: asyncio.ensure_future(asyncio.sleep(seconds))
    )

    def notes(self) -> list[str]:
        """What is wrong with it, if anything."""
        return [self.trouble] if self.trouble else []

    async def run(self) -> None:
        """Keep it running until cancelled."""
        pause = FIRST
        while self.command:
            began = self.timer()
            why = await self._once()
            if why is None:
                self.trouble = f"{self.name} cannot run; the log says why"
                break
            pause = FIRST if self.timer() - began > LONGEST else pause
            self.trouble = f"{self.name} {why}; it is started again"
            log.warning("%s %s; it is started again in %g s", self.name, why, pause)
            await self.sleep(pause)
            pause = min(2 * pause, LONGEST)
        await asyncio.Event().wait()

    async def _once(self) -> str | None:
        """Run it once, and say how it ended; None for what another run would not change."""
        try:
            child = await asyncio.create_subprocess_exec(
                *self.command, stdin=PIPE, stdout=DEVNULL, pass_fds=self.descriptors
            )
        except OSError as error:
            return f"cannot be started: {error.strerror}"
        self.trouble = ""
        try:
            code = await child.wait()
        finally:
            await _end(child)
        if code == WRONG:
            return None
        return f"ended with {code}" if code >= 0 else f"was ended by {_name(-code)}"


async def _end(child: Process) -> None:
    """Have it end by itself, or else kill it."""
    assert child.stdin is not None
    child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), GRACE)
    except TimeoutError:
        child.kill()
        await child.wait()


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
