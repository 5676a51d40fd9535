"""segue resume: let held deliveries go on."""

import click

from segue.cli.asking import ask
from segue.cli.output import stdout
from segue.cli.setup import Setup, pass_setup


@click.command("resume")
@click.argument("connection")
@pass_setup
def command(setup: Setup, connection: str) -> None:
    """Let the deliveries of CONNECTION go on, those held one by one too."""
    done = ask(setup, "resume", {"connection": connection})
    stdout.print(
        f"{connection} goes on; {done['deliveries']} deliveries were held", highlight=False
    )
