"""The worker beside the store."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from segue.control import Office
from segue.secrets import TOKENS, FileSecrets
from segue.senders import Tokens
from segue.senders.direct import open_sender
from segue.server.runtime import Runtime, open_runtime
from segue.worker import Worker
from segue.workspace.model import Workspace


@asynccontextmanager
async def work(runtime: Runtime) -> AsyncGenerator[Worker]:
    """Deliver while the block runs; what is under way then ends, or goes back. Raises ConfigError."""
    workspace = runtime.standing.workspace()
    async with (
        open_sender() as sender,
        Tokens(sender, FileSecrets(runtime.directory / TOKENS), now=runtime.clock.now) as tokens,
        Worker(runtime.store, workspace, sender, clock=runtime.clock, tokens=tokens) as worker,
    ):
        runtime.meter.watch(worker.watch.slow)
        yield worker


@asynccontextmanager
async def open_working(directory: Path, load: Callable[[], Workspace]) -> AsyncGenerator[Office]:
    """The operations with a worker, for ``segue send`` when it finds nobody running."""
    async with open_runtime(directory, load) as runtime, work(runtime):
        yield runtime.office
