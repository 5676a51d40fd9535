"""The workspace file as it stands on disk, read once for each time it changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock

from segue.dispatch import Dispatcher
from segue.errors import ConfigError, Problem
from segue.json import JsonObject, JsonValue, Missing
from segue.workspace import yaml
from segue.workspace.model import Workspace
from segue.workspace.schemas import named_files


@dataclass(frozen=True)
class Reading:
    """What a workspace file says: its text, what tells it from other texts, and what was made of it.

    ``raw`` is its value with nothing filled in. Without a ``workspace`` there are ``problems``, each
    with its line.
    """

    text: str
    revision: str
    workspace: Workspace | None
    problems: tuple[Problem, ...] = ()
    raw: JsonObject = field(default_factory=dict[str, JsonValue], repr=False, compare=False)

    @cached_property
    def dispatcher(self) -> Dispatcher | None:
        """What goes where. It is slow to be made: ask for it in a thread first."""
        return None if self.workspace is None else Dispatcher(self.workspace)

    def connection(self, name: str) -> JsonObject:
        """A connection as it stands in the file; empty if it does not."""
        several = self.raw.get("connections")
        found = several.get(name) if isinstance(several, Mapping) else None
        return found if isinstance(found, Mapping) else {}


@dataclass
class Reader:
    """Reads the file when it, or a secret, has changed.

    ``parse`` makes a workspace of what YAML makes of the file, with what it only names filled in; it
    raises ConfigError. ``beside`` are files whose change matters too, ``others`` tells that something
    else has changed by being another value.
    """

    file: Path
    parse: Callable[[yaml.Document], Workspace]
    beside: tuple[Path, ...] = ()
    others: Callable[[], object] = tuple
    _stamp: object = field(default=None, repr=False)
    _last: Reading | None = field(default=None, repr=False)
    _tried: tuple[object, Reading] | None = field(default=None, repr=False)
    _alone: Lock = field(default_factory=Lock, repr=False)

    def read(self) -> Reading:
        """The file at this moment. It is slow when it has changed: call it in a thread."""
        with self._alone:
            if self._last is None or self._stamp != (
                _stamp(self.file),
                self._around(self._last.raw),
            ):
                self._stamp, self._last = self._make()
            return self._last

    def judge(self, document: yaml.Document) -> Reading:
        """What the file would say with another text. Where it holds that next, this is its reading."""
        around = self._around(_members(document.value))
        found = self._reading(document, _revision(document.text.encode()))
        with self._alone:
            self._tried = around, found
        return found

    def forget(self) -> None:
        """Read again the next time, whatever it looks like."""
        with self._alone:
            self._last = None

    def _make(self) -> tuple[object, Reading]:
        """The reading of the file, and what it and all around it were when it was read."""
        stamp = _stamp(self.file)
        try:
            data = self.file.read_bytes()
        except OSError as error:
            problem = Problem("", f"the workspace cannot be read: {error.strerror}")
            return (stamp, self._around({})), Reading("", "", None, (problem,))
        text, revision = data.decode(errors="replace"), _revision(data)
        if text.encode() != data:
            problem = Problem("", "the file is not UTF-8 text")
            return (stamp, self._around({})), Reading(text, revision, None, (problem,))
        known, tried = self._tried or (None, None)
        if tried is not None and tried.revision == revision and known == self._around(tried.raw):
            return (stamp, known), tried
        document = yaml.read(text)
        around = self._around(_members(document.value))
        return (stamp, around), self._reading(document, revision)

    def _reading(self, document: yaml.Document, revision: str) -> Reading:
        text, raw = document.text, _members(document.value)
        try:
            workspace = replace(self.parse(document), file=self.file)
        except ConfigError as error:
            return Reading(text, revision, None, tuple(error.problems), raw)
        return Reading(text, revision, workspace, (), raw)

    def _around(self, raw: JsonObject) -> object:
        """All but the file that its reading depends on, as it is at this moment: schemas that it names, too."""
        schemas = named_files(raw, self.file.parent)
        return (self.others(), *map(_stamp, (*self.beside, *schemas)))


def _members(value: JsonValue | Missing) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _revision(data: bytes) -> str:
    return sha256(data).hexdigest()


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
