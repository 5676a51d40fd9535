"""segue show: the workspace in force, or one delivery with all its attempts."""

import asyncio

import click

from segue.cli.output import print_json, stdout
from segue.cli.records import detail_data, detail_text
from segue.cli.setup import Setup, pass_setup
from segue.control import read_store
from segue.store.records import Detail
from segue.workspace import describe


@click.command("show")
@click.argument("subject", metavar="[CONNECTION | DELIVERY]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; a workspace always is.")
@pass_setup
def command(setup: Setup, subject: str | None, *, as_json: bool) -> None:
    """Show what is in force for one CONNECTION or all, or what became of one DELIVERY.

    A number is a delivery: its event, its requests and what came back. Anything else is a
    connection: its triggers and fields, defaults filled in, and where each comes from.
    """
    if subject is not None and subject.isascii() and subject.isdecimal():
        show_delivery(asyncio.run(find(setup, int(subject))), as_json=as_json)
        return
    if subject is not None:
        setup.connection(subject)
    print_json(describe(setup.workspace, connection=subject))


def show_delivery(detail: Detail, *, as_json: bool) -> None:
    """Print one delivery."""
    if as_json:
        print_json(detail_data(detail))
        return
    for piece in detail_text(detail):
        stdout.print(piece, highlight=False)


async def find(setup: Setup, number: int) -> Detail:
    """A delivery by its number."""
    async with read_store(setup.data) as store:
        detail = await store.history.show(number)
    if detail is None:
        raise click.ClickException(
            f'there is no delivery {number}, or no longer; "segue deliveries" lists them'
        )
    return detail
