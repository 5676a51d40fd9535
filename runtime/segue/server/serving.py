"""The program around the store: doors, worker, reload and sweeping, until it is told to stop."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from segue.control import serve_control
from segue.errors import StoreError
from segue.ingest import Limits, create_app
from segue.server.deletion import Deletion, admin_token
from segue.server.health import Pulse
from segue.server.http import serve_http
from segue.server.metrics import TYPE
from segue.server.reload import Watch
from segue.server.runtime import Runtime, open_runtime
from segue.server.working import work
from segue.store.protocols import History
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.server")

RECENT: Final = 900.0
SWEEP: Final = 60.0


async def serve(
    directory: Path,
    file: Path,
    load: Callable[[], Workspace],
    listen: Callable[[], socket.socket],
    *,
    limits: Limits,
) -> None:
    """Take events in and deliver them until SIGTERM or SIGINT; then end what was begun.

    ``listen`` is called when the directory is ours, so that a second process hears whose it is.
    SIGHUP reads the workspace again. Raises ConfigError and StoreError.
    """
    async with AsyncExitStack() as stack:
        runtime = await stack.enter_async_context(open_runtime(directory, load))
        runtime.meter.revised(runtime.standing.current.name)
        worker = await stack.enter_async_context(work(runtime))
        watch = Watch(file, runtime.standing, worker.use, runtime.meter)
        pulse = Pulse(runtime.store, runtime.gate)
        pulse.tasks["the worker"] = worker.task
        pulse.tasks["the watch"] = await stack.enter_async_context(running(watch.run()))
        await stack.enter_async_context(running(sweep(runtime.store.history)))
        await stack.enter_async_context(serve_control(directory, runtime.office))
        app, listener = application(runtime, pulse, limits), listen()
        door = await stack.enter_async_context(serve_http(app, listener))
        with stopped_by_signals(watch.hurry) as stop:
            host, port = listener.getsockname()[:2]
            log.info("serving", extra={"url": f"http://{host}:{port}", "pid": os.getpid()})
            await first(stop, door, worker.task)
        pulse.stopping = True
        log.info("stopping: what is under way ends first")
    log.info("stopped")


def application(runtime: Runtime, pulse: Pulse, limits: Limits) -> ASGIApp:
    """The tracking API with what a person or a machine asks of the process itself."""
    started = time.time()

    async def metrics(_: Request) -> Response:
        history = runtime.store.history
        since_start = await history.stats(since=started)
        recent = await history.stats(since=time.time() - RECENT)
        return Response(runtime.meter.text(since_start, recent), headers={"content-type": TYPE})

    deletion = Deletion(runtime.office, admin_token(runtime.directory, os.environ))
    return create_app(
        sources=runtime.standing.source,
        intake=runtime.gate,
        limits=limits,
        health=pulse,
        routes={"/metrics": {"GET": metrics}, "/v1/delete": {"POST": deletion}},
    )


async def sweep(history: History) -> None:
    """Remove what is too old, a slice at a time, for ever."""
    while True:
        more = False
        try:
            more = (await history.purge()).more
        except StoreError as error:
            log.warning("nothing was purged: %s", error)
        await asyncio.sleep(0 if more else SWEEP)


@asynccontextmanager
async def running(work: Coroutine[object, object, None]) -> AsyncGenerator["asyncio.Task[None]"]:
    """A task that ends with the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def stopped_by_signals(hurry: Callable[[], None]) -> Generator["asyncio.Task[bool]"]:
    """A task that ends at SIGTERM or SIGINT; ``hurry`` is called at SIGHUP."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    handlers = {signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: hurry}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    task = asyncio.create_task(stop.wait())
    try:
        yield task
    finally:
        task.cancel()
        for number in handlers:
            loop.remove_signal_handler(number)


async def first(*tasks: "asyncio.Task[Any]") -> None:
    """Wait for the first task to end; raise what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
