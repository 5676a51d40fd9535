"""What is wrong with a file, in one sentence that an editor can follow to its place."""

import re
from dataclasses import dataclass
from typing import Final

from segue.errors import ConfigError, PluginError, Problem, SegueError


# How the process that reads function files names a line.
_LINE: Final = re.compile(r"\bline (\d+)\b")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong. ``line`` and ``column`` count from 1."""

    reason: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = [str(one) for one in (self.file, self.line, self.column) if one is not None]
        return ": ".join([":".join(place), self.reason] if place else [self.reason])


def wrongs(error: SegueError) -> list[Wrong]:
    """All that an error tells of."""
    match error:
        case ConfigError():
            return [_of_problem(one, error.file) for one in error.problems]
        case PluginError(reason=reason, file=file, line=line):
            named = _LINE.search(reason)
            return [Wrong(reason, file, line or (int(named[1]) if named else None))]
        case _:
            return [Wrong(str(error))]


def _of_problem(problem: Problem, file: str | None) -> Wrong:
    """A problem without the lines below its message, which point into it with a caret."""
    subject = f"{problem.pointer}: " if problem.pointer else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    reason = f"{subject}{problem.message.partition(chr(10))[0]}{hint}"
    return Wrong(reason, file, problem.line, problem.column)
