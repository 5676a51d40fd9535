"""segue init: a workspace to start from."""

import shlex
from collections.abc import Iterator
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
    text = (
        template()
        if destination is None
        else draft(setup.destination(destination), setup.catalogue)
    )
    write(setup.file, text, force=force)
    stdout.print(f"wrote [bold]{plain(setup.file)}[/]; next:")
    for line in steps(setup.file, given=destination is None):
        stdout.print(f"  {plain(line)}", highlight=False, soft_wrap=True)


def steps(file: Path, *, given: bool) -> Iterator[str]:
    """What to do next, each step with what it is for; with the workspace that is ``given``, also to try it."""
    where = "" if file == Path("segue.yaml") else f" -w {shlex.quote(str(file))}"
    tried = f"segue test loops.sendEvent{where}"
    wide = len(tried) + 2
    if given:
        yield f"{'segue sandbox loops':{wide}} a local stand-in for Loops, in another terminal"
    yield f"{f'segue check{where}':{wide}} is the workspace right?"
    if given:
        yield f"{tried:{wide}} one sample event through the mapping"
    yield f"{f'segue serve{where}':{wide}} take events, and open the console"


def write(file: Path, text: str, *, force: bool) -> None:
    """Create the file; an existing one is only replaced with ``force``."""
    try:
        with file.open("w" if force else "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file} exists; --force writes over it") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
