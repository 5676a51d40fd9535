"""The command: what is compared, with which events, and how it is told."""

import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final, Literal, TypedDict, Unpack

import click
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from segue.cli.diff.reading import Chunk, chunks, of_file, of_store
from segue.cli.diff.revisions import Origin, sides, take_out
from segue.cli.diff.telling import FORMS, Title
from segue.cli.diff.work import Advance, Choice, Recipe, Separate, SideError, Together
from segue.cli.files import INPUT
from segue.cli.forms import JSON
from segue.cli.moments import MOMENT
from segue.cli.output import plain, stderr
from segue.cli.setup import Setup, pass_setup
from segue.diff.model import Report
from segue.errors import ConfigError, StoreError, suggest
from segue.store.records import EventQuery
from segue.workspace import plugins_folder


SAME, DIFFERENT, FAILED = 0, 1, 2


class Given(TypedDict):
    """The options that choose events."""

    file: BinaryIO | None
    generate: int | None
    since: float | None
    until: float | None
    source: str | None
    limit: int | None
    seed: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for."""

    file: BinaryIO | None
    generate: int | None
    since: float | None
    until: float | None
    source: str | None
    limit: int | None
    seed: int

    def check(self) -> None:
        """Raise UsageError for what contradicts itself."""
        recorded = self.since is not None or self.until is not None
        if self.file is not None and self.generate is not None:
            raise click.UsageError("--events and --generate are two sources of events; choose one")
        if recorded and (self.file is not None or self.generate is not None):
            raise click.UsageError("--since and --until choose recorded events only")

    @property
    def arriving(self) -> bool:
        """Whether the events have not arrived anywhere yet."""
        return self.file is not None or self.generate is not None

    @property
    def name(self) -> str:
        """What they are called together."""
        if self.file is not None:
            given: object = getattr(self.file, "name", None)
            return f"events of {given}" if isinstance(given, str) else "events of stdin"
        return "events made up" if self.generate is not None else "recorded events"


@click.command("diff")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--events", "file", type=INPUT, help='Events of a file, one a line, perhaps gzipped ("-" is stdin).')  # fmt: skip
@click.option("--generate", type=click.IntRange(1), metavar="N", help="Make up so many events for each mapping.")  # fmt: skip
@click.option("--since", type=MOMENT, help="Recorded events of then or later: 2h, 7d, 2026-03-01.")
@click.option("--until", type=MOMENT, help="Recorded events before then.")
@click.option("--source", help="The source of a file's events; of recorded ones, only this one.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="So many events at most.")
@click.option("--connection", help="Only this connection.")
@click.option("--mapping", help="Only mappings of this name.")
@click.option("--plugins", metavar="OLD..NEW", help="Two folders, with two versions of plugins.")
@click.option("--examples", type=click.IntRange(0, 20), default=3, show_default=True, help="Events to show for each kind of difference.")  # fmt: skip
@JSON
@click.option("--format", "form", type=click.Choice(tuple(FORMS)), default="text", show_default=True, help="How to print what was found.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed makes up other events.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="End with 0 where there are differences, too.")
@pass_setup
def command(
    setup: Setup,
    /,
    *,
    old: str | None,
    new: str | None,
    connection: str | None,
    mapping: str | None,
    plugins: str | None,
    examples: int,
    form: Literal["text", "markdown", "json"],
    exit_zero: bool,
    **given: Unpack[Given],
) -> None:
    """What does a change send differently? Nothing is sent.

    OLD and NEW are workspace files, folders, revisions (HEAD~1, REV:PATH) or OLD..NEW. Without them
    it is HEAD against the file on disk, with OLD alone that against the file on disk. The events are
    those of the data directory, unless --events or --generate says otherwise.
    """
    events = Wanted(**given)
    events.check()
    choice = Choice(connection, mapping, examples, events.arriving)
    try:
        with ExitStack() as stack, redirect_stdout(sys.stderr), progress() as advance:
            before, after = sides(old, new, setup.file)
            title = Title(before.label, after.label, events.name)
            recipes = prepared(setup, stack, before, after, plugins)
            report = compared(setup, stack, recipes, choice, events, advance)
    except (ConfigError, StoreError) as error:
        raise SideError(str(error)) from None
    FORMS[form](title, report)
    sys.exit(ending(report, exit_zero=exit_zero))


def ending(report: Report, *, exit_zero: bool) -> int:
    """The exit code."""
    if report.mappings and not report.events:
        stderr.print(f"[red]there was no event to compare with[/]: {_HINT}")
        return FAILED
    return DIFFERENT if report.differs and not exit_zero else SAME


_HINT: Final = "give --events FILE, or --generate 1000 to make some up"


def prepared(
    setup: Setup, stack: ExitStack, before: Origin, after: Origin, plugins: str | None
) -> tuple[Recipe, Recipe]:
    """Both sides on disk, each with its plugins."""
    folders = [Path(stack.enter_context(TemporaryDirectory(prefix="segue-diff-"))) for _ in "ab"]
    files = [take_out(*one) for one in zip((before, after), folders, strict=True)]
    one, other = (
        Recipe(file, setup.plugins_dir or plugins_folder(file), None, setup.block) for file in files
    )
    if plugins is None:
        return one, other
    first, second = _apart(plugins)
    return _version(one, first), _version(other, second)


def _apart(text: str) -> Sequence[Path]:
    """The two folders of OLD..NEW, either of which may have dots of its own."""
    for at in range(len(text)):
        if text.startswith("..", at):
            found = Path(text[:at]), Path(text[at + 2 :])
            if all(one.is_dir() for one in found) and text[:at] and text[at + 2 :]:
                return found
    raise click.UsageError(f'--plugins "{text}" does not name two folders; write OLD..NEW')


def _version(recipe: Recipe, folder: Path) -> Recipe:
    """A side with a folder of loose plugins, or with one that packages were installed into."""
    if any(folder.glob("*.dist-info")):
        return replace(recipe, packages=folder.absolute())
    return replace(recipe, plugins=folder.absolute())


def compared(
    setup: Setup,
    stack: ExitStack,
    recipes: tuple[Recipe, Recipe],
    choice: Choice,
    wanted: Wanted,
    advance: Advance,
) -> Report:
    """Compare both sides, in one process where their plugins are the same."""
    old, new = recipes
    if old.packages == new.packages and digest(old.plugins) == digest(new.plugins):
        old = replace(old, plugins=new.plugins)  # the same content; loaded twice they would differ
        work: Together | Separate = Together(old, new, choice)
    else:
        work = Separate(stack, old, new, choice)
    for problem in dict.fromkeys(work.problems):
        stderr.print(f"[yellow]left out:[/] {plain(problem)}", highlight=False)
    _known("--connection", choice.connection, [one for one, _ in work.names])
    _known("--mapping", choice.mapping, [one for _, one in work.names])
    return work.run(chosen(setup, wanted, work), advance)


def digest(folder: Path | None) -> str | None:
    """A hash of all files of a folder."""
    if folder is None:
        return None
    found = sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content = sha256(file.read_bytes()).hexdigest()
            found.update(f"{file.relative_to(folder)}\0{content}\0".encode(errors="replace"))
    return found.hexdigest()


def _known(option: str, name: str | None, names: Sequence[str]) -> None:
    if name is not None and name not in names:
        there = f"there are {', '.join(dict.fromkeys(names)) or 'none'}"
        raise click.UsageError(f'{option}: nothing is called "{name}"; {suggest(name, names) or there}')  # fmt: skip


def chosen(setup: Setup, wanted: Wanted, work: Together | Separate) -> Iterator[Chunk]:
    """The events that are asked for, many at a time."""
    if wanted.generate is not None:
        items = work.made_up(wanted.generate, wanted.seed)
    elif wanted.file is not None:
        items = of_file(wanted.file, _source(wanted.source, work.sources))
    else:
        query = EventQuery(source=wanted.source, since=wanted.since, until=wanted.until)
        items = of_store(setup.data, query, work.partly)
    return chunks(items, wanted.limit)


def _source(named: str | None, sources: Sequence[str]) -> str:
    """The source of a file's events: the one that is named, or the only one."""
    if named is None and len(sources) == 1:
        return sources[0]
    if named is None:
        raise click.UsageError(f"choose a source with --source: {', '.join(sources) or 'there is none'}")  # fmt: skip
    _known("--source", named, sources)
    return named


@contextmanager
def progress() -> Generator[Advance]:
    """A line on the terminal that says how many events were compared, and for how long."""
    columns = SpinnerColumn(), TextColumn("{task.completed:,.0f} events"), TimeElapsedColumn()
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda number: bar.advance(task, number)
