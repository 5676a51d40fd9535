"""segue check: what is wrong with the workspace."""

import sys

import click

from segue.cli.output import print_json, stdout
from segue.cli.setup import Setup, pass_setup
from segue.errors import ConfigError, Problem


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@pass_setup
def command(setup: Setup, *, as_json: bool) -> None:
    """Check the workspace: every problem, with its line."""
    try:
        workspace = setup.workspace
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"valid": False, "problems": [_data(problem) for problem in error.problems]})
        sys.exit(error.exit_code)
    mappings = sum(len(one.mappings) for one in workspace.connections.values())
    if as_json:
        print_json(
            {"valid": True, "problems": [], "notes": [_data(note) for note in workspace.notes]}
        )
    else:
        counts = {
            "source": len(workspace.sources),
            "connection": len(workspace.connections),
            "mapping": mappings,
        }
        said = ", ".join(
            f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items()
        )
        stdout.print(f"{setup.file} is valid: {said}", highlight=False)


def _data(problem: Problem) -> dict[str, object]:
    return {
        "pointer": problem.pointer,
        "message": problem.message,
        "hint": problem.hint,
        "line": problem.line,
        "column": problem.column,
    }
