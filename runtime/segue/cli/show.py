"""segue show: the workspace in force, defaults filled in, secrets left out."""

import click

from segue.cli.output import print_json
from segue.cli.setup import Setup, pass_setup
from segue.workspace import describe


@click.command("show")
@click.argument("connection", required=False)
@pass_setup
def command(setup: Setup, connection: str | None) -> None:
    """Show what is in force, for one CONNECTION or all: triggers, fields, where each comes from."""
    if connection is not None:
        setup.connection(connection)
    print_json(describe(setup.workspace, connection=connection))
