"""Comparing, in this process or in several: by events where both sides fit into one, else a side each."""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, TypeVar

from segue.cli.diff.reading import Chunk, Faulty, Item, event, made_up
from segue.diff.apart import Apart, Question
from segue.diff.comparing import Comparison, Tally, plan
from segue.diff.model import Report
from segue.diff.opening import read
from segue.diff.outline import Entry, Name, outline
from segue.diff.packing import Made, pack
from segue.diff.running import Side
from segue.errors import SegueError
from segue.plugins import Catalogue, load_plugins
from segue.workspace import Workspace


T = TypeVar("T")
Advance: TypeAlias = Callable[[int], None]
Names: TypeAlias = tuple[tuple[Name, Name], ...]

FEW: Final = 5
"""Chunks that are compared here before other processes are started: they need a second to begin."""


class SideError(SegueError):
    """A side cannot be compared."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a side is made of: its file, a folder of plugins, a folder of installed packages."""

    file: Path
    plugins: Path | None = None
    packages: Path | None = None
    block: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be compared, and how much of it is to be shown."""

    connection: str | None = None
    mapping: str | None = None
    examples: int = 3
    arriving: bool = False


class Told(NamedTuple):
    """A side as its process tells it: its mappings, its plugins' problems, and why it is of no use."""

    entries: Sequence[Entry]
    sources: Sequence[str] = ()
    problems: Sequence[str] = ()
    error: str = ""


# What a process does. It reads everything once and keeps it.


@cache
def catalogue(plugins: Path | None, packages: Path | None, block: tuple[str, ...]) -> Catalogue:
    """The plugins of a recipe."""
    if packages is not None:
        sys.path.insert(0, str(packages))
    return load_plugins(folder=plugins, block=block)


def plugins_of(recipe: Recipe) -> Catalogue:
    """The same of a recipe."""
    return catalogue(recipe.plugins, recipe.packages, recipe.block)


@cache
def opened(recipe: Recipe) -> Workspace:
    """The workspace of a recipe. Raises ConfigError."""
    return read(recipe.file, plugins_of(recipe))


@cache
def comparison(old: Recipe, new: Recipe, choice: Choice) -> Comparison:
    """Both sides in one process."""
    return compared(opened(old), opened(new), choice)


def compared(old: Workspace, new: Workspace, choice: Choice) -> Comparison:
    """Two workspaces, to be shown events."""
    return Comparison(
        old,
        new,
        connection=choice.connection,
        mapping=choice.mapping,
        examples=choice.examples,
        arriving=choice.arriving,
    )


def tallied(old: Recipe, new: Recipe, choice: Choice, chunk: Chunk) -> Tally:
    """What differs for the events of a chunk."""
    found = comparison(old, new, choice)
    found.tally = Tally()
    see(found, chunk)
    return found.tally


def see(found: Comparison, chunk: Chunk) -> None:
    """Have the events of a chunk compared."""
    for item in chunk:
        one = event(item)
        if isinstance(one, Faulty):
            found.tally.reject(one.line, one.why)
        elif one is not None:
            found.see(one, item.source, item.text, item.answers)


@cache
def one_side(recipe: Recipe, names: Names, choice: Choice) -> Side:
    """One side in a process of its own."""
    return Side(opened(recipe), dict(names), arriving=choice.arriving)


def told(recipe: Recipe) -> Told:
    """The mappings of a side, or why there are none."""
    try:
        workspace = opened(recipe)
    except SegueError as error:
        return Told((), (), _problems(recipe), str(error))
    return Told(outline(workspace), tuple(workspace.sources), _problems(recipe))


def _problems(recipe: Recipe) -> list[str]:
    return [str(one) for one in plugins_of(recipe).problems]


def mapped(
    recipe: Recipe, names: Names, choice: Choice, chunk: Chunk
) -> list[Made | Faulty | None]:
    """What a side makes of the events of a chunk."""
    side, found = one_side(recipe, names, choice), list[Made | Faulty | None]()
    for item in chunk:
        one = event(item)
        if one is None or isinstance(one, Faulty):
            found.append(one)
        else:
            found.append(
                {name: pack(made) for name, made in side.results(one, item.source, item.answers)}
            )
    return found


def reasons(
    recipe: Recipe, names: Names, choice: Choice, asked: Sequence[tuple[Item, Name]]
) -> list[str]:
    """Why events do not get to mappings of a side."""
    side, found = one_side(recipe, names, choice), list[str]()
    for item, name in asked:
        one = event(item)
        found.append(side.absence(name, one, item.source) if isinstance(one, dict) else "")
    return found


def generated(recipe: Recipe, number: int, seed: int) -> Chunk:
    """Events made up for the mappings of a side."""
    return [*made_up(opened(recipe), number, seed)]


def begin() -> None:
    """Let only the first process answer to Ctrl-C, and only it print."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)


# What the first process does with the others.


def pool(stack: ExitStack, workers: int) -> ProcessPoolExecutor:
    """Processes that end with the stack."""
    found = ProcessPoolExecutor(workers, get_context("spawn"), begin)
    stack.callback(found.shutdown, wait=True, cancel_futures=True)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # so are they born, deaf to Ctrl-C
    try:
        for _ in range(workers):
            found.submit(int)
    finally:
        signal.signal(signal.SIGINT, before)
    return found


def cores() -> int:
    """How many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Together:
    """Both sides in one process, or in each of several that share the events."""

    old: Recipe
    new: Recipe
    choice: Choice
    workers: int = field(default_factory=cores)

    @cached_property
    def _catalogue(self) -> Catalogue:
        return load_plugins(folder=self.new.plugins, block=self.new.block)

    @cached_property
    def _workspaces(self) -> tuple[Workspace, Workspace]:
        """Both sides, the new one first. Raises ConfigError."""
        return read(self.new.file, self._catalogue), read(self.old.file, self._catalogue)

    @cached_property
    def _comparison(self) -> Comparison:
        new, old = self._workspaces
        return compared(old, new, self.choice)

    @property
    def partly(self) -> Collection[Name]:
        """The mappings of which answers are needed to see every request."""
        return self._comparison.plan.partly

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong with the plugins."""
        return [str(one) for one in self._catalogue.problems]

    @property
    def sources(self) -> Sequence[str]:
        """The sources of both sides."""
        return [*dict.fromkeys(name for one in self._workspaces for name in one.sources)]

    @property
    def names(self) -> Sequence[Name]:
        """The mappings of both sides."""
        return [one.name for side in self._workspaces for one in outline(side)]

    def made_up(self, number: int, seed: int) -> Iterator[Item]:
        """Events made up for the mappings of both sides."""
        return renumbered(made_up(one, number, seed) for one in self._workspaces)

    def run(self, found: Iterator[Chunk], advance: Advance) -> Report:
        """Compare the events of these chunks."""
        here = self._comparison
        if not here.plan.pairs:  # nothing can differ
            return here.report()
        for chunk in islice(found, FEW if self.workers > 1 else None):
            see(here, chunk)
            advance(len(chunk))
        rest = next(found, None)
        if rest is not None:
            self._share(here.tally, chain([rest], found), advance)
        return here.report()

    def _share(self, tally: Tally, found: Iterable[Chunk], advance: Advance) -> None:
        with ExitStack() as stack:
            processes = pool(stack, self.workers)
            sent = (
                (len(chunk), processes.submit(tallied, self.old, self.new, self.choice, chunk))
                for chunk in found
            )
            for size, future in ahead(sent, 2 * self.workers + 1):
                tally.merge(result(future), self.choice.examples)
                advance(size)


class Separate:
    """A side in a process each; what they make is compared here."""

    def __init__(self, stack: ExitStack, old: Recipe, new: Recipe, choice: Choice) -> None:
        self._sides = [(pool(stack, 1), recipe) for recipe in (old, new)]
        self._choice = choice
        futures = [process.submit(told, recipe) for process, recipe in self._sides]
        answers = [result(one) for one in futures]
        for one in answers:
            if one.error:
                raise SideError("\n".join([*one.problems, one.error]))
        self.problems: Sequence[str] = [why for one in answers for why in one.problems]
        self.sources = [*dict.fromkeys(name for one in answers for name in one.sources)]
        self.names: Sequence[Name] = [entry.name for one in answers for entry in one.entries]
        entries = [one.entries for one in answers]
        whole = plan(*entries, connection=choice.connection, mapping=choice.mapping)
        self._apart = Apart(whole, choice.examples)
        self.partly: Collection[Name] = whole.partly
        self._shown = [tuple(one.items()) for one in (whole.old, whole.new)]

    def made_up(self, number: int, seed: int) -> Iterator[Item]:
        """Events made up for the mappings of both sides."""
        return renumbered(
            result(process.submit(generated, recipe, number, seed))
            for process, recipe in self._sides
        )

    def run(self, found: Iterator[Chunk], advance: Advance) -> Report:
        """Compare the events of these chunks."""
        for chunk, futures in ahead(((chunk, self._map(chunk)) for chunk in found), 3):
            self._count(chunk, [result(one) for one in futures])
            advance(len(chunk))
        return self._apart.report()

    def _map(self, chunk: Chunk) -> list["Future[list[Made | Faulty | None]]"]:
        return [
            process.submit(mapped, recipe, names, self._choice, chunk)
            for (process, recipe), names in zip(self._sides, self._shown, strict=True)
        ]

    def _count(self, chunk: Chunk, answers: Sequence[list[Made | Faulty | None]]) -> None:
        items, old, new = list[Item](), list[Made](), list[Made]()
        for item, one, other in zip(chunk, *answers, strict=True):
            if isinstance(one, Faulty):
                self._apart.tally.reject(one.line, one.why)
            elif isinstance(one, dict) and isinstance(other, dict):
                items.append(item)
                old.append(one)
                new.append(other)
        asked = self._apart.questions(old, new)
        before, after = self._ask(0, items, asked[0]), self._ask(1, items, asked[1])
        self._apart.count([one.text for one in items], old, new, before, after)

    def _ask(
        self, at: int, items: Sequence[Item], asked: Sequence[Question]
    ) -> dict[Question, str]:
        if not asked:
            return {}
        (process, recipe), names = self._sides[at], self._shown[at]
        given = [(items[place], name) for place, name in asked]
        said = result(process.submit(reasons, recipe, names, self._choice, given))
        return dict(zip(asked, said, strict=True))


def renumbered(found: Iterable[Iterable[Item]]) -> Iterator[Item]:
    """Items that came from several, each with a number of its own."""
    return (one._replace(line=at) for at, one in enumerate(chain.from_iterable(found), start=1))


def ahead(items: Iterable[T], number: int) -> Iterator[T]:
    """The items, so many of them begun before the first is given: work goes on meanwhile."""
    pending = deque[T]()
    for one in items:
        pending.append(one)
        if len(pending) > number:
            yield pending.popleft()
    yield from pending


def result(future: "Future[T]") -> T:
    """What another process made. Raises SideError where it is gone."""
    try:
        return future.result()
    except BrokenProcessPool:
        why = "a process that compared ended by itself; see what stands above, or its plugins"
        raise SideError(why) from None
