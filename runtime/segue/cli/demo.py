"""segue demo: a stream of events into the local Loops sandbox, and where to look."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import click
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from segue import samples
from segue.cli.durable import chunks
from segue.cli.output import brief, plain, stdout, verdict
from segue.cli.sandbox import look
from segue.cli.send import deliver, dispatched, intake
from segue.cli.serving import PORT, linger, listen, serving
from segue.cli.setup import Setup, pass_setup
from segue.cli.tally import Tally
from segue.delivery import Settled
from segue.dispatch import Dispatcher, Skipped
from segue.events import Event, Rejected
from segue.json import JsonObject
from segue.retry import RetryPolicy
from segue.workspace import parse_workspace


WORKSPACE: Final = """\
version: 1
sources:
  website: {write_key: wk_demo}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL}"
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [website]
    mappings:
      contacts: {action: createOrUpdateContact}
      events: {action: sendEvent}
"""


@click.command("demo")
@click.option("--once", is_flag=True, help="End when the stream has ended.")
@click.option(
    "--port", type=PORT, default=9000, show_default=True, help="The sandbox's port, if it is free."
)
@click.option("--fail", "faults", help="Faults of the sandbox: 5xx=0.2,429")
@pass_setup
def command(setup: Setup, *, once: bool, port: int, faults: str | None) -> None:
    """Send sample events into a local Loops sandbox and show what becomes of each.

    Needs no account and no network.
    """
    loops = setup.destination("loops")
    sandbox = loops.stand_in
    assert sandbox is not None
    app = sandbox.open(faults=faults, seed=1)
    with serving(app, listen("127.0.0.1", port, fallback=True)) as url:
        stdout.print(
            f"A workspace with one source and one connection, to a Loops sandbox at [bold]{url}[/]:\n"
        )
        stdout.print(f"[dim]{escape(WORKSPACE)}[/]", highlight=False)
        environ = {
            "LOOPS_URL": url + sandbox.base,
            "LOOPS_API_KEY": str(sandbox.settings["apiKey"]),
        }
        workspace = parse_workspace(WORKSPACE, setup.catalogue, environ=environ)
        screen = Screen()
        story = chunks(intake(samples.stream()))
        deliveries = dispatched(story, Dispatcher(workspace), "website", screen)
        with Live(screen.rows, console=stdout, refresh_per_second=10, vertical_overflow="visible"):
            asyncio.run(deliver(deliveries, screen, RetryPolicy(), room=1))  # as a story
        stdout.print()
        stdout.print(screen.table())
        if once:
            stdout.print("\nWithout --once the sandbox stays, to look at what Loops knows.")
        else:
            stdout.print("\nNow look at what Loops knows:")
            look(sandbox, url)
            linger()


def grid() -> Table:
    """A table with one line a row, however narrow the terminal."""
    table = Table(box=None, pad_edge=False, expand=True)
    for name, ratio in {"Event": 3, "Mapping": 0, "Payload": 4, "Response": 3}.items():
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

    def settle(self, settled: Settled) -> None:
        """A row for a delivery that is over."""
        super().settle(settled)
        payload = "" if settled.payload is None else brief(settled.payload, 160)
        name = plain(settled.delivery.mapping.name)
        self.rows.add_row(title(settled.delivery.event), name, payload, answer(settled))


def answer(settled: Settled) -> str:
    """What came of a delivery, with the start of what the destination said."""
    responses = [one.response for one in settled.attempts if one.response is not None]
    said = plain(responses[-1].text[:80]) if responses else ""
    return f"{verdict(settled.outcome)} [dim]{said}[/]"


def title(event: JsonObject) -> str:
    """An event in a few words: its type, its name, its person."""
    person = event.get("userId") or event.get("anonymousId")
    name = event.get("event") or event.get("name") or ""
    return plain(f"{event['type']} {name} · {person}".replace("  ", " "))
