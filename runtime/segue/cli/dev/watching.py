"""The command: waits for a file or a key, and has a round shown."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import click

from segue.cli.dev.alarm import Alarm, limited
from segue.cli.dev.events import Choice, read
from segue.cli.dev.files import scan
from segue.cli.dev.preview import preview
from segue.cli.dev.printing import data, text
from segue.cli.dev.session import Round, Session
from segue.cli.dev.shelf import Shelf
from segue.cli.dev.state import Project
from segue.cli.output import stdout, write
from segue.cli.setup import Setup, pass_setup
from segue.cli.test import hearing
from segue.control import read_store
from segue.errors import StoreError
from segue.functions.host import Host
from segue.store.records import EventQuery


GLANCE: Final = 0.2
QUIET: Final = 0.03
"""Seconds between two looks at the files, and for which they stay the same when saving is over."""

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)

HELP: Final = "[dim]watching; e: another event, q: end[/]"


@click.command("dev")
@click.option("--event", type=FILE, help="A file with one event.")
@click.option("--sample", is_flag=True, help="Sample events, though the store has events.")
@click.option(
    "--once", is_flag=True, help="Show everything once, and end; with 1 where a file is wrong."
)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each round.")
@pass_setup
def command(setup: Setup, event: Path | None, *, sample: bool, once: bool, as_json: bool) -> None:
    """Show what a changed plugin, function or workspace makes of an event, as soon as it is saved.

    The event is the one of --event, else the last one in the store, else for each action a sample
    that is made to fit it. Nothing is sent.
    """
    shelf = Shelf(setup.block, limited)
    project = Project(setup.file, setup.data, shelf, plugins=setup.plugins_dir, event=event)
    given = None if sample or event else asyncio.run(last(setup))
    show = printer(as_json=as_json)
    try:
        wrong = asyncio.run(watch(project, given, show, once=once))
    except KeyboardInterrupt:
        wrong = False
    sys.exit(1 if wrong else 0)


def printer(*, as_json: bool) -> Callable[[Round], None]:
    """What prints a round."""

    def show(round_: Round) -> None:
        if as_json:
            write(data(round_))
        else:
            for line in text(round_, datetime.now()):  # noqa: DTZ005 as the clock on the wall
                stdout.print(line, highlight=False)
        sys.stdout.flush()

    return show


async def last(setup: Setup) -> Choice | None:
    """The event that came last, where there is a store."""
    try:
        async with read_store(setup.data) as store:
            found = (await store.history.events(EventQuery(), limit=1)).items
    except StoreError:
        return None
    return read(found[0].text, f"the last event, {found[0].message_id}") if found else None


async def watch(
    project: Project, event: Choice | None, show: Callable[[Round], None], *, once: bool
) -> bool:
    """Show rounds until somebody says that it is enough; whether the last one had problems."""
    async with Host() as host:
        show_one = partial(preview, host, Alarm())
        session = Session(project.load, lambda: scan(project.roots), show_one, event)
        shown = await aside(session.start)
        show(shown)
        if once:
            return bool(shown.problems)
        async with keys() as pressed:
            while (key := await glance(pressed)) != "q":
                if key == "e":
                    show(await aside(session.turn))
                elif session.is_stale:
                    await settled(project)
                    show(await aside(session.again))
                    await host.keep(session.state.functions)
    return False


async def aside(round_: Callable[[], Awaitable[Round]]) -> Round:
    """A round; what authors' code prints meanwhile goes to stderr."""
    # a redirection puts back what that code puts there
    with redirect_stdout(sys.stderr), redirect_stderr(sys.stderr), hearing():
        return await round_()


async def settled(project: Project) -> None:
    """Wait until saving is over: until no file changes any more."""
    before, after = None, scan(project.roots)
    while before != after:
        await asyncio.sleep(QUIET)
        before, after = after, scan(project.roots)


async def glance(pressed: asyncio.Queue[str]) -> str:
    """The key that is pressed before it is time to look at the files again, "" for none."""
    try:
        async with asyncio.timeout(GLANCE):
            return await pressed.get()
    except TimeoutError:
        return ""


@asynccontextmanager
async def keys() -> AsyncGenerator[asyncio.Queue[str]]:
    """The keys that are pressed, where there is a keyboard; the end of the input is none."""
    pressed: asyncio.Queue[str] = asyncio.Queue()
    if not (sys.stdin is not None and sys.stdin.isatty() and stdout.is_terminal):
        yield pressed
        return
    loop, number = asyncio.get_running_loop(), sys.stdin.fileno()
    with unbuffered(number):
        stdout.print(HELP)
        loop.add_reader(number, lambda: pressed.put_nowait(os.read(number, 1).decode("latin-1")))
        try:
            yield pressed
        finally:
            loop.remove_reader(number)


@contextmanager
def unbuffered(terminal: int) -> Generator[None]:
    """Have a terminal hand over each key at once, and not show it."""
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
