"""Collecting everything that is wrong with one file, each with its place."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from segue.errors import Problem, TriggerError
from segue.workspace.places import Places


_COMMENT: Final = 'in YAML " #" begins a comment: put the whole trigger in quotes'


class Report:
    """The problems of a file, which keep it from loading, and notes, which do not.

    What has been refused once is not refused again by a later check of the same value.
    """

    def __init__(self, places: Places, problems: Iterable[Problem] = ()) -> None:
        self._places = places
        self._problems = list(problems)
        self._notes: list[Problem] = []
        self._refused = {problem.pointer for problem in self._problems}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        return _sorted(self._problems)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        return _sorted(self._notes)

    def add(
        self, pointer: str, message: str, hint: str | None = None, *, key: bool = False
    ) -> None:
        """Refuse the value at ``pointer``, or its key."""
        place = self._places.find(pointer, key=key)
        self._refuse([Problem(pointer, message, hint, *place)])

    def nest(self, prefix: str, problems: Iterable[Problem], *, keys: Collection[str] = ()) -> None:
        """Take over the problems of a value that stands at ``prefix``.

        ``keys`` are pointers into it whose problem is the key and not its value.
        """
        self._refuse([self._placed(one, prefix, key=one.pointer in keys) for one in problems])

    def misread(self, pointer: str, error: TriggerError) -> None:
        """Refuse a trigger, at the very character where the file shows its text as it is."""
        source = self._places.source(pointer)
        quote = next(
            (mark for mark in ("", "'", '"') if source.startswith(mark + error.text)), None
        )
        line, column = self._places.find(pointer)
        if quote is not None:
            column += len(quote) + error.offset
        if quote == "" and source[len(error.text) :].lstrip().startswith("#"):
            error = TriggerError(error.text, error.offset, error.reason, hint=_COMMENT)
        self._refuse([Problem(pointer, str(error), None, line, column)])

    def note(self, pointer: str, message: str, hint: str | None = None) -> None:
        """Say something about a key that is allowed but probably not meant."""
        self._notes.append(Problem(pointer, message, hint, *self._places.find(pointer, key=True)))

    def refused(self, pointer: str) -> bool:
        """Whether something is wrong with the value at ``pointer`` itself."""
        return pointer in self._refused

    def _placed(self, problem: Problem, prefix: str, *, key: bool) -> Problem:
        where = prefix + problem.pointer
        line, column = self._places.find(where, key=key)
        return replace(problem, pointer=where, line=line, column=column)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        self._problems += [one for one in problems if one.pointer not in self._refused]
        self._refused.update(one.pointer for one in problems)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
