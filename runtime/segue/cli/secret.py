"""segue secret: secrets by name, encrypted, for ${secret:NAME} in a workspace."""

import os
import sys
from typing import TextIO

import click

from segue.cli.output import print_json, stderr, stdout, write
from segue.cli.setup import Setup, pass_setup
from segue.errors import suggest
from segue.vault import VARIABLE, Vault, make_key


@click.group("secret")
def command() -> None:
    """Keep secrets by name, encrypted, for ${secret:NAME} in the workspace.

    Their key is in SEGUE_VAULT_KEY, or else in a file that is made beside them. What is set is never
    shown again; a running "segue serve" takes it up within a second.
    """


@command.command("set")
@click.argument("name")
@pass_setup
def keep(setup: Setup, name: str) -> None:
    """Set a secret. Its value is asked for, or read from a pipe; it is no argument, which others can see."""
    value = read(f"Value of {name}")
    vault(setup).put({name: value})
    stderr.print(f"set; a workspace names it ${{secret:{name}}}", markup=False, highlight=False)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of names.")
@pass_setup
def show(setup: Setup, *, as_json: bool) -> None:
    """List the names. Needs no key."""
    names = vault(setup).names()
    if as_json:
        print_json(list(names))
    elif not names:
        stderr.print("there are no secrets; segue secret set NAME keeps one", highlight=False)
    for name in () if as_json else names:
        stdout.print(name, markup=False, highlight=False)


@command.command("remove")
@click.argument("name")
@pass_setup
def remove(setup: Setup, name: str) -> None:
    """Forget a secret."""
    kept = vault(setup)
    if name not in kept.names() or not kept.remove(name):  # looking makes nothing
        hint = suggest(name, kept.names()) or '"segue secret list" names them'
        raise click.UsageError(f'no secret is called "{name}"; {hint}')


@command.command("rotate")
@pass_setup
def rotate(setup: Setup) -> None:
    """Encrypt all secrets under a new key.

    That is the first of SEGUE_VAULT_KEY: put a new one before the old one, separated by a comma, rotate,
    and then remove the old one. Without the variable a new key takes the place of the one in the file.
    """
    count = vault(setup).rotate()
    what = "secret is" if count == 1 else "secrets are"
    which = f"the first key of {VARIABLE}" if os.environ.get(VARIABLE) else "a new key"
    stderr.print(f"{count} {what} under {which} now", highlight=False)


@command.command("key")
def key() -> None:
    """Print a new key, for SEGUE_VAULT_KEY."""
    write(make_key())


def vault(setup: Setup) -> Vault:
    """The vault of the data directory."""
    return Vault(setup.data, os.environ)


def read(prompt: str, *, twice: bool = False) -> str:
    """A secret as a person types it, unseen, or else the text of a pipe without its last line end."""
    stdin: TextIO | None = sys.stdin
    if stdin is None:  # as Python has it for one that is closed
        raise click.UsageError("stdin is closed; pipe the value in, or type it at a terminal")
    if stdin.isatty():
        return str(
            click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True, type=str)
        )
    try:
        text = stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise click.UsageError("what came from the pipe is not UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")
