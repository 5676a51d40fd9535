"""segue deliveries: what became of events, newest first."""

import asyncio

import click

from segue.cli.moments import MOMENT
from segue.cli.output import print_json, print_rows, stderr
from segue.cli.records import summary_data, summary_table
from segue.cli.setup import Setup, pass_setup
from segue.control import read_store
from segue.store.records import Page, Query, Summary
from segue.store.values import State


@click.command("deliveries")
@click.option("--connection", help="Only of this connection.")
@click.option("--mapping", help="Only through the mapping of this name.")
@click.option("--user", help="Only of this userId, or anonymousId where there was none.")
@click.option("--message", help="Only of this messageId.")
@click.option(
    "--state", type=click.Choice([one.value for one in State]), help="Only in this state."
)
@click.option("--code", help="Only with this reason code.")
@click.option("--since", type=MOMENT, help="Queued then or later: 2h, 7d, 2026-03-01.")
@click.option("--until", type=MOMENT, help="Queued before then.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="How many at most.",
)
@click.option("--after", type=int, help="Go on after this delivery.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(
    setup: Setup,
    /,
    *,
    connection: str | None,
    mapping: str | None,
    user: str | None,
    message: str | None,
    state: str | None,
    code: str | None,
    since: float | None,
    until: float | None,
    limit: int,
    after: int | None,
    as_json: bool,
) -> None:
    """List deliveries, the newest first."""
    query = Query(
        connection=connection,
        mapping=mapping,
        user=user,
        message_id=message,
        state=State(state) if state else None,
        code=code,
        since=since,
        until=until,
    )
    page = asyncio.run(search(setup, query, limit, after))
    if as_json:
        print_json({"deliveries": [summary_data(one) for one in page.items], "next": page.next})
        return
    print_rows(summary_table(page.items))
    if page.next is not None:
        stderr.print(f"[dim]there are more: --after {page.next}[/]")


async def search(setup: Setup, query: Query, limit: int, after: int | None) -> Page[Summary]:
    """A page of deliveries, whether something is running or not."""
    async with read_store(setup.data) as store:
        return await store.history.search(query, limit=limit, after=after)
