"""What ``segue serve`` is made of as it is now: plugins and functions that are wrong stay as they last worked."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from segue import modules
from segue.cli.dev.files import Roots, Stamps, changed, scan
from segue.cli.dev.shelf import Shelf
from segue.cli.dev.wrong import Wrong, wrongs
from segue.cli.patience import PATIENT, Patience, interrupt
from segue.cli.setup import Setup, tracing
from segue.errors import PluginError
from segue.functions.library import Library
from segue.plugins import Catalogue, Plugin
from segue.server.reload import Stamp, stamp
from segue.workspace import Workspace, functions_folder, named_folder
from segue.workspace.compiler import Compiler


log: Final = logging.getLogger("segue.plugins")


class Live:
    """The workspace of a server with its loose plugins, which are imported anew when they change."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._shelf = (
            setup,
            Shelf(setup.block, nullcontext, trace=tracing(), watch=self._watch),
        )
        self._library, self._compiler = Library(lasting=True), Compiler()
        self._catalogue: Catalogue | None = None
        self._stamps: Stamps = {}
        self._versions: Mapping[str, str] = {}
        self._wrong: Sequence[Wrong] = ()
        self._named: tuple[Stamp, str | None] | None = None

    def load(self) -> Workspace:
        """The workspace as its files are now. Raises ConfigError."""
        catalogue = self._taken_up()
        workspace = self._setup.load(catalogue, self._library, self._compiler)
        self._tell([*catalogue.problems, *self._functions(catalogue)])
        if not self._versions:
            return workspace
        versions = "\n".join([workspace.revision, *self._versions.values()])
        return replace(workspace, revision=sha256(versions.encode()).hexdigest()[:12])

    def catalogue(self) -> Catalogue:
        """What is installed, with loose plugins as their files are now."""
        return self._taken_up()

    def stamps(self) -> Stamps:
        """The files of loose plugins, as they are at this moment."""
        folder = self._folder
        return {} if folder is None else scan(Roots([folder], []))

    def notes(self) -> list[str]:
        """Which files are not in force as they are now. Why is in the log: it may be private."""
        return [
            f"{_place(one)} is wrong and left as it last worked; the log says why"
            for one in self._wrong
        ]

    @property
    def _folder(self) -> Path | None:
        folder = self._setup.plugins_dir or self._own()
        return folder if folder is not None and folder.is_dir() else None

    def _own(self) -> Path | None:
        """The folder that the workspace names; a large file is read for it when it has changed, not at every look."""
        file = self._setup.file
        now = stamp(file)
        if self._named is None or self._named[0] != now:
            self._named = now, named_folder(file, "plugins")
        name = self._named[1]
        return None if name is None else file.parent / name

    def _watch(self, plugin: Plugin) -> AbstractContextManager[None]:
        """At the start as for every command; a server that runs gives up the import, not itself."""
        patience = PATIENT if self._catalogue is None else Patience(log.warning, interrupt)
        return patience.watch(plugin)

    def _taken_up(self) -> Catalogue:
        """Everything installed; loose files are imported again if any of them has changed."""
        now = self.stamps()
        if self._catalogue is not None and not changed(self._stamps, now):
            return self._catalogue
        found = self._shelf.load(self._folder)
        if self._catalogue is None:
            self._setup.remark(found)
        faulty = {one.plugin for one in found.problems}
        fresh = dict(_versions(self._folder, now))
        kept = {name: one for name, one in self._versions.items() if name in faulty}
        self._versions = dict(sorted({**fresh, **kept}.items()))
        self._catalogue, self._stamps = found, now
        return found

    def _functions(self, catalogue: Catalogue) -> Sequence[PluginError]:
        folder = functions_folder(self._setup.file)
        if folder is None:
            return ()
        return self._library.extend(catalogue, folder).problems[len(catalogue.problems) :]

    def _tell(self, problems: Sequence[PluginError]) -> None:
        before, self._wrong = self._wrong, [one for error in problems for one in wrongs(error)]
        for one in self._wrong:
            if one not in before:
                log.error("a plugin or function is wrong, and left as it last worked: %s", one)


def _place(one: Wrong) -> str:
    return ":".join(str(part) for part in (one.file or "a plugin", one.line) if part is not None)


def _versions(folder: Path | None, files: Stamps) -> Iterator[tuple[str, str]]:
    """What tells each loose plugin from what it was, by its name: a hash of all of its files."""
    for file in modules.files(folder):
        whole = sha256()
        mine = [one for one in sorted(files) if one == file or _is_below(one, file)]
        for one in mine:
            whole.update(one.read_bytes() if one.exists() else b"")
        yield modules.title(file), whole.hexdigest()


def _is_below(one: Path, file: Path) -> bool:
    return file.name == "__init__.py" and file.parent in one.parents
