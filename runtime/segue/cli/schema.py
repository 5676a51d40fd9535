"""segue schema: JSON Schemas for editors and scripts, of events, and what a newer field spec breaks."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from segue.cli.event_schemas import import_plan, infer
from segue.cli.output import plain, print_json, stdout, write
from segue.cli.published import document, read, spec
from segue.cli.setup import Setup, pass_setup
from segue.fields import Change, compare
from segue.json import JsonObject
from segue.workspace import workspace_schema
from segue_schemas import REGISTRY


output = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file."
)


@click.group("schema")
def command() -> None:
    """JSON Schemas: of a format, of your events, or of an action, where two versions can be compared."""


command.add_command(infer)
command.add_command(import_plan)


def _static(name: str, what: str) -> None:
    """A command for a schema that is the same for everyone."""

    @command.command(name, help=what)
    @output
    def static(output: Path | None) -> None:
        put(REGISTRY.contents(f"urn:segue:{name}"), output)


_static("event", "Print the schema of a Segment-spec event.")
_static("fields", "Print the schema of field specs.")
_static("directive", "Print the schema of a mapping's directives.")


@command.command("workspace", short_help="Print the schema of a workspace file.")
@output
@pass_setup
def workspace(setup: Setup, output: Path | None) -> None:
    """Print the schema of a workspace file, for the plugins installed."""
    put(workspace_schema(setup.catalogue), output)


@command.command("action", short_help="Print the field spec of an action.")
@click.argument("name")
@output
@pass_setup
def action(setup: Setup, name: str, output: Path | None) -> None:
    """Print the field spec of the action NAME ("loops.sendEvent"), as it is published."""
    put(spec(setup.action(name)), output)


@command.command("publish", short_help="Write the field specs of destinations to files.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("destinations", nargs=-1, required=True)
@pass_setup
def publish(setup: Setup, folder: Path, destinations: tuple[str, ...]) -> None:
    """Write the field spec of each action of these DESTINATIONS to a file of its own in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for slug in destinations:
        for one in setup.catalogue.actions_of(setup.destination(slug)):
            put(spec(one), folder / f"{one.name}.json")


@command.command("diff", short_help="Name what changed between two field specs.")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def diff(setup: Setup, old: str, new: str, *, as_json: bool) -> None:
    """Name what changed from the field spec OLD to NEW; exit with 1 if a change is breaking.

    Each is a file, a folder of published specs, an installed action ("loops.sendEvent") or an
    installed destination ("loops").
    """
    changes = differ(read(old, setup), read(new, setup))
    if as_json:
        print_json([{"action": name, **asdict(change)} for name, change in changes])
    for name, change in changes if not as_json else ():
        mark = "[red]breaking[/]" if change.breaking else "[green]compatible[/]"
        stdout.print(f"{mark}  {plain(f'{name} {change}'.strip())}", highlight=False)
    if not changes and not as_json:
        stdout.print("no change")
    sys.exit(any(change.breaking for _, change in changes))


def put(schema: object, output: Path | None) -> None:
    """Print a schema, or write it to a file."""
    if output is None:
        write(document(schema).rstrip())
        return
    output.write_text(document(schema), encoding="utf-8")
    stdout.print(f"wrote {plain(output)}")


def differ(old: dict[str, JsonObject], new: dict[str, JsonObject]) -> list[tuple[str, Change]]:
    """The changes of each action. One spec is compared with one, whatever they are called."""
    if len(old) == len(new) == 1:
        ((_, before),), ((name, after),) = old.items(), new.items()
        return [(name, change) for change in compare(before, after)]
    gone = [(name, Change("", "the action is gone", breaking=True)) for name in old.keys() - new]
    more = [(name, Change("", "the action is new", breaking=False)) for name in new.keys() - old]
    both = [
        (name, change) for name in old if name in new for change in compare(old[name], new[name])
    ]
    return sorted([*gone, *both, *more], key=lambda one: one[0])
