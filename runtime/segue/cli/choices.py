"""segue choices: what can be chosen for a field, asked of the destination."""

import asyncio
import json

import click
import httpx
from rich.table import Column, Table

from segue.choices import Choices
from segue.cli.output import plain, print_json, stdout
from segue.cli.setup import Setup, pass_setup
from segue.delivery.choices import find_choices
from segue.errors import PluginError
from segue.json import JsonError, JsonObject, decode
from segue.plugins import AnyAction
from segue.secrets import Secrets
from segue.senders import HttpxSender, Tokens
from segue.workspace.model import Connection


@click.command("choices")
@click.argument("connection")
@click.argument("names", nargs=-1, required=True, metavar="[ACTION] FIELD")
@click.option("--page", help="The page that the one before names as the next.")
@click.option("--payload", default="{}", help="What the other fields hold so far, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(
    setup: Setup,
    connection: str,
    names: tuple[str, ...],
    page: str | None,
    payload: str,
    *,
    as_json: bool,
) -> None:
    """List what can be chosen for FIELD, as the destination of CONNECTION says.

    ACTION is needed where several actions have other choices for a field of that name.
    """
    *action, field = names
    where, so_far = setup.connection(connection), parsed(payload)
    actions = chosen(setup, where, action)
    found = asyncio.run(ask(where, actions, field, setup.secrets, so_far, page))
    if as_json:
        print_json(found.data())
    else:
        show(found)


def chosen(setup: Setup, connection: Connection, names: list[str]) -> list[AnyAction]:
    """The action of this name or slug, or all of the connection's destination."""
    if not names:
        return list(setup.catalogue.actions_of(connection.destination))
    name, *more = names
    if more:
        raise click.UsageError("name an action and a field, or a field alone")
    try:
        full = name if "." in name else f"{connection.destination.slug}.{name}"
        return [setup.catalogue.action(full)]
    except PluginError as error:
        raise click.UsageError(error.reason) from None


def parsed(payload: str) -> JsonObject:
    """The payload so far."""
    try:
        value = decode(payload.encode())
    except JsonError as error:
        raise click.UsageError(f"--payload is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise click.UsageError("--payload should be a JSON object")
    return value


async def ask(
    connection: Connection,
    actions: list[AnyAction],
    field: str,
    secrets: Secrets,
    payload: JsonObject,
    page: str | None,
) -> Choices:
    """Ask the destination. Raises ChoicesError."""
    async with httpx.AsyncClient() as client, Tokens(HttpxSender(client), secrets) as tokens:
        return await find_choices(
            connection, actions, field, tokens=tokens, payload=payload, page=page
        )


def show(found: Choices) -> None:
    """The choices as rows, and how to see more."""
    rows = Table(Column("Value", style="bold"), "Label", "Description", box=None, pad_edge=False)
    for one in found.choices:
        value = one.value if isinstance(one.value, str) else json.dumps(one.value)
        rows.add_row(*map(plain, (value, one.data()["label"], one.description or "")))
    stdout.print(rows)
    if found.next_page:
        stdout.print(f"[dim]there are more: --page {plain(found.next_page)}[/]")
