"""segue console user: who may sign in."""

import secrets
from typing import Final

import click

from segue.cli.output import print_json, stderr, stdout
from segue.cli.secret import read
from segue.cli.setup import Setup, pass_setup
from segue.console.security import Accounts
from segue.console.security.passwords import SALT, seal, weakness
from segue.console.security.users import NAME
from segue.console.visit import LOCAL, Role
from segue.errors import suggest


ROLES: Final[dict[str, Role]] = {"editor": "editor", "reader": "reader"}


@click.group("user")
def command() -> None:
    """Say who may sign in to the console. What is changed counts at once."""


@command.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(list(ROLES)),
    default="editor",
    show_default=True,
    help="A reader looks; an editor changes things.",
)
@pass_setup
def add(setup: Setup, name: str, role: str) -> None:
    """Add a user. The password is asked for, or read from a pipe."""
    accounts, name = Accounts(setup.data), name.lower()
    if not NAME.fullmatch(name) or name == LOCAL.name:
        raise click.UsageError(
            f'"{name}" cannot be a name; use up to 64 letters, digits and . _ @ + -, and not "{LOCAL.name}"'
        )
    if name in accounts.all():
        raise click.UsageError(
            f'there is a user "{name}"; "segue console user password" sets another'
        )
    accounts.put(name, ROLES[role], sealed(name), secrets.token_bytes)
    stderr.print(f"{name} may sign in, as {role}", markup=False, highlight=False)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of users.")
@pass_setup
def show(setup: Setup, *, as_json: bool) -> None:
    """List users and their roles."""
    accounts = Accounts(setup.data).all().values()
    if as_json:
        print_json([{"name": one.name, "role": one.role} for one in accounts])
    elif not accounts:
        stderr.print("there are none; on this machine everybody may open the console")
    for one in () if as_json else accounts:
        stdout.print(f"{one.name}  {one.role}", markup=False, highlight=False)


@command.command("remove")
@click.argument("name")
@pass_setup
def remove(setup: Setup, name: str) -> None:
    """Remove a user, who is signed out at once."""
    accounts, name = Accounts(setup.data), known(Accounts(setup.data), name)
    accounts.remove(name)
    if not accounts.all():
        stderr.print("that was the last one; on this machine everybody may open the console now")


@command.command("password")
@click.argument("name")
@pass_setup
def password(setup: Setup, name: str) -> None:
    """Set another password, which ends every session of the user."""
    accounts = Accounts(setup.data)
    name = known(accounts, name)
    accounts.put(name, accounts.all()[name].role, sealed(name), secrets.token_bytes)


def sealed(name: str) -> str:
    """A password as it is kept, typed by a person or read from a pipe."""
    given = read(f"Password of {name}", twice=True)
    wrong = weakness(given, name)
    if wrong:
        raise click.UsageError(wrong)
    return seal(given, secrets.token_bytes(SALT))


def known(accounts: Accounts, name: str) -> str:
    """The name of a user that there is."""
    found = accounts.find(name)
    if found is None:
        hint = suggest(name, accounts.all()) or '"segue console user list" names them'
        raise click.UsageError(f'no user is called "{name}"; {hint}')
    return found.name
