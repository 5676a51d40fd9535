"""segue actions: the catalogue, and the page of one action."""

from collections.abc import Iterator, Mapping

import click
from rich.markup import escape
from rich.table import Column, Table

from segue.cli.output import plain, print_json, stdout
from segue.cli.setup import Setup, pass_setup
from segue.json import JsonObject
from segue.plugins import AnyAction, Catalogue
from segue.presets import Preset
from segue.reference.pieces import words


@click.command("actions")
@click.argument("action", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, action: str | None, *, as_json: bool) -> None:
    """List what is installed, or show the page of one ACTION ("loops.sendEvent")."""
    found = None if action is None else setup.action(action)
    if as_json:
        print_json(data(found, setup.catalogue) if found else listing(setup.catalogue))
    elif found:
        page(found, setup.catalogue)
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
    name = Column("Action", no_wrap=True, style="bold")
    rows = Table(name, "Title", "Trigger", "Destination", box=None, pad_edge=False)
    for one in catalogue.actions.values():
        rows.add_row(*map(plain, (one.name, one.title, one.trigger, one.destination.title)))
    return rows


def data(action: AnyAction, catalogue: Catalogue) -> dict[str, object]:
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
        "sync_modes": list(action.sync_modes),
        "choices": [*action.menu, *action.destination.menu],
        "presets": [
            {
                "name": one.name,
                "type": one.kind,
                "event": one.event,
                "trigger": one.trigger or action.trigger,
                "override": one.override,
                "sync_mode": one.sync_mode or action.sync_mode,
            }
            for one in presets(action, catalogue)
        ],
    }


def presets(action: AnyAction, catalogue: Catalogue) -> list[Preset]:
    """The presets of one action."""
    offered = catalogue.presets.get(action.destination.slug, ())
    return [one for one in offered if one.action == action.slug]


def page(action: AnyAction, catalogue: Catalogue) -> None:
    """One action as people read it: what it does, what each field is, what a connection needs."""
    stdout.print(
        f"[bold]{action.name}[/]  {plain(action.title)} · {plain(action.destination.title)}"
    )
    stdout.print(f"{escape(action.description)}\n", highlight=False)
    stdout.print(f"Default trigger: [cyan]{plain(action.trigger)}[/]", highlight=False)
    if action.sync_modes:
        first, *others = action.sync_modes
        stdout.print(f"Sync modes: {first} (default), {', '.join(others)}", highlight=False)
    stdout.print()
    for line in described(action.fields):
        stdout.print(line, highlight=False)
    offered = presets(action, catalogue)
    if offered:
        stdout.print("\nPresets, to start a mapping from:\n", highlight=False)
    for one in offered:
        stdout.print(preset(one, action), highlight=False)
    if action.destination.settings.get("properties"):
        stdout.print("\nSettings of a connection:\n", highlight=False)
    for line in described(action.destination.settings):
        stdout.print(line, highlight=False)


def described(fields: JsonObject) -> Iterator[str]:
    """A field spec as lines of markup, two a field; a star says that it is required."""
    required = fields.get("required", ())
    for key, spec in properties(fields).items():
        star = "[red]*[/]" if isinstance(required, list) and key in required else ""
        secret = ", a secret" if spec.get("writeOnly") else ""
        line = f"[bold]{plain(key)}[/]{star}  [dim]{plain(kind(spec))}{secret}[/]  {default(spec)}"
        yield line.rstrip()
        yield f"    {about(spec)}"


def preset(one: Preset, action: AnyAction) -> str:
    """A preset as lines of markup: when it is for, and what differs from the default mapping."""
    for_event = f"  [dim]for the event {plain(one.event)}[/]" if one.event else ""
    lines = [f"[bold]{plain(one.name)}[/]  [cyan]{plain(one.trigger or action.trigger)}[/]"]
    lines[0] += for_event
    if one.sync_mode:
        lines.append(f"    sync mode {one.sync_mode}")
    lines += [
        f"    {plain(key)} = {plain(''.join(words(value)))}" for key, value in one.override.items()
    ]
    return "\n".join(lines)


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
    return f"= [cyan]{plain(''.join(words(spec['mapping'])))}[/]" if "mapping" in spec else ""


def about(spec: JsonObject) -> str:
    """A field's title and description."""
    said = ": ".join(str(spec[key]) for key in ("title", "description") if key in spec)
    return plain(" ".join(said.split()))
