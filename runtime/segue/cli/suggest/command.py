"""The command itself."""

from typing import BinaryIO, Final

import click

from segue.cli.files import INPUT
from segue.cli.forms import JSON
from segue.cli.moments import MOMENT
from segue.cli.output import print_json
from segue.cli.setup import Setup, pass_setup
from segue.cli.suggest.applying import write_in
from segue.cli.suggest.printing import data, show
from segue.cli.suggest.targets import chosen
from segue.cli.suggest.watching import found, take_events, take_schema
from segue.suggesting import LEVELS, Level


LEVEL: Final = click.Choice(tuple(LEVELS))


@click.command("suggest")
@click.argument("connection")
@click.argument("mapping", required=False)
@click.option("--action", "action", help="For a new mapping to this action of the connection.")
@click.option(
    "--events", "file", type=INPUT, help='The events of a file, one a line ("-" is stdin).'
)
@click.option("--since", type=MOMENT, help="Recorded events of then or later: 2h, 7d, 2026-03-01.")
@click.option("--schema", type=INPUT, help="A JSON Schema of the events instead of events.")
@click.option(
    "--min", "least", type=LEVEL, default="likely", show_default=True, help="How sure to be."
)
@click.option("--apply", is_flag=True, help="Write the best for each field into the workspace.")
@JSON
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How to print what was found.",
)  # fmt: skip
@pass_setup
def command(
    setup: Setup,
    connection: str,
    mapping: str | None,
    action: str | None,
    file: BinaryIO | None,
    since: float | None,
    schema: BinaryIO | None,
    *,
    least: Level,
    apply: bool,
    form: str,
) -> None:
    """Suggest where the fields of a mapping that get nothing yet could come from.

    CONNECTION is one of the workspace, for MAPPING or all of its mappings; with --action for a new one. It may be
    an action instead, such as "loops.sendEvent". What fits is found by names, types, formats and examples in the
    recorded events, those of a file, or a schema. Nothing is sent anywhere, and what the file says of a field is
    never replaced.
    """
    if sum(one is not None for one in (file, since, schema)) > 1:
        raise click.UsageError("choose one of --events, --since and --schema")
    targets = chosen(setup, connection, mapping, action)
    if apply and targets[0].connection is None:
        raise click.UsageError("name the connection to write it into, and the action with --action")
    if schema is not None:
        take_schema(targets, schema)
    else:
        take_events(setup, targets, file, since)
    for one in targets:
        one.found = found(one, least)
    if form == "json":
        print_json([data(one) for one in targets])
    elif not apply:
        show(targets)
    if apply:
        write_in(setup, targets, quiet=form == "json")
