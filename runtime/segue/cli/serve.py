"""segue serve: take events in over HTTP, keep them on disk, deliver them."""

import asyncio
import gc
import logging
import resource
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from functools import partial
from typing import Final

import click

from segue.cli.amounts import AGE, SIZE
from segue.cli.console.beside import console
from segue.cli.reloading import Live
from segue.cli.serving import PORT, listen
from segue.cli.setup import Setup, pass_setup
from segue.deputy import Acting, Deputy, appoint
from segue.errors import SegueError
from segue.ingest import Limits
from segue.server import Plan, logs, serve
from segue.store import Limits as Keep
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.server")

YOUNG: Final = 20_000
"""So many new objects, and the garbage collector looks for cycles among them; Python's own is 700."""

RATE: Final = click.FloatRange(min=0, min_open=True)

FILES: Final = 65_536
"""So many open files at most, connections among them. Many systems allow 1,024 unless asked."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=PORT, default=8080, show_default=True, help="Port to listen on; 0 for any."
)
@click.option("--rate", type=RATE, help="Events per second that a source may send.")
@click.option(
    "--max-age", type=AGE, default="30d", show_default=True, help="How long events are kept."
)
@click.option(
    "--max-size", type=SIZE, default="20GB", show_default=True, help="How large the store may get."
)
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="INFO",
    show_default=True,
    help="What is logged, from this level on.",
)
@click.option(
    "--console-port",
    type=PORT,
    default=8081,
    show_default=True,
    help="The console's port; 0 for any.",
)
@click.option("--no-console", is_flag=True, help="Serve no console beside it.")
@click.option(
    "--processes",
    type=click.IntRange(1, 2),
    help="With 2, deliveries are made in a process of their own: the default with several cores (Linux).",
)
@pass_setup
def command(
    setup: Setup,
    host: str,
    port: int,
    rate: float | None,
    max_age: float,
    max_size: int,
    log_level: str,
    console_port: int,
    *,
    processes: int | None,
    no_console: bool,
) -> None:
    """Serve the tracking API and deliver what comes, until SIGTERM or Ctrl-C.

    A changed workspace is taken up within a second, or at SIGHUP, and so are its plugins and
    functions; what is wrong is refused, and what was there before stays in force. Logs are JSON lines on stderr.

    The console is a process beside it, on this machine only; nothing of it delays an event.
    """
    logs.start(log_level.upper())
    live = Live(setup)
    workspace = live.load()  # a wrong one is told before anything is opened
    spare()
    widen()
    plan = Plan(
        setup.data,
        setup.file,
        live.load,
        partial(listen, host, port),
        Limits(rate=rate),
        Keep(age=max_age, size=max_size),
        live,
        None if no_console else partial(console, setup, console_port),
    )
    with assisted(plan, workspace, processes) as deputy:
        run(serve(plan, deputy))


@contextmanager
def assisted(plan: Plan, workspace: Workspace, processes: int | None) -> Generator[Deputy | None]:
    """Have a process make the deliveries while the block runs, where there are to be two."""
    acting = Acting(plan.directory, workspace, plan.load, plan.keep.body)
    deputy = appoint(lambda door: run(acting.serve(door)), processes)
    try:
        yield deputy
    finally:
        if deputy is not None:
            deputy.dismiss()


def spare() -> None:
    """Have the garbage collector leave what is there by now alone, and look less often.

    A delivery makes hundreds of objects and hardly a cycle; looking for one took a sixth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)


def widen() -> None:
    """Allow as many open files as the system lets us, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def run(work: Coroutine[object, object, None]) -> None:
    """Run it to its end, on uvloop where that is installed. A fault goes to the log, like all else."""
    try:
        with asyncio.Runner(loop_factory=loops()) as runner:
            runner.run(work)
    except (SegueError, OSError, click.ClickException):
        raise
    except Exception:
        log.exception("ended by a fault")
        sys.exit(1)


def loops() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes uvloop's event loops, None where it is not installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
