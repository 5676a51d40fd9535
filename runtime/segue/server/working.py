"""The worker beside the store."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from segue.control import Office
from segue.deputy import Deputed, Deputy
from segue.secrets import TOKENS, FileSecrets
from segue.senders import Tokens
from segue.senders.direct import open_sender
from segue.server.runtime import Runtime, open_runtime
from segue.worker import Worker
from segue.workspace.model import Workspace


@asynccontextmanager
async def deliver(runtime: Runtime, deputy: Deputy | None) -> AsyncGenerator[Worker | Deputed]:
    """Have deliveries made while the block runs, by the deputy if there is one. Raises ConfigError."""
    if deputy is None:
        async with work(runtime) as worker:
            yield worker
        return
    standing = runtime.standing
    async with Deputed(
        deputy,
        runtime.store,
        standing.workspace,
        instead=lambda: work(runtime),
        tell=lambda: standing.hooks().tell,
    ) as deputed:
        runtime.meter.watch(deputed.slow)
        yield deputed


def remarks(worker: Worker | Deputed) -> list[str]:
    """What should be known of whoever delivers."""
    return worker.notes() if isinstance(worker, Deputed) else []


def troubles(worker: Worker | Deputed) -> list[str]:
    """What keeps whoever delivers from it."""
    return worker.troubles() if isinstance(worker, Deputed) else []


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
