"""segue resume: let held deliveries go on."""

from typing import cast

import click
from rich.markup import escape

from segue.cli.asking import ask, remind
from segue.cli.output import some, stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import need_store


@click.command("resume")
@click.argument("connection")
@pass_setup
def command(setup: Setup, connection: str) -> None:
    """Let the deliveries of CONNECTION go on, those held one by one too."""
    need_store(setup.data)
    done = ask(setup, "resume", {"connection": connection})
    count = cast("int", done["deliveries"])
    waited = some(count, "delivery was held", "deliveries were held")
    stdout.print(f"{escape(connection)} goes on; {waited}", highlight=False)
    if count:
        remind(setup)
