"""The program around the store: doors, worker, reload and sweeping, until it is told to stop."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What a server is to be.

    ``load`` reads the workspace of ``file``. ``listen`` is called when the directory is ours, so that
    a second process hears whose it is. ``limits`` are those of what arrives, ``keep`` those of the store.
    ``live`` knows the workspace's plugins; ``beside`` makes what runs beside us of the address that
    events are sent to.
    """

    directory: Path
    file: Path
    load: Callable[[], Workspace]
    listen: Callable[[], socket.socket]
    limits: Limits
    keep: Keep
    live: Live | None = None
    beside: Callable[[str], Companion] | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What works behind the doors, and how it is."""

    runtime: Runtime
    worker: Worker | Deputed
    watch: Watch
    pulse: Pulse


async def serve(plan: Plan, deputy: Deputy | None = None) -> None:
    """Take events in and deliver them until SIGTERM or SIGINT; then end what was begun.

    A second signal breaks off what was begun. SIGHUP reads the workspace again. ``deputy`` makes the
    deliveries, if there is one. Raises ConfigError and StoreError.
    """
    with told() as heard:
        async with begun(plan, deputy) as engine:
            app, listener = application(engine, plan.limits), plan.listen()
            async with serve_http(app, listener) as door:
                heard.reload = engine.watch.hurry
                heard.hasten = partial(hasten, door, engine.worker)
                host, port = listener.getsockname()[:2]
                url = f"http://{host}:{port}"
                log.info("serving", extra={"url": url, **identity(plan, engine)})
                async with accompanied(plan, engine.pulse, url):
                    stop = asyncio.create_task(heard.stop.wait())
                    await first(stop, door.task, engine.worker.task)
                    engine.pulse.stopping = True
                    log.info("stopping: what is under way ends first")
        log.info("stopped")


@asynccontextmanager
async def begun(plan: Plan, deputy: Deputy | None) -> AsyncGenerator[Engine]:
    """Deliver, watch, sweep and answer commands while the block runs."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        runtime = await enter(open_runtime(plan.directory, plan.load, plan.keep))
        runtime.meter.revised(runtime.standing.current.name)
        worker = await enter(deliver(runtime, deputy))
        secrets = secret_files(plan.directory)
        watch = Watch(
            plan.file, runtime.standing, worker.use, runtime.meter, secrets=secrets, live=plan.live
        )
        pulse = Pulse(runtime.store, runtime.gate, notes=partial(noted, watch, worker))
        hung = pulse.troubles = partial(troubles, worker)
        pulse.tasks["the worker"] = worker.task
        pulse.tasks["the watch"] = await enter(running(watch.run()))
        pulse.tasks["the sweeping"] = await enter(running(sweep(runtime.store.history)))
        office = replace(runtime.office, look=watch.look, troubles=hung)
        runtime = replace(runtime, office=office)
        await enter(serve_control(plan.directory, office))
        yield Engine(runtime, worker, watch, pulse)


@asynccontextmanager
async def accompanied(plan: Plan, pulse: Pulse, url: str) -> AsyncGenerator[None]:
    """Have run beside us what the plan says, while the block runs."""
    if plan.beside is None:
        yield
        return
    companion, notes = plan.beside(url), pulse.notes
    pulse.notes = lambda: [*notes(), *companion.notes()]
    async with running(companion.run()):
        yield


def identity(plan: Plan, engine: Engine) -> Mapping[str, object]:
    """Which process it is, of which version, with which data and workspace."""
    return {
        "pid": os.getpid(),
        "version": version("segue"),
        "data": str(plan.directory),
        "workspace": str(plan.file),
        "revision": engine.runtime.standing.current.name,
    }


def noted(watch: Watch, worker: Worker | Deputed) -> list[str]:
    """What should be known of the workspace and of who delivers."""
    return [*watch.notes(), *remarks(worker)]


def hasten(door: Server, worker: Worker | Deputed) -> None:
    """Break off what is under way."""
    door.hasten()
    worker.hasten()


def application(engine: Engine, limits: Limits) -> ASGIApp:
    """The tracking API with what a person or a machine asks of the process itself."""
    runtime = engine.runtime
    scrape = Scrape(runtime.meter, runtime.store.history, os.environ.get(VARIABLE) or None)
    deletion = Deletion(runtime.office, admin_token(runtime.directory, os.environ))
    return create_app(
        sources=runtime.standing.source,
        intake=runtime.gate,
        limits=limits,
        health=engine.pulse,
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
