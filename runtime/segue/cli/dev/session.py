"""One round after the other: load, preview, compare. Clock, files and keys are somebody else's."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from segue.cli.dev.comparing import Change, compare
from segue.cli.dev.events import Choice, choices
from segue.cli.dev.files import Stamps, changed
from segue.cli.dev.preview import Preview
from segue.cli.dev.state import State, Subject
from segue.cli.dev.wrong import Wrong
from segue.events import Event


Show: TypeAlias = Callable[[Subject, Event], Awaitable[Preview]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round has to tell: why it was, with which event, what changed, what is wrong.

    ``standing`` is how many subjects there are.
    """

    files: Sequence[Path]
    event: str
    changes: Sequence[Change]
    problems: Sequence[Wrong]
    standing: int


class Session:
    """Rounds over the same project.

    ``load`` gives what there is to try, ``stamps`` the files it is made of, ``show`` a preview.
    ``event`` is what comes before the samples where no file says another.
    ``state`` is what was loaded last.
    """

    def __init__(
        self,
        load: Callable[[], State],
        stamps: Callable[[], Stamps],
        show: Show,
        event: Choice | None = None,
    ) -> None:
        self._load, self._scan, self._show, self._event = load, stamps, show, event
        self._at = 0
        self.state = State({}, ())
        self._stamps: Stamps = {}
        self._before: Mapping[str, Preview] = {}

    async def start(self) -> Round:
        """The first round: all there is."""
        self._stamps = self._scan()
        self.state = self._load()
        return await self._round([])

    @property
    def is_stale(self) -> bool:
        """Whether a file has changed since the last round."""
        return self._scan() != self._stamps

    async def again(self) -> Round:
        """A round over what has changed."""
        after = self._scan()
        files = changed(self._stamps, after)
        self.state = self._load()
        self._stamps = {**self._scan(), **after}  # a folder may be watched from now on
        return await self._round(files)

    async def turn(self) -> Round:
        """A round with the next event, over everything there is."""
        self._at += 1
        self._before = {}
        return await self._round([])

    @property
    def _choices(self) -> list[Choice]:
        return choices(self.state.event or self._event)

    async def _round(self, files: Sequence[Path]) -> Round:
        choice = self._choices[self._at % len(self._choices)]
        subjects = self.state.subjects
        shown = (self._show(one, choice.pick(one.mapping)) for one in subjects.values())
        after = dict(zip(subjects, await asyncio.gather(*shown), strict=True))
        touched = {name for name, one in subjects.items() if _touched(one, files)}
        changes = compare(self._before, after, touched)
        self._before = after
        return Round(files, choice.name, changes, self.state.problems, len(after))


def _touched(subject: Subject, files: Sequence[Path]) -> bool:
    return any(subject.made_of(file.resolve()) for file in files)
