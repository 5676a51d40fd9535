"""segue hold: let the deliveries of a connection wait."""

import click

from segue.cli.asking import ask
from segue.cli.output import stdout
from segue.cli.setup import Setup, pass_setup


@click.command("hold")
@click.argument("connection")
@click.option("--why", default="", help="The reason that is shown.")
@pass_setup
def command(setup: Setup, connection: str, why: str) -> None:
    """Let the deliveries of CONNECTION wait until "segue resume"."""
    done = ask(setup, "hold", {"connection": connection, "why": why})
    stdout.print(f"{connection} is held; {done['deliveries']} deliveries wait", highlight=False)
