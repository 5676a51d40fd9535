"""Changing the workspace file: an edit of what someone looked at, or the reason why it is not made."""

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from segue.console.answers import Tone
from segue.console.reading import Reader, Reading
from segue.console.visit import Who
from segue.errors import ConfigError, Problem, pointer
from segue.json import MISSING
from segue.workspace import saving, yaml
from segue.workspace.editing import Document, EditError
from segue.workspace.versions import HistoryError, Versions


Change: TypeAlias = Callable[[Document], None]

ROOM: Final = "make room on its disk, then save again"
RIGHTS: Final = "whoever runs Segue has to let it be written"
REMEDIES: Final[Mapping[int, str]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), RIGHTS),
}
"""What to do where a file cannot be written, by the number of the error."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The file holds the edit. ``note`` is what went wrong beside it: its version was not kept, or nobody goes by it yet."""

    revision: str
    note: str = ""

    @property
    def tone(self) -> Tone:
        """How to say it."""
        return "warn" if self.note else "good"

    def told(self, said: str) -> str:
        """What was saved, in a sentence, and the note."""
        return f"{said} {self.note}".strip()


@dataclass(frozen=True, slots=True)
class Conflict:
    """The file is not what was edited: this is its text now, "" where it is gone."""

    text: str
    revision: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The edited file would be wrong, or it cannot be written. ``text`` is what it would have been."""

    problems: tuple[Problem, ...]
    text: str = ""


Outcome: TypeAlias = Saved | Conflict | Refused


def save(
    reader: Reader, versions: Versions, revision: str, change: Change | str, who: Who, why: str
) -> Outcome:
    """Make one edit of the revision that someone looked at, check it, and write it.

    Blocks: call it in a thread. ``change`` may be a whole text instead. ``why`` says what was
    changed, for the history.
    """
    before = reader.read()
    if before.revision != revision:
        return Conflict(before.text, before.revision)
    made = yaml.read(change) if isinstance(change, str) else edited(before, change)
    if isinstance(made, Refused):
        return made
    judged = reader.judge(made)
    if judged.workspace is None:
        return Refused(judged.problems, made.text)
    return _write(reader, versions, (before.text, made.text), revision, (who.name, why))


def edited(before: Reading, change: Change) -> yaml.Document | Refused:
    """What a file says after an edit."""
    known = MISSING if before.workspace is None else dict(before.raw)
    try:
        document = Document(before.text, known)
        change(document)
    except EditError as error:
        return Refused((Problem(pointer(*error.path), error.reason),), before.text)
    except ConfigError as error:
        return Refused(tuple(error.problems), before.text)
    return document.read()


def _write(
    reader: Reader, versions: Versions, texts: tuple[str, str], revision: str, by: tuple[str, str]
) -> Outcome:
    (before, after), (author, why) = texts, by
    try:
        now = saving.save(reader.file, after, expected=revision)
    except saving.ConflictError as conflict:
        return Conflict(conflict.now, conflict.revision)
    except OSError as error:
        why = f"the file cannot be written: {error.strerror or error}"
        return Refused((Problem("", why, REMEDIES.get(error.errno or 0)),), after)
    reader.forget()
    try:
        versions.saved(before, after, author=author, message=why)
    except HistoryError as error:
        return Saved(now, f"Its version was not kept: {error}")
    return Saved(now)
