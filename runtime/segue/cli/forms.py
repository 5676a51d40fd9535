"""How a command prints what it found: ``--format``, and ``--json`` for the form that scripts read."""

from typing import Final

import click


def _choose(ctx: click.Context, _: click.Parameter, value: object) -> None:
    if value:
        ctx.default_map = {**(ctx.default_map or {}), "form": "json"}


JSON: Final = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, expose_value=False, callback=_choose,
    help="The same as --format json.",
)  # fmt: skip
"""Stands above a ``--format`` that goes to ``form``, and is what that is unless it is said."""
