"""Where things are, said after the name of a command: ``segue serve -w segue.yaml --data DIR``."""

from pathlib import Path
from typing import Final

import click

from segue.cli.setup import Setup


NAMES: Final = {"file": ("-w", "--workspace"), "data": ("--data",)}


def placed(command: click.Command) -> click.Command:
    """The command with the options for the workspace and the data, which it takes before its name too."""
    if not any(isinstance(one, Place) for one in command.params):
        command.params += [Place(field, names) for field, names in NAMES.items()]
    return command


class Place(click.Option):
    """A path that goes into the setup instead of to the command."""

    def __init__(self, field: str, names: tuple[str, ...]) -> None:
        def put(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
            setup = ctx.find_object(Setup)
            if value is not None and setup is not None:
                setattr(setup, field, value)

        super().__init__(
            [*names, f"place_{field}"],
            type=click.Path(path_type=Path, dir_okay=field == "data", file_okay=field == "file"),
            expose_value=False,
            callback=put,
            hidden=True,
        )
