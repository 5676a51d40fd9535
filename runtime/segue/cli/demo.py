"""segue demo: a stream of events into the local Loops sandbox, and where to look."""

import asyncio
import os
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from segue import samples
from segue.cli.durable import PAGE, quiet
from segue.cli.output import brief, plain, stdout
from segue.cli.sandbox import look
from segue.cli.send import intake
from segue.cli.serve import run
from segue.cli.serving import PORT, listen, serving
from segue.cli.setup import Setup, pass_setup
from segue.cli.tally import Tally
from segue.control import Office
from segue.control.client import ignore
from segue.control.operations import perform
from segue.destination import Sandbox
from segue.dispatch import Dispatcher, Skipped
from segue.events import Event, Rejected
from segue.json import JsonObject
from segue.store.records import Detail, Query
from segue.store.values import State
from segue.vault import Vault


WORKSPACE: Final = """\
version: 1
sources:
  website: {write_key: wk_demo}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL}"
    settings: {apiKey: "${secret:loops}"}
    sources: [website]
    mappings:
      contacts: {action: createOrUpdateContact}
      events: {action: sendEvent}
"""


SOURCE: Final = "website"
PATIENCE: Final = 30.0
"""Seconds that the story waits for one event; the sandbox may have been told to fail."""


@click.command("demo")
@click.option("--once", is_flag=True, help="End when the stream has ended.")
@click.option(
    "--port", type=PORT, default=9000, show_default=True, help="The sandbox's port, if it is free."
)
@click.option("--fail", "faults", help="Faults of the sandbox: 5xx=0.2,429")
@pass_setup
def command(setup: Setup, *, once: bool, port: int, faults: str | None) -> None:
    """Send sample events into a local Loops sandbox and show what becomes of each.

    Then the sandbox, the console and the server stay, to look around. Needs no account and no
    network, and keeps nothing.
    """
    loops = setup.destination("loops")
    sandbox = loops.stand_in
    assert sandbox is not None
    app = sandbox.open(faults=faults, seed=1)
    with serving(app, listen("127.0.0.1", port, fallback=True)) as url, folder(setup) as place:
        text = WORKSPACE.replace("${LOOPS_URL}", url + sandbox.base)
        place.file.write_text(text)
        Vault(place.data, os.environ).put({"loops": str(sandbox.settings["apiKey"])})
        stdout.print(
            f"A workspace with one source and one connection, to a Loops sandbox at [bold]{url}[/]:\n"
        )
        stdout.print(f"[dim]{escape(text)}[/]", highlight=False)
        screen = Screen()
        with Live(screen.rows, console=stdout, refresh_per_second=10, vertical_overflow="visible"):
            asyncio.run(play(place, screen))
        stdout.print()
        stdout.print(screen.table())
        if once:
            stdout.print("\nWithout --once all of it stays, to look at what Loops knows and why.")
        else:
            stay(place, sandbox, url)


@contextmanager
def folder(setup: Setup) -> Generator[Setup]:
    """A workspace and a data directory that are gone with the block."""
    with TemporaryDirectory(prefix="segue-demo-") as name:
        file, data = Path(name) / "segue.yaml", Path(name) / "data"
        yield Setup(file, data, setup.plugins_dir, setup.block)


async def play(setup: Setup, screen: "Screen") -> None:
    """Take one event after the other and show what became of it: a story."""
    from segue.server import open_working

    dispatcher = Dispatcher(setup.workspace)
    async with open_working(setup.data, setup.load) as office:
        for found in intake(samples.stream()):
            if isinstance(found, Rejected):
                screen.refuse(found)
                continue
            screen.events += 1
            for skipped in dispatcher.skipped(found, SOURCE):
                screen.skip(skipped, found)
            await perform(office, "take", {"source": SOURCE, "events": [found]}, ignore)
            await quiet(office, PATIENCE)
            async for detail in details(office, found):
                screen.add(detail, found)


async def details(office: Office, event: Event) -> AsyncIterator[Detail]:
    """Everything about the deliveries of an event."""
    history, query = office.store.history, Query(message_id=str(event["messageId"]))
    for summary in (await history.search(query, limit=PAGE, oldest_first=True)).items:
        detail = await history.show(summary.delivery)
        if detail is not None:
            yield detail


def stay(setup: Setup, sandbox: Sandbox, url: str) -> None:
    """Go on as ``segue serve`` does, with its console, until Ctrl-C."""
    from segue.cli.console.beside import companion
    from segue.ingest import Limits
    from segue.server import Plan, serve
    from segue.store import Limits as Keep

    door, pages = (listen("127.0.0.1", port, fallback=True) for port in (8080, 8081))
    at, console = (f"http://127.0.0.1:{one.getsockname()[1]}" for one in (door, pages))
    stdout.print("\nNow look at what came of each event, and send others:")
    stdout.print(f"  {'Console':<10} [bold]{console}[/]")
    stdout.print(f"  {'Events to':<10} [bold]{at}[/], with the write key wk_demo")
    stdout.print("and at what Loops knows:")
    look(sandbox, url)
    beside = partial(companion, setup, pages)
    plan = Plan(setup.data, setup.file, setup.load, lambda: door, Limits(), Keep(), beside=beside)
    run(serve(plan))


def grid() -> Table:
    """A table with one line a row, however narrow the terminal."""
    table = Table(box=None, pad_edge=False, expand=True)
    for name, ratio in {"Event": 3, "Mapping": 0, "Request": 4, "Response": 3}.items():
        table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio or None, min_width=8)
    return table


@dataclass
class Screen(Tally):
    """Counts, and keeps a table with a row for everything that happens."""

    rows: Table = field(default_factory=grid)

    def refuse(self, rejected: Rejected) -> None:
        """A row for an event that was refused on arrival."""
        super().refuse(rejected)
        self.rows.add_row(
            f"line {rejected.line}", "", "", f"[red]{plain(rejected.reason)} ({rejected.code})[/]"
        )

    def skip(self, skipped: Skipped, event: Event) -> None:
        """A row for an event that no mapping wants."""
        super().skip(skipped, event)
        self.rows.add_row(title(event), "[dim]-[/]", "", f"[dim]{plain(skipped.discarded.why)}[/]")

    def add(self, detail: Detail, event: Event) -> None:
        """Count a delivery, with a row of its request and what came back."""
        self.find(detail.summary)
        requests = [one.request for one in detail.attempts if one.request is not None]
        made = brief(requests[-1].json, 160) if requests else ""
        self.rows.add_row(title(event), plain(detail.summary.mapping), made, answer(detail))


def answer(detail: Detail) -> str:
    """What came of a delivery, with the start of what the destination said."""
    found = detail.summary
    last = detail.attempts[-1] if detail.attempts else None
    said = plain(last.response.text[:80]) if last and last.response else ""
    if found.state is State.DELIVERED:
        return f"[green]{last.status if last and last.status else 'done'}[/] [dim]{said}[/]"
    return f"[red]{plain(found.code)}[/] {plain(found.why)} [dim]{said}[/]"


def title(event: JsonObject) -> str:
    """An event in a few words: its type, its name, its person."""
    person = event.get("userId") or event.get("anonymousId")
    name = event.get("event") or event.get("name") or ""
    return plain(f"{event['type']} {name} · {person}".replace("  ", " "))
