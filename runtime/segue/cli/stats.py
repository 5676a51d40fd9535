"""segue stats: how it goes, connection by connection."""

import asyncio
from collections.abc import Mapping

import click

from segue.cli.moments import MOMENT
from segue.cli.output import print_json, stdout
from segue.cli.records import stats_data, stats_notes, stats_table
from segue.cli.setup import Setup, pass_setup
from segue.control import read_store
from segue.store.records import Stats


@click.command("stats")
@click.option("--since", type=MOMENT, help="Count from then on: 2h, 7d, 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, since: float | None, *, as_json: bool) -> None:
    """Count what was delivered, waits, is held, was discarded or is dead, and how long it took."""
    stats = asyncio.run(figures(setup, since))
    if as_json:
        print_json(stats_data(stats))
        return
    stdout.print(stats_table(stats))
    for note in stats_notes(stats):
        stdout.print(note, highlight=False)


async def figures(setup: Setup, since: float | None) -> Mapping[str, Stats]:
    """The figures, whether something is running or not."""
    async with read_store(setup.data) as store:
        return await store.history.stats(since=since)
