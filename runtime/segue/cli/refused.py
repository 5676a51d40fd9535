"""segue refused: the last events that were refused on arrival."""

from typing import cast

import click
from rich.markup import escape
from rich.table import Table

from segue.cli.asking import ask_running
from segue.cli.output import print_json, print_rows, stderr
from segue.cli.setup import Setup, pass_setup


@click.command("refused")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_setup
def command(setup: Setup, *, as_json: bool) -> None:
    """Show the last events that the running process refused, ten of each source and reason.

    With them come those that broke a schema and were kept all the same.
    """
    answer = ask_running(setup, "refused", {})
    found = cast("list[dict[str, str]]", [] if answer is None else answer["refused"])
    if as_json:
        print_json(found)
    elif answer is None:
        stderr.print(
            'nothing runs here, and only what runs remembers them; "segue stats" has counts'
        )
    elif not found:
        stderr.print("nothing was refused since it started")
    else:
        show(found)


def show(found: list[dict[str, str]]) -> None:
    """Print them, one a row."""
    table = Table("Source", "Code", "Reason", "Event", box=None, pad_edge=False)
    for one in found:
        table.add_row(*(escape(one[key]) for key in ("source", "code", "reason", "text")))
    print_rows(table)
