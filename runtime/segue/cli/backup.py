"""segue backup: a copy of the data directory, made while everything goes on."""

from pathlib import Path

import click

from segue.cli.asking import ask
from segue.cli.output import stdout
from segue.cli.setup import Setup, pass_setup
from segue.control.data import need_store


@click.command("backup")
@click.argument("directory", type=click.Path(path_type=Path))
@pass_setup
def command(setup: Setup, directory: Path) -> None:
    """Copy the store and its key to the new DIRECTORY, as they are at this moment.

    The copy is a data directory: "segue --data DIRECTORY serve" goes on from it. Whoever can read
    it can read the events, and find out whether someone is on the suppression list.
    """
    need_store(setup.data)
    size = ask(setup, "backup", {"directory": str(directory.absolute())})["bytes"]
    stdout.print(f"{directory}: {size:,} bytes", highlight=False)
