"""What there is to try at one moment: the catalogue and the workspace, each as it last worked."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from segue.cli.dev.events import Choice
from segue.cli.dev.events import read as read_event
from segue.cli.dev.files import Roots
from segue.cli.dev.shelf import Shelf
from segue.cli.dev.stand_in import settings
from segue.cli.dev.wrong import Wrong, wrongs
from segue.errors import SegueError
from segue.functions.library import Library
from segue.functions.model import FunctionFile
from segue.functions.offering import FunctionAction
from segue.json import JsonValue
from segue.plugins import AnyAction, Catalogue
from segue.vault import find_secrets, secret_files
from segue.workspace import (
    ActionMapping,
    Connection,
    Workspace,
    functions_folder,
    load_workspace,
    plugins_folder,
)


NOWHERE: Final = "(no connection)"


@dataclass(frozen=True, slots=True)
class Subject:
    """An action as one mapping uses it, or by itself with its defaults.

    ``homes`` are the files and folders that it is made of.
    """

    name: str
    connection: Connection
    mapping: ActionMapping
    homes: frozenset[Path] = frozenset()

    def made_of(self, file: Path) -> bool:
        """Whether a file is part of it."""
        return not self.homes.isdisjoint((file, *file.parents))


@dataclass(frozen=True, slots=True)
class State:
    """What there is to try, by name, and what is wrong with the files; and the event of a file."""

    subjects: Mapping[str, Subject]
    problems: Sequence[Wrong]
    event: Choice | None = None

    @property
    def functions(self) -> frozenset[FunctionFile]:
        """The function files that are run for the subjects."""
        actions = (one.mapping.action for one in self.subjects.values())
        files = {one.file for one in actions if isinstance(one, FunctionAction)}
        inserts = (one.connection.functions for one in self.subjects.values())
        return frozenset({*files, *(insert.file for some in inserts for insert in some)})


class Project:
    """The files of a workspace, its plugins and functions, and one with an event.

    ``data`` is where secrets are, ``plugins`` a folder named elsewhere.
    """

    def __init__(
        self,
        file: Path,
        data: Path,
        shelf: Shelf,
        *,
        plugins: Path | None = None,
        event: Path | None = None,
    ) -> None:
        self._file, self._data, self._shelf, self._event = file, data, shelf, event
        self._given: Choice | None = None
        self._named = self._plugins = plugins
        self._library = Library(lasting=True)
        self._workspace: Workspace | None = None
        self._functions: Path | None = None
        self._find()

    @property
    def roots(self) -> Roots:
        """What is watched."""
        folders = [one for one in (self._plugins, self._functions) if one is not None]
        files = (self._file, *secret_files(self._data), self._event)
        return Roots(folders, [one for one in files if one is not None])

    def load(self) -> State:
        """Everything as it is now; what is wrong stays as it was."""
        self._find()
        plugins = self._plugins if self._plugins and self._plugins.is_dir() else None
        installed = catalogue = self._shelf.load(plugins)
        if self._functions is not None and self._functions.is_dir():
            catalogue = self._library.extend(installed, self._functions)
        problems = [wrong for one in catalogue.problems for wrong in wrongs(one)]
        readers: list[Callable[[], None]] = [partial(self._read, installed), self._hear]
        for read in readers:
            try:
                read()
            except SegueError as error:
                problems += wrongs(error)
        mapped = [*_mapped(self._workspace, catalogue)]
        used = {one.mapping.action.name for one in mapped}
        loose = [one for one in _loose(catalogue, self.roots.folders) if one.name not in used]
        return State({one.name: one for one in (*mapped, *loose)}, problems, self._given)

    def _find(self) -> None:
        """The folders that the file names; those it named before where it cannot be read."""
        self._plugins = self._named or plugins_folder(self._file) or self._plugins
        self._functions = functions_folder(self._file) or self._functions

    def _read(self, catalogue: Catalogue) -> None:
        """The workspace. Raises SegueError."""
        if not self._file.exists():
            self._workspace = None
            return
        self._workspace = load_workspace(
            self._file,
            catalogue,
            environ=os.environ,
            secrets=find_secrets(self._data, os.environ),
            library=self._library,
        )

    def _hear(self) -> None:
        """The event. Raises EventError."""
        if self._event is not None and self._event.exists():
            self._given = read_event(self._event.read_bytes(), str(self._event))


def _mapped(workspace: Workspace | None, catalogue: Catalogue) -> Iterator[Subject]:
    """Every mapping in force."""
    for connection in workspace.connections.values() if workspace else ():
        inserts = {one.file.path.resolve() for one in connection.functions}
        for mapping in connection.mappings if connection.enabled else ():
            if mapping.enabled:
                homes = frozenset({*inserts, *_homes(mapping.action, catalogue)})
                yield Subject(f"{connection.name}/{mapping.name}", connection, mapping, homes)


def _loose(catalogue: Catalogue, folders: Sequence[Path]) -> Iterator[Subject]:
    """Every action of a watched file, with its defaults and made-up settings."""
    watched = {folder.resolve() for folder in folders}
    for action in catalogue.actions.values():
        homes = _homes(action, catalogue)
        if any(not watched.isdisjoint(home.parents) for home in homes):
            destination = action.destination
            given: Mapping[str, JsonValue] = settings(destination.settings)
            connection = Connection(NOWHERE, destination, given, ("dev",))
            yield Subject(action.name, connection, ActionMapping.of(action), homes)


def _homes(action: AnyAction, catalogue: Catalogue) -> frozenset[Path]:
    """The file that an action is in, the whole folder of a package; none of what is installed."""
    if isinstance(action, FunctionAction):
        return frozenset({action.file.path.resolve()})
    plugin = catalogue.origins.get(action.name)
    if plugin is None or plugin.version is not None or not str(plugin.file).endswith(".py"):
        return frozenset()
    file = Path(str(plugin.file)).resolve()
    return frozenset({file.parent if file.name == "__init__.py" else file})
