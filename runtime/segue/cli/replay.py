"""segue replay: send again what is in the store."""

from typing import cast

import click
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from segue.cli.asking import ask, remind
from segue.cli.files import terminable
from segue.cli.moments import MOMENT
from segue.cli.output import print_json, some, stderr, stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import need_store
from segue.control.replaying import SENT
from segue.json import JsonObject


@click.command("replay")
@click.option("--connection", help="Only to this connection.")
@click.option("--mapping", help="Only through the mapping of this name.")
@click.option("--user", help="Only of this userId, or anonymousId where there was none.")
@click.option("--message", help="Only of this messageId.")
@click.option("--source", help="Only of this source (with --redispatch).")
@click.option("--code", help="Only with this reason code (without --redispatch).")
@click.option(
    "--state",
    type=click.Choice([one.value for one in SENT]),
    help="What ended so: dead without --redispatch; delivered sends again what arrived already.",
)
@click.option("--since", type=MOMENT, help="Of then or later: 2h, 7d, 2026-03-01.")
@click.option("--until", type=MOMENT, help="Of before then.")
@click.option(
    "--redispatch",
    is_flag=True,
    help="Run filters and triggers again, also for events that matched nothing.",
)
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(
    setup: Setup,
    /,
    *,
    redispatch: bool,
    dry_run: bool,
    as_json: bool,
    **wanted: str | float | None,
) -> None:
    """Send dead letters again, through the mappings as they are now.

    Choose others by state, time, connection, user or message. What waits already is left out.
    """
    need_store(setup.data)
    name = "redispatch" if redispatch else "replay"
    hidden = as_json or not stderr.is_terminal
    columns = TextColumn(name), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=stderr, transient=True, disable=hidden) as bar:
        task = bar.add_task(name, total=None)
        told: list[JsonObject] = [{"deliveries": 0}]

        def tell(count: JsonObject) -> None:
            told[:] = [count]
            total, seen = cast("int", count["total"]), cast("int", count["seen"])
            bar.update(task, total=None if redispatch else total, completed=seen)

        try:
            with terminable():
                done = ask(setup, name, {**wanted, "dry_run": dry_run}, tell)
        except KeyboardInterrupt:
            number = some(cast("int", told[0]["deliveries"]), "delivery", "deliveries")
            stderr.print(f"interrupted; {number} queued so far stay queued")
            raise
    if as_json:
        print_json(done)
        return
    report(done, dry_run=dry_run)
    if done["deliveries"]:
        remind(setup)


def report(count: JsonObject, *, dry_run: bool) -> None:
    """Print what was, or would be, queued."""
    for one in cast("list[dict[str, object]]", count["queued"]):
        name = escape(f"{one['connection']}.{one['mapping']}")
        stdout.print(f"{name} {one['count']:,}", highlight=False)
    said = "would be queued" if dry_run else "queued"
    number = sum(
        cast("int", one["count"]) for one in cast("list[dict[str, object]]", count["queued"])
    )
    found = number if dry_run else cast("int", count["deliveries"])
    stdout.print(f"{some(found, 'delivery', 'deliveries')} {said}", highlight=False)
