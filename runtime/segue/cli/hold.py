"""segue hold: let the deliveries of a connection wait."""

from typing import cast

import click
from rich.markup import escape

from segue.cli.asking import ask
from segue.cli.output import some, stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import has_store


@click.command("hold")
@click.argument("connection")
@click.option("--why", default="", help="The reason that is shown.")
@pass_setup
def command(setup: Setup, connection: str, why: str) -> None:
    """Let the deliveries of CONNECTION wait until "segue resume"."""
    if not has_store(setup.data):
        setup.connection(connection)  # a wrong name makes no store
    done = ask(setup, "hold", {"connection": connection, "why": why})
    waiting = some(cast("int", done["deliveries"]), "delivery waits", "deliveries wait")
    stdout.print(f"{escape(connection)} is held; {waiting}", highlight=False)
