"""segue forget: cancel, delete and purge what there is of a user, here and at the destinations."""

import sys
from typing import cast

import click
from rich.markup import escape

from segue.cli.asking import ask
from segue.cli.moments import short
from segue.cli.output import print_json, some, stderr, stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import has_store, need_store
from segue.json import JsonObject


@click.command("forget")
@click.argument("user_id")
@click.option("--suppress", is_flag=True, help="Take no more events of this user.")
@click.option("--receipts", is_flag=True, help="Only show the receipts there are of this user.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, user_id: str, *, suppress: bool, receipts: bool, as_json: bool) -> None:
    """Forget USER_ID: cancel what waits, delete at every destination, then remove everything here.

    The anonymousIds that came with the userId are forgotten too. When a destination fails, nothing
    is removed here yet; do it again. A receipt stays, without the id.
    """
    if receipts:
        need_store(setup.data)
        found = cast("list[JsonObject]", ask(setup, "receipts", {"user": user_id})["receipts"])
        print_json(found) if as_json else recall(found)
        return
    if not has_store(setup.data):
        setup.load()  # without a workspace nobody can be asked, and no store is made
    with stderr.status("asking the destinations; one that does not answer is tried for a minute"):
        receipt = ask(setup, "forget", {"user": user_id, "suppress": suppress})
    if as_json:
        print_json(receipt)
    else:
        report(receipt)
    sys.exit(0 if receipt["done"] else 1)


def done(receipt: JsonObject) -> str:
    """What was done here."""
    cancelled, events = cast("int", receipt["cancelled"]), cast("int", receipt["events"])
    deliveries = some(cancelled, "delivery", "deliveries")
    return f"{deliveries} cancelled, {some(events, 'event', 'events')} removed"


def recall(receipts: list[JsonObject]) -> None:
    """Print what was done before, each on a line."""
    for one in receipts:
        failed = [
            escape(each["connection"])
            for each in cast("list[dict[str, str]]", one["destinations"])
            if not each["ok"]
        ]
        ended = f"[red]not done: {', '.join(failed)} failed[/]" if failed else "[green]done[/]"
        stdout.print(f"{short(cast('float', one['at']))} {ended}; {done(one)}", highlight=False)
    if not receipts:
        stderr.print("this user was never forgotten here")


def report(receipt: JsonObject) -> None:
    """Print what was done."""
    for one in cast("list[dict[str, str]]", receipt["destinations"]):
        sign = "[green]✓[/]" if one["ok"] else "[red]✗[/]"
        stdout.print(f"{sign} {escape(one['connection'])} {escape(one['why'])}".rstrip())
    stdout.print(f"{done(receipt)}; receipt {receipt['who']}", highlight=False)
    if not receipt["done"]:
        stderr.print(
            "[red]not done:[/] a destination failed, so the events are still here; try again"
        )
