"""segue actions: the catalogue, and the page of one action."""

import json
from collections.abc import Mapping

import click
from rich.markup import escape
from rich.table import Table

from segue.cli.output import print_json, stdout
from segue.cli.setup import Setup, pass_setup
from segue.json import JsonObject, JsonValue
from segue.plugins import AnyAction, Catalogue


@click.command("actions")
@click.argument("action", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, action: str | None, *, as_json: bool) -> None:
    """List what is installed, or show the page of one ACTION ("loops.sendEvent")."""
    found = None if action is None else setup.catalogue.action(action)
    if as_json:
        print_json(data(found) if found else listing(setup.catalogue))
    elif found:
        page(found)
    else:
        stdout.print(table(setup.catalogue))


def listing(catalogue: Catalogue) -> list[dict[str, object]]:
    """Every action in short."""
    return [
        {"name": one.name, "title": one.title, "trigger": one.trigger, "kind": one.kind}
        for one in catalogue.actions.values()
    ]


def table(catalogue: Catalogue) -> Table:
    """Every action as a row."""
    rows = Table("Action", "Title", "Trigger", "Destination", box=None, pad_edge=False)
    for one in catalogue.actions.values():
        rows.add_row(f"[bold]{one.name}[/]", one.title, escape(one.trigger), one.destination.title)
    return rows


def data(action: AnyAction) -> dict[str, object]:
    """One action in full."""
    return {
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "destination": action.destination.title,
        "trigger": action.trigger,
        "kind": action.kind,
        "fields": action.fields,
        "mapping": action.mapping,
    }


def page(action: AnyAction) -> None:
    """One action as people read it: what it does, and what each field is."""
    stdout.print(f"[bold]{action.name}[/]  {escape(action.title)} · {action.destination.title}")
    stdout.print(f"{escape(action.description)}\n", highlight=False)
    stdout.print(f"Default trigger: [cyan]{escape(action.trigger)}[/]\n", highlight=False)
    required = action.fields.get("required", ())
    for key, spec in properties(action.fields).items():
        star = "[red]*[/]" if isinstance(required, list) and key in required else ""
        stdout.print(
            f"[bold]{key}[/]{star}  [dim]{kind(spec)}[/]  {default(spec)}", highlight=False
        )
        stdout.print(f"    {about(spec)}", highlight=False)


def properties(fields: JsonObject) -> Mapping[str, JsonObject]:
    """The fields of a spec by key."""
    found = fields.get("properties", {})
    assert isinstance(found, Mapping)
    return {key: spec for key, spec in found.items() if isinstance(spec, Mapping)}


def kind(spec: JsonObject) -> str:
    """A field's type and format in a word or two."""
    types = spec.get("type", "any")
    names = types if isinstance(types, list) else [types]
    word = " or ".join(map(str, names))
    return f"{word} ({spec['format']})" if "format" in spec else word


def default(spec: JsonObject) -> str:
    """A field's default mapping in a few words."""
    return f"= [cyan]{escape(words(spec['mapping']))}[/]" if "mapping" in spec else ""


def words(mapping: JsonValue) -> str:
    """A mapping as people say it: a path as it is, a coalesce as "this, else that"."""
    match mapping:
        case {"@path": str(path), **rest} if not rest:
            return path
        case {"@if": {"exists": exists, "then": then, "else": otherwise}} if exists == then:
            return f"{words(then)}, else {words(otherwise)}"
        case _:
            return json.dumps(mapping, ensure_ascii=False)


def about(spec: JsonObject) -> str:
    """A field's title and description."""
    return escape(": ".join(str(spec[key]) for key in ("title", "description") if key in spec))
