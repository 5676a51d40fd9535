"""The command line.

Exit codes: 0 all is well, 1 something was refused or failed, 2 the workspace or the command itself
is wrong, 130 interrupted.
"""

import contextlib  # as a whole: a command of ours is called suppress
import os
import sys
from errno import EPIPE
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

import click

from segue.cli.output import write
from segue.cli.places import placed
from segue.cli.setup import Setup
from segue.errors import SegueError, suggest


COMMANDS: Final = (
    "actions",
    "backup",
    "check",
    "choices",
    "console",
    "deliveries",
    "demo",
    "dev",
    "diff",
    "docs",
    "explain",
    "forget",
    "hold",
    "init",
    "new",
    "plugins",
    "refused",
    "replay",
    "resume",
    "sandbox",
    "schema",
    "secret",
    "send",
    "serve",
    "show",
    "stats",
    "suppress",
    "test",
    "unsuppress",
)

INTERRUPTED: Final = 130


class Commands(click.Group):
    """Imports a command's module when it is asked for, so that each starts fast.

    Plugins are asked for theirs when a command is called that is none of our own.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own names, for help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            hurried = ctx.resilient_parsing or cmd_name.startswith("-")
            return None if hurried else added(ctx, cmd_name)
        command: click.Command = import_module(f"segue.cli.{cmd_name}").command
        return placed(command)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; show our own errors and the system's as a sentence, not as a trace."""
        try:
            return super().invoke(ctx)
        except SegueError as error:
            fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except OSError as error:
            if error.errno == EPIPE:
                raise  # click ends quietly where nobody reads on
            where = f"{error.filename}: " if error.filename else ""
            fail(f"{where}{error.strerror or error}", 1)


def added(ctx: click.Context, name: str) -> click.Command | None:
    """The command of this name that a plugin adds."""
    from segue.cli.plugins import commands

    given = ctx.params
    ctx.obj = Setup(given["workspace"], given["data"], given["plugins_dir"], given["block"])
    found = commands(ctx.obj.catalogue.hooks)
    if name in found:
        return placed(found[name].command)
    hint = suggest(name, (*COMMANDS, *found)) or '"segue --help" and "segue plugins" list them'
    raise click.UsageError(f'there is no command "{name}"; {hint}', ctx)


def fail(sentence: str, code: int) -> NoReturn:
    """End with a sentence on stderr. What cannot be written to stdout any more is given up."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        write(f"segue: {sentence}", err=True)
    sys.exit(code)


@click.group(
    cls=Commands,
    epilog="Exit codes: 0 all is well · 1 something was refused or failed · "
    "2 the workspace or the command is wrong · 130 interrupted.",
)
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, dir_okay=False),
    default="segue.yaml",
    show_default=True,
    envvar="SEGUE_WORKSPACE",
    help="The workspace file.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=".segue",
    show_default=True,
    envvar="SEGUE_DATA",
    help="Where the runtime keeps its data.",
)
@click.option(
    "--plugins-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="SEGUE_PLUGINS_DIR",
    help="A folder of loose plugin files.",
)
@click.option(
    "--block", multiple=True, metavar="NAME", help="Leave out an action, destination or plugin."
)
@click.version_option(package_name="segue", prog_name="segue")
@click.pass_context
def main(
    ctx: click.Context,
    workspace: Path,
    data: Path,
    plugins_dir: Path | None,
    block: tuple[str, ...],
) -> None:
    """Segment-spec events to the tools your team uses.

    Start with "segue demo", then "segue init" in a folder of your own. Plugins may add commands;
    "segue plugins" names them.
    """
    if ctx.obj is None:
        ctx.obj = Setup(workspace, data, plugins_dir, block)
