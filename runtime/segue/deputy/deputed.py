"""The deputy as the process sees it that owns the store: a worker like any other."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from signal import SIGKILL, Signals
from types import TracebackType
from typing import Final, Self

from segue.deputy.desk import Desk
from segue.deputy.forking import Deputy
from segue.deputy.heartbeat import Heartbeat
from segue.deputy.link import Link
from segue.errors import StoreError
from segue.hooks import Tell
from segue.store.protocols import Store
from segue.worker import Worker
from segue.worker.worker import GRACE
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.deputy")

PATIENCE: Final = 2 * GRACE + 5.0
"""Seconds that the deputy has to stop: what is under way, what is to be written, and some more."""

START: Final = 30.0
LAST: Final = 2.0


class Deputed:
    """Has a deputy make the deliveries of a store, inside ``async with``.

    Should the deputy end, what it had in hand counts as perhaps sent, and ``instead`` gives a
    worker of this process that goes on; ``notes`` says so. One that hangs is left alone, for what
    holds it up would hold this process up too; ``troubles`` says so. ``task`` runs as long as all is well.
    ``tell`` gives who is told of what has ended; ``slow`` counts actions that held the deputy up.
    """

    def __init__(
        self,
        deputy: Deputy,
        store: Store,
        workspace: Callable[[], Workspace],
        instead: Callable[[], AbstractAsyncContextManager[Worker]],
        tell: Callable[[], Tell | None],
    ) -> None:
        self.task: asyncio.Task[None]
        self.slow: Counter[str] = Counter()
        self._deputy, self._workspace, self._instead = deputy, workspace, instead
        self._desk = Desk(store, tell)
        self._link: Link
        self._heart: Heartbeat
        self._beating: asyncio.Task[None]
        self._worker: Worker | None = None
        self._ended = ""

    async def __aenter__(self) -> Self:
        loop, does = asyncio.get_running_loop(), {**self._desk.does(), "slow": self._count}
        _, self._link = await loop.create_unix_connection(
            lambda: Link(does), sock=self._deputy.door
        )
        self._desk.watch(self._link)
        self._heart = Heartbeat(partial(self._link.ask, "beat"), loop.time)
        self._beating = asyncio.create_task(self._heart.run())
        try:
            await self.use(self._workspace())
        except StoreError as error:
            log.warning("the process for deliveries did not begin: %s", error)
            self._kill()
        self.task = asyncio.create_task(self._attend())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.task.cancel()
        self._beating.cancel()
        await asyncio.gather(self.task, self._beating, return_exceptions=True)
        if not self._ended:
            await self._stop()

    async def use(self, workspace: Workspace) -> None:
        """Go on as another workspace says. Raises StoreError."""
        if self._worker is not None:
            await self._worker.use(workspace)
            return
        try:
            async with asyncio.timeout(START):
                await self._link.ask("use", workspace.revision)
        except TimeoutError:
            raise StoreError("the process for deliveries does not answer") from None

    def hasten(self) -> None:
        """Wait for nothing that is under way when stopping, or any longer."""
        self._link.tell("hasten")
        if self._worker is not None:
            self._worker.hasten()

    def notes(self) -> list[str]:
        """That the deputy has ended, where it has."""
        if not self._ended:
            return []
        why = f"the process for deliveries {self._ended}"
        now = "until a restart they are made by the one that takes events in, more slowly"
        return [
            f"{why}; {now}; see what the log says of it, then restart segue serve when it suits"
        ]

    def troubles(self) -> list[str]:
        """That the deputy hangs, where it does: nothing is delivered until someone acts."""
        if self._ended or not self._heart.hangs:
            return []
        since = f"{self._heart.silence:.0f} s"
        why = f"the process for deliveries has not answered for {since}, and delivers nothing"
        return [f"{why}; the log names what held it up last; restart segue serve"]

    async def _attend(self) -> None:
        """Wait for the end of the deputy, which should not come; then take its place."""
        await asyncio.shield(self._link.ended)
        self._ended = await self._reap()
        log.error("the process for deliveries %s; this one makes them now", self._ended)
        await self._link.rest()
        await self._desk.lapse()
        async with self._instead() as worker:
            self._worker = worker
            await asyncio.wait([worker.task])
            worker.task.result()

    async def _stop(self) -> None:
        if self._heart.hangs:  # it would hear nothing
            self._kill()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._link.ask("stop")
        except (StoreError, TimeoutError) as error:
            log.warning("the process for deliveries did not stop: %s", str(error) or "time is up")
        await self._link.rest()
        self._link.close()
        await self._reap()

    async def _reap(self) -> str:
        """Wait for its end, and bring it about if need be; how it ended."""
        waiting = asyncio.create_task(asyncio.to_thread(_wait, self._deputy.pid))
        await asyncio.wait([waiting], timeout=LAST)
        if not waiting.done():
            self._kill()
        return await waiting

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._deputy.pid, SIGKILL)

    async def _count(self, slow: dict[str, int]) -> None:
        self.slow.clear()
        self.slow.update(slow)


def _wait(pid: int) -> str:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        return "ended"
    code = os.waitstatus_to_exitcode(status)
    return f"was ended by {Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
