"""segue schema: JSON Schemas for editors and scripts."""

import json
from pathlib import Path

import click

from segue.cli.output import plain, print_json, stdout
from segue.cli.setup import Setup, pass_setup
from segue.workspace import workspace_schema
from segue_schemas import REGISTRY


@click.command("schema")
@click.argument("name", type=click.Choice(["workspace", "event", "fields", "directive"]))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file."
)
@pass_setup
def command(setup: Setup, name: str, output: Path | None) -> None:
    """Print a JSON Schema: of the workspace for the plugins installed, of events, of field specs."""
    schema = workspace_schema(setup.catalogue) if name == "workspace" else static(name)
    if output is None:
        print_json(schema)
        return
    output.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    stdout.print(f"wrote {plain(output)}")


def static(name: str) -> object:
    """A schema that is the same for everyone."""
    return REGISTRY.contents(f"urn:segue:{name}")
