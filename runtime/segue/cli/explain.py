"""segue explain: the page about a code of `segue check`."""

import click

from segue.check import CODES, page
from segue.cli.output import write


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what a code of "segue check" means, and what to do; without one, list them all."""
    if code is None:
        for known, title in CODES.items():
            write(f"{known}  {title}")
        return
    try:
        write(page(code).rstrip())
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
