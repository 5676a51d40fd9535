"""--json is --format json."""

import click
import pytest
from click.testing import CliRunner

from segue.cli.forms import JSON


@click.command()
@JSON
@click.option("--format", "form", default="text")
def command(form):
    click.echo(form)


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        ([], "text"),
        (["--json"], "json"),
        (["--format", "sarif"], "sarif"),
        (["--json", "--format", "json"], "json"),
    ],
    ids=["none", "json", "another", "both"],
)
def test_json_is_a_form_as_any_other(arguments, form):
    assert CliRunner().invoke(command, arguments).stdout == f"{form}\n"
