"""segue new: a destination, an action or a function to start from."""

import os
import shutil
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, TypeVar

import click

from segue.cli.output import plain, stdout
from segue.cli.setup import Setup, pass_setup
from segue.errors import AuthorError, suggest
from segue.scaffold import sources
from segue.scaffold.definition import read
from segue.scaffold.files import NewFile, write
from segue.scaffold.homes import Home, find_home
from segue.scaffold.names import ActionName, DestinationName, split
from segue.scaffold.package import Package
from segue.scaffold.project import Project, connection
from segue.scaffold.translating import New, translate
from segue.workspace import named_folder, with_key


T = TypeVar("T")

package_option = click.option(
    "--package", is_flag=True, help="Write a package of its own, to be published, in this folder."
)


@click.group("new")
def command() -> None:
    """Write a destination, an action or a function to start from; never over what is there."""


@command.command("destination", short_help="Write a destination with an action and its tests.")
@click.argument("name")
@package_option
@pass_setup
def destination(setup: Setup, name: str, *, package: bool) -> None:
    """Write a destination called NAME ("acme"), with an action to start from, and its tests."""
    new = asked(lambda: DestinationName(name))
    free(setup, new.slug)
    modules = {"__init__.py": sources.destination(new)}
    first = f"{new.slug}.{sources.FIRST.slug}"
    if package:
        pack(Package(new.package, new.title, new.slug, first).files(Path(), modules))
        return
    project = located(setup)
    put(project.plugin(modules, project.root / project.plugins / new.module))
    connect(setup, project, "plugins", connection(new, ["apiKey"], sources.FIRST.slug))
    follow(first, "tests")


@command.command("action", short_help="Write an action of a destination.")
@click.argument("name")
@click.option(
    "--from-segment",
    "definition",
    type=click.File("rb"),
    help="Take fields, trigger and presets from a definition that Segment published.",
)
@package_option
@pass_setup
def action(setup: Setup, name: str, definition: BinaryIO | None, *, package: bool) -> None:
    """Write the action NAME ("acme.createTicket"), of a destination that is there.

    With a definition its destination may be new, and only the action's function is left to write.
    """
    target, slug = asked(lambda: split(name))
    if definition is None:
        home = housed(setup, target, slug)
        new = New({f"{slug.module}.py": sources.action(slug, home)}, home)
    else:
        unused(setup, name)
        data = definition.read()
        there = asked(lambda: find_home(target.slug, setup.catalogue))
        new = asked(lambda: translate(read(data, slug.slug), target, slug, there))
    for note in new.notes:
        stdout.print(f"[yellow]not carried over:[/] {plain(note)}", highlight=False)
    if package:
        pack(packaged(target, slug, new).files(Path(), new.alone))
        return
    project = located(setup)
    put(project.plugin(*new.placed(project.root / project.plugins, target, slug)))
    lines = connection(target, new.settings, slug.slug) if new.home is None else ""
    connect(setup, project, "plugins", lines)
    follow(name, "tests")


@command.command("function", short_help="Write a function that is a destination.")
@click.argument("name")
@pass_setup
def function(setup: Setup, name: str) -> None:
    """Write the function NAME ("crm"): a file that is a destination of this workspace; and its tests."""
    new = asked(lambda: DestinationName(name))
    if new.slug != new.module:
        why = "a function is a file, and no module of Python has such a name"
        raise click.UsageError(f'"{name}" is no good name: {why}; did you mean "{new.module}"?')
    free(setup, new.slug)
    project = located(setup)
    put(project.function(new))
    tests = f"tests/test_{new.module}.py"
    if connect(setup, project, "functions", connection(new, ["token"], None)):
        follow(f"{new.slug}.onTrack", tests)
    else:
        say("segue check", f"segue test {new.slug}.onTrack --dry-run", *tried(tests))


# Names


def asked(attempt: Callable[[], T]) -> T:
    """What was asked for; what is wrong with it is a mistake in the command."""
    try:
        return attempt()
    except AuthorError as error:
        raise click.UsageError(str(error)) from None


def free(setup: Setup, slug: str) -> None:
    """See that no destination has this name."""
    owner = setup.catalogue.origins.get(slug)
    if slug in setup.catalogue.destinations:
        taken = f' by plugin "{owner.name}"' if owner else ""
        raise click.UsageError(f'the name "{slug}" is taken{taken}; choose another')


def housed(setup: Setup, target: DestinationName, slug: ActionName) -> Home:
    """Where the destination of a new action is."""
    known = setup.catalogue.destinations
    home = asked(lambda: find_home(target.slug, setup.catalogue))
    if home is None:
        hint = suggest(target.slug, known) or f'"segue new destination {target.slug}" writes one'
        raise click.UsageError(f'no destination is called "{target.slug}"; {hint}')
    unused(setup, f"{target.slug}.{slug.slug}")
    return home


def unused(setup: Setup, name: str) -> None:
    """See that no action has this name."""
    if name in setup.catalogue.actions:
        owner = setup.catalogue.origins[name].name
        raise click.UsageError(f'the name "{name}" is taken by plugin "{owner}"; choose another')


def packaged(target: DestinationName, slug: ActionName, new: New) -> Package:
    """A package for an action, with its destination where that is new."""
    name, home = f"{target.slug}.{slug.slug}", new.home
    if home is None:
        return Package(target.package, target.title, target.slug, name)
    if home.distribution is None:
        raise click.UsageError(
            f"{target.slug} is a loose plugin, which no package can build on; leave --package out, "
            f"or publish {target.slug} first"
        )
    called = f"{target.host}-{slug.module.strip('_').replace('_', '-')}-segue"
    needs = tuple(dict.fromkeys(("segue", home.distribution)))
    return Package(called, target.title, target.slug, name, needs)


# Files


def located(setup: Setup) -> Project:
    """The folder of the workspace, with the folders that its file names."""
    root = setup.file.parent
    given = setup.plugins_dir and os.path.relpath(setup.plugins_dir, root)
    plugins = given or named_folder(setup.file, "plugins")
    functions = named_folder(setup.file, "functions")
    return Project(
        root,
        Path(plugins or "plugins").as_posix(),
        Path(functions or "functions").as_posix(),
    )


def put(files: Sequence[NewFile]) -> None:
    """Write files, and say which."""
    for path in asked(lambda: write(files)):
        near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        stdout.print(f"wrote [bold]{plain(near)}[/]", highlight=False)


def pack(files: Sequence[NewFile]) -> None:
    """Write a package."""
    put(files)
    root = files[0].path.parts[0]
    say(f"cd {root}", "SEGUE_PLUGINS_DIR=src segue dev", "python -m pytest")


def connect(setup: Setup, project: Project, key: str, lines: str) -> bool:
    """Write a workspace with this connection where there is none; else say what the one there lacks.

    A connection is not added to one that is there: it may be served at this moment.
    """
    if not setup.file.exists():
        put([NewFile(setup.file, project.workspace(key, lines))])
        return True
    tell_key(setup, project, key)
    if lines:
        where = plain(setup.file)
        stdout.print(f"no event comes there before {where} has a connection, such as:\n")
        click.echo(lines)
    return False


def tell_key(setup: Setup, project: Project, key: str) -> None:
    """See that the workspace names the folder, or say that it has to."""
    if named_folder(setup.file, key) or (key == "plugins" and setup.plugins_dir):
        return
    folder = f"./{getattr(project, key)}"
    changed = with_key(setup.file.read_text("utf-8"), key, folder)
    where = plain(setup.file)
    if changed is None:
        stdout.print(f"[yellow]add to the top of {where}:[/] {key}: {folder}", highlight=False)
        return
    replace(setup.file.resolve(), changed)
    stdout.print(f"added [bold]{key}: {folder}[/] to {where}", highlight=False)


def replace(file: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    try:
        with fresh.open("x", encoding="utf-8", newline="") as out:
            out.write(text)
        shutil.copymode(file, fresh)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def follow(action: str, tests: str) -> None:
    """Say what to do next with an action."""
    say("segue dev", f"segue test {action} --dry-run", *tried(tests))


def tried(tests: str, find: Callable[[str], object] = find_spec) -> Sequence[str]:
    """What runs the tests; first what is needed for that, where it is not there."""
    install = () if find("pytest") else ("pip install 'segue[testing]'",)
    return (*install, f"python -m pytest {tests}")


def say(*commands: str) -> None:
    """Say what to do next."""
    stdout.print("next:")
    for one in commands:
        stdout.print(f"  {plain(one)}", highlight=False)
