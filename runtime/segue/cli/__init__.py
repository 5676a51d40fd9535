"""The command line.

Exit codes: 0 all is well, 1 something was refused or failed, 2 the workspace or the command itself
is wrong, 130 interrupted.
"""

import contextlib  # as a whole: a command of ours is called suppress
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from click.exceptions import NoArgsIsHelpError
from click.shell_completion import CompletionItem

from segue.cli.streams import flushed, ready, sentence
from segue.errors import SegueError
from segue.errors import suggest as nearest  # a command of ours is called suggest


GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "To begin": {
        "demo": "Send sample events into a local Loops sandbox.",
        "init": "Write a workspace to start from.",
        "sandbox": "Serve a local stand-in for a destination.",
    },
    "Mappings": {
        "check": "Find what is wrong with the workspace, and with what it makes.",
        "choices": "List what can be chosen for a field of an action.",
        "diff": "Show what a change sends differently. Nothing is sent.",
        "explain": 'Say what a code of "segue check" means, and what to do.',
        "schema": "JSON Schemas: of a format, of your events, of an action.",
        "show": "Show what is in force, or what became of a delivery.",
        "suggest": "Suggest where the fields of a mapping could come from.",
        "test": "Send one event through an action, every stage shown.",
    },
    "Destinations and plugins": {
        "actions": "List what is installed, or show the page of one action.",
        "dev": "Show what a changed file makes of an event, once it is saved.",
        "docs": "Write the reference page of a destination.",
        "new": "Write a destination, an action or a function to start from.",
        "plugins": "List the plugins, and what is wrong with them.",
    },
    "Events": {
        "console": "Serve the console, the pages of the workspace and its data.",
        "secret": "Keep secrets by name, encrypted, for a workspace.",
        "send": "Store and deliver the events of a file.",
        "serve": "Serve the tracking API and deliver what comes.",
    },
    "What became of them": {
        "backup": "Copy the store and its key to a new directory.",
        "deliveries": "List deliveries, the newest first.",
        "hold": "Let the deliveries of a connection wait.",
        "refused": "Show the last events that were refused.",
        "replay": "Send dead letters again, through the mappings as they are.",
        "resume": "Let the deliveries of a connection go on.",
        "stats": "Count what was delivered, waits, is held, was discarded.",
    },
    "People": {
        "forget": "Forget a user: cancel what waits, delete at destinations.",
        "suppress": "Refuse the events of a user from now on.",
        "unsuppress": "Take the events of a user again.",
    },
}
"""What each command is for, in a line. Its module has its name, and is imported when it is called."""

COMMANDS: Final = {name: about for group in GROUPS.values() for name, about in group.items()}

INTERRUPTED: Final = 130


class Commands(click.Group):
    """Imports a command's module when it is asked for, so that each starts fast.

    Plugins are asked for theirs when a command is called that is none of our own.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own names, for help."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Our own commands with what they are for; none is imported for that."""
        width = max(map(len, COMMANDS))
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), about) for name, about in group.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the shell may put there; no command is imported for its line of help."""
        found = [(name, about) for name, about in COMMANDS.items() if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=about) for name, about in found),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            hurried = ctx.resilient_parsing or cmd_name.startswith("-")
            return None if hurried else added(ctx, cmd_name)
        from segue.cli.places import placed

        command: click.Command = import_module(f"segue.cli.{cmd_name}").command
        return placed(command)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run what the arguments say, and end; what click has against them is said in our voice."""
        run = partial(super().main, *args, **extra)
        if not standalone_mode:
            return run(standalone_mode=False)
        try:
            ready()
            code: object = run(standalone_mode=False)
        except NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            usage(error)
            fail(error.format_message(), error.exit_code)
        except click.Abort:
            sys.exit(INTERRUPTED)
        except OSError as error:
            fail(sentence(error), 1)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; show our own errors as a sentence, not as a trace."""
        try:
            return super().invoke(ctx)
        except SegueError as error:
            fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def added(ctx: click.Context, name: str) -> click.Command | None:
    """The command of this name that a plugin adds."""
    from segue.cli.places import placed
    from segue.cli.plugins import commands
    from segue.cli.setup import Setup

    given = ctx.params
    ctx.obj = Setup(given["workspace"], given["data"], given["plugins_dir"], given["block"])
    found = commands(ctx.obj.catalogue.hooks)
    if name in found:
        return placed(found[name].command)
    hint = nearest(name, (*COMMANDS, *found)) or '"segue --help" and "segue plugins" list them'
    raise click.UsageError(f'there is no command "{name}"; {hint}', ctx)


def usage(error: click.ClickException) -> None:
    """How the command is used, where it was used wrongly."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is not None:
        click.echo(f"{ctx.get_usage()}\nTry '{ctx.command_path} --help' for help.\n", err=True)


def fail(why: str, code: int) -> NoReturn:
    """End with a sentence on stderr."""
    from segue.cli.output import write

    flushed()
    with contextlib.suppress(OSError):
        write(f"segue: {why}", err=True)
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
        from segue.cli.setup import Setup

        ctx.obj = Setup(workspace, data, plugins_dir, block)
