"""segue init: a workspace to start from."""

from pathlib import Path

import click

from segue.cli.output import plain, stdout
from segue.cli.setup import Setup, pass_setup
from segue.workspace import draft, template


@click.command("init")
@click.argument("destination", required=False)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@pass_setup
def command(setup: Setup, destination: str | None, *, force: bool) -> None:
    """Write a workspace: commented, for Loops, or for DESTINATION with the mappings it offers."""
    if destination is not None:
        write(setup.file, draft(setup.destination(destination), setup.catalogue), force=force)
        stdout.print(f"wrote [bold]{plain(setup.file)}[/]; next:")
        stdout.print("  segue check                  is the workspace right?")
        stdout.print("  segue serve                  take events, and open the console")
        return
    write(setup.file, template(), force=force)
    stdout.print(f"wrote [bold]{plain(setup.file)}[/]; next:")
    stdout.print("  segue sandbox loops          a local stand-in for Loops, in another terminal")
    stdout.print("  segue check                  is the workspace right?")
    stdout.print("  segue test loops.sendEvent   one sample event through the mapping")
    stdout.print("  segue serve                  take events, and open the console")


def write(file: Path, text: str, *, force: bool) -> None:
    """Create the file; an existing one is only replaced with ``force``."""
    try:
        with file.open("w" if force else "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file} exists; --force writes over it") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
