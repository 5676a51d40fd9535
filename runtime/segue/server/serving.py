"""The program around the store: doors, worker, reload and sweeping, until it is told to stop."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp

from segue.control import serve_control
from segue.deputy import Deputed, Deputy
from segue.errors import StoreError
from segue.ingest import Limits, create_app
from segue.server.companion import Companion
from segue.server.deletion import Deletion, admin_token
from segue.server.health import Pulse
from segue.server.http import Server, serve_http
from segue.server.reload import Live, Watch
from segue.server.runtime import Runtime, open_runtime
from segue.server.scrape import VARIABLE, Scrape
from segue.server.signals import told
from segue.server.working import deliver, remarks, troubles
from segue.store.protocols import History
from segue.store.records import Limits as Keep
from segue.vault import secret_files
from segue.worker import Worker
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.server")

SWEEP: Final = 60.0


async def serve(
    directory: Path,
    file: Path,
    load: Callable[[], Workspace],
    listen: Callable[[], socket.socket],
    *,
    limits: Limits,
    keep: Keep,
    live: Live | None = None,
    beside: Callable[[str], Companion] | None = None,
    deputy: Deputy | None = None,
) -> None:
    """Take events in and deliver them until SIGTERM or SIGINT; then end what was begun.

    ``limits`` are those of what arrives, ``keep`` those of the store. ``listen`` is called when the
    directory is ours, so that a second process hears whose it is. A second signal breaks off what
    was begun. SIGHUP reads the workspace again; ``live`` knows its plugins.
    ``beside`` makes what runs beside us of the address that events are sent to, ``deputy``
    makes the deliveries. Raises ConfigError and StoreError.
    """
    with told() as heard:
        async with AsyncExitStack() as stack:
            runtime = await stack.enter_async_context(open_runtime(directory, load, keep))
            runtime.meter.revised(runtime.standing.current.name)
            worker = await stack.enter_async_context(deliver(runtime, deputy))
            secrets = secret_files(directory)
            watch = Watch(
                file, runtime.standing, worker.use, runtime.meter, secrets=secrets, live=live
            )
            pulse = Pulse(runtime.store, runtime.gate, notes=partial(noted, watch, worker))
            pulse.troubles = partial(troubles, worker)
            pulse.tasks["the worker"] = worker.task
            pulse.tasks["the watch"] = await stack.enter_async_context(running(watch.run()))
            sweeping = running(sweep(runtime.store.history))
            pulse.tasks["the sweeping"] = await stack.enter_async_context(sweeping)
            office = replace(runtime.office, look=watch.look)
            await stack.enter_async_context(serve_control(directory, office))
            app, listener = application(runtime, pulse, limits), listen()
            door = await stack.enter_async_context(serve_http(app, listener))
            heard.reload, heard.hasten = watch.hurry, partial(hasten, door, worker)
            host, port = listener.getsockname()[:2]
            url = f"http://{host}:{port}"
            log.info("serving", extra={"url": url, "pid": os.getpid()})
            if beside is not None:
                companion = beside(url)
                pulse.notes = lambda: [*noted(watch, worker), *companion.notes()]
                await stack.enter_async_context(running(companion.run()))
            await first(asyncio.create_task(heard.stop.wait()), door.task, worker.task)
            pulse.stopping = True
            log.info("stopping: what is under way ends first")
        log.info("stopped")


def noted(watch: Watch, worker: Worker | Deputed) -> list[str]:
    """What should be known of the workspace and of who delivers."""
    return [*watch.notes(), *remarks(worker)]


def hasten(door: Server, worker: Worker | Deputed) -> None:
    """Break off what is under way."""
    door.hasten()
    worker.hasten()


def application(runtime: Runtime, pulse: Pulse, limits: Limits) -> ASGIApp:
    """The tracking API with what a person or a machine asks of the process itself."""
    scrape = Scrape(runtime.meter, runtime.store.history, os.environ.get(VARIABLE) or None)
    deletion = Deletion(runtime.office, admin_token(runtime.directory, os.environ))
    return create_app(
        sources=runtime.standing.source,
        intake=runtime.gate,
        limits=limits,
        health=pulse,
        erase=deletion,
        routes={"/metrics": {"GET": scrape}, "/v1/delete": {"POST": deletion}},
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


async def first(*tasks: "asyncio.Task[Any]") -> None:
    """Wait for the first task to end; raise what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
