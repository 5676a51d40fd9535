"""The workspace file as it stands on disk, read once for each time it changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from segue.dispatch import Dispatcher
from segue.errors import ConfigError, Problem
from segue.json import JsonObject, JsonValue
from segue.workspace import yaml
from segue.workspace.model import Workspace


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workspace file says: its text, what tells it from other texts, and what was made of it.

    ``raw`` is its value with nothing filled in. Without a ``workspace`` there are ``problems``, each
    with its line.
    """

    text: str
    revision: str
    workspace: Workspace | None
    problems: tuple[Problem, ...] = ()
    dispatcher: Dispatcher | None = field(default=None, repr=False, compare=False)
    raw: JsonObject = field(default_factory=dict[str, JsonValue], repr=False, compare=False)

    def connection(self, name: str) -> JsonObject:
        """A connection as it stands in the file; empty if it does not."""
        several = self.raw.get("connections")
        found = several.get(name) if isinstance(several, Mapping) else None
        return found if isinstance(found, Mapping) else {}


@dataclass
class Reader:
    """Reads the file when it, or a secret, has changed.

    ``parse`` makes a workspace of the text of a file, with what the file only names filled in; it
    raises ConfigError. ``beside`` are files whose change matters too, ``others`` tells that something
    else has changed by being another value.
    """

    file: Path
    parse: Callable[[str], Workspace]
    beside: tuple[Path, ...] = ()
    others: Callable[[], object] = tuple
    _stamp: tuple[object, ...] | None = field(default=None, repr=False)
    _last: Reading | None = field(default=None, repr=False)

    def read(self) -> Reading:
        """The file at this moment. It is slow when it has changed: call it in a thread."""
        stamp = self._look()
        if self._last is None or stamp != self._stamp:
            self._stamp, self._last = stamp, self._make()
        return self._last

    def forget(self) -> None:
        """Read again the next time, whatever it looks like."""
        self._last = None

    def _make(self) -> Reading:
        try:
            data = self.file.read_bytes()
        except OSError as error:
            problem = Problem("", f"the workspace cannot be read: {error.strerror}")
            return Reading("", "", None, (problem,))
        text, revision = data.decode(errors="replace"), sha256(data).hexdigest()
        if text.encode() != data:
            return Reading(text, revision, None, (Problem("", "the file is not UTF-8 text"),))
        try:
            workspace = replace(self.parse(text), file=self.file)
        except ConfigError as error:
            return Reading(text, revision, None, tuple(error.problems))
        return Reading(text, revision, workspace, (), Dispatcher(workspace), _raw(text))

    def _look(self) -> tuple[object, ...]:
        return (self.others(), *(_stamp(file) for file in (self.file, *self.beside)))


def _raw(text: str) -> JsonObject:
    value = yaml.read(text).value
    return value if isinstance(value, Mapping) else {}


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
