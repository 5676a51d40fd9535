"""What the deputy does: a worker whose store is at the other end of a link."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from segue.delivery import SystemClock
from segue.deputy.link import Does, Link
from segue.deputy.remote import RemoteStore
from segue.errors import SegueError, StoreError
from segue.hooks import NO_HOOKS
from segue.secrets import TOKENS, FileSecrets
from segue.senders import Tokens
from segue.senders.direct import open_sender
from segue.store.protocols import Store
from segue.worker import Worker
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.deputy")

GLANCE: Final = 1.0


class Acting:
    """Takes orders.

    ``workspace`` is as it was read last, ``load`` reads it again. ``limit`` is how much of a body
    the store keeps, in bytes.
    """

    def __init__(
        self, directory: Path, workspace: Workspace, load: Callable[[], Workspace], limit: int
    ) -> None:
        self._directory, self._load, self._limit = directory, load, limit
        self._workspace: Workspace | None = workspace
        self._stack = AsyncExitStack()
        self._worker: Worker | None = None

    async def serve(self, door: socket.socket) -> None:
        """Work until the other end is gone."""
        loop = asyncio.get_running_loop()
        logging.getLogger("segue.plugins").disabled = True  # the other end says what is wrong
        does: Does = {
            "beat": self.beat,
            "use": self.use,
            "stop": self.stop,
            "hasten": self.hasten,
            "wake": self.wake,
        }
        _, self._link = await loop.create_unix_connection(lambda: Link(does), sock=door)
        self._store = RemoteStore(self._link, self._limit)
        looking = asyncio.create_task(self._look())
        await self._link.ended
        looking.cancel()

    async def use(self, revision: str) -> None:
        """Go on as the workspace of this revision says. Raises StoreError if it is not there."""
        workspace, self._workspace = self._workspace, None
        if workspace is None or workspace.revision != revision:
            workspace = await self._read()
        if workspace.revision != revision:
            raise StoreError("the workspace has changed again")
        workspace = replace(workspace, hooks=NO_HOOKS)  # the other process tells what has ended
        if self._worker is None:
            self._worker = await self._begin(workspace)
        else:
            await self._worker.use(workspace)

    async def beat(self) -> None:
        """Answer: nothing holds everything up."""

    async def stop(self) -> None:
        """End what is under way, or give it back."""
        await self._stack.aclose()

    async def hasten(self) -> None:
        """Break off what is under way."""
        if self._worker is not None:
            self._worker.hasten()

    async def wake(self, connection: str) -> None:
        """There is something to claim."""
        await self._store.queue.wake(connection)

    async def _read(self) -> Workspace:
        try:
            return await asyncio.to_thread(self._load)
        except SegueError:  # the other process says what is wrong
            raise StoreError("the workspace could not be read again") from None

    async def _begin(self, workspace: Workspace) -> Worker:
        enter, clock = self._stack.enter_async_context, SystemClock()
        secrets = FileSecrets(self._directory / TOKENS)
        sender = await enter(open_sender())
        tokens = await enter(Tokens(sender, secrets, now=clock.now))
        store = cast("Store", self._store)  # a worker asks for no more
        worker = await enter(Worker(store, workspace, sender, clock=clock, tokens=tokens))
        worker.task.add_done_callback(self._over)
        return worker

    def _over(self, task: "asyncio.Task[None]") -> None:
        """Without its worker this process is of no use."""
        if not task.cancelled():
            log.error("the worker ended", exc_info=task.exception())
            self._link.close()

    async def _look(self) -> None:
        """Tell which actions held everything up."""
        told: dict[str, int] = {}
        while True:
            await asyncio.sleep(GLANCE)
            if self._worker is not None and told != self._worker.watch.slow:
                told = dict(self._worker.watch.slow)
                self._link.tell("slow", told)
