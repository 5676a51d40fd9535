"""segue unsuppress: take events of a user again."""

import sys

import click

from segue.cli.asking import ask
from segue.cli.output import stderr, stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import need_store


@click.command("unsuppress")
@click.argument("user_id")
@pass_setup
def command(setup: Setup, user_id: str) -> None:
    """Take the events of USER_ID again."""
    need_store(setup.data)
    if not ask(setup, "unsuppress", {"user": user_id})["changed"]:
        stderr.print("this user was not suppressed")
        sys.exit(1)
    stdout.print("no longer suppressed")
