"""segue plugins: what is installed, what it offers, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import click
from rich.table import Column, Table

from segue.cli.output import plain, print_json, print_rows
from segue.cli.setup import Setup, pass_setup
from segue.errors import AuthorError
from segue.hooks import Hooks
from segue.plugins import Catalogue, Plugin


@click.command("plugins")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, *, as_json: bool) -> None:
    """List the plugins: version, place, hooks, destinations, actions, commands, problems."""
    catalogue = setup.catalogue
    found = list(listing(catalogue, commands(catalogue.hooks)))
    if as_json:
        print_json(found)
    else:
        print_rows(table(found))


class Fault(TypedDict):
    """What is wrong with a plugin, and where."""

    reason: str
    file: str | None
    line: int | None


class Entry(TypedDict):
    """A plugin as it is printed. ``place`` is its entry point or its file."""

    plugin: str
    version: str | None
    place: str | None
    hooks: list[str]
    destinations: list[str]
    actions: list[str]
    commands: list[str]
    problems: list[Fault]


@dataclass(frozen=True, slots=True)
class Added:
    """A command that a plugin adds."""

    plugin: str
    command: click.Command


def commands(hooks: Hooks) -> Mapping[str, Added]:
    """The commands of plugins by name. One that has our name, or another plugin's, is left out."""
    found: dict[str, Added] = {}
    for listener in hooks.listeners.get("segue_commands", ()):
        group = click.Group()
        hooks.ask(listener, "its commands are left out", group=group)
        for name, one in group.commands.items():
            owner = _owner(name, found)
            if owner is None:
                found[name] = Added(listener.plugin, one)
            else:
                taken = f'the command "{name}" is taken by {owner}; choose another name'
                hooks.blame(listener, AuthorError(taken), "it is left out")
    return found


def _owner(name: str, found: Mapping[str, Added]) -> str | None:
    from segue.cli import COMMANDS

    if name in COMMANDS:
        return "Segue"
    return f'plugin "{found[name].plugin}"' if name in found else None


def listing(catalogue: Catalogue, added: Mapping[str, Added]) -> Iterator[Entry]:
    """Every plugin with what it offers."""
    for plugin in catalogue.plugins:
        own = [name for name, origin in catalogue.origins.items() if origin is plugin]
        yield {
            "plugin": plugin.name,
            "version": plugin.version,
            "place": plugin.file,
            "hooks": hooks_of(plugin, catalogue.hooks),
            "destinations": [one for one in own if one in catalogue.destinations],
            "actions": [one for one in own if one in catalogue.actions],
            "commands": [name for name, one in added.items() if one.plugin == plugin.name],
            "problems": [
                {"reason": one.reason, "file": one.file, "line": one.line}
                for one in catalogue.problems
                if one.plugin == plugin.name
            ],
        }


def hooks_of(plugin: Plugin, hooks: Hooks) -> list[str]:
    """The hooks that a plugin implements."""
    return [
        hook
        for hook, some in hooks.listeners.items()
        if plugin.name in {one.plugin for one in some}
    ]


def table(found: Sequence[Entry]) -> Table:
    """Every plugin as a row."""
    name = Column("Plugin", no_wrap=True, style="bold")
    rows = Table(name, "Version", "Place", "Offers", "Hooks", "Problems", box=None, pad_edge=False)
    for one in found:
        offered = [*one["destinations"], *one["actions"], *one["commands"]]
        problems = len(one["problems"])
        cells = (
            one["plugin"],
            one["version"] or "-",
            one["place"] or "-",
            ", ".join(offered) or "-",
            ", ".join(one["hooks"]) or "-",
            problems or "-",
        )
        rows.add_row(*map(plain, cells))
    return rows
