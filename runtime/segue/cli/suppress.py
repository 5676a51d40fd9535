"""segue suppress: take no more events of a user."""

import click

from segue.cli.asking import ask
from segue.cli.output import stdout
from segue.cli.setup import Setup, pass_setup


@click.command("suppress")
@click.argument("user_id")
@pass_setup
def command(setup: Setup, user_id: str) -> None:
    """Refuse the events of USER_ID from now on. What is stored already stays; see "segue forget"."""
    changed = ask(setup, "suppress", {"user": user_id})["changed"]
    stdout.print("suppressed" if changed else "was suppressed already")
