"""Loose plugins as they last worked: a file is imported anew, and stays as it was while it is wrong."""

import importlib
import os
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias

from segue import modules
from segue.cli.dev.files import packages
from segue.hooks import Trace
from segue.plugins import Catalogue, Watch, load_plugins


NOWHERE: Final = os.devnull

Limited: TypeAlias = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Version:
    """The modules that a file was imported as, by name; of a package all that are below it, too."""

    modules: Sequence[ModuleType]
    names: Mapping[str, ModuleType]

    def restore(self) -> Sequence[ModuleType]:
        """The modules, in the place of what was imported under their names since."""
        for name in _under(self.modules[0].__name__):
            del sys.modules[name]
        sys.modules.update(self.names)
        return self.modules


class Shelf:
    """The loose plugins of a folder. ``limited`` ends an import that takes too long, by an error."""

    def __init__(
        self,
        block: Collection[str],
        limited: Limited,
        *,
        trace: Trace | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._block, self._limited = block, limited
        self._trace, self._watch = trace, watch
        self._good: dict[Path, _Version] = {}

    def load(self, folder: Path | None) -> Catalogue:
        """Everything installed, and the files of a folder as they are now.

        One in which anything is wrong is among the problems, and offers what it did before.
        """
        made: dict[Path, _Version | BaseException] = {}
        with _anew(folder):
            found = self._load(folder, lambda file: self._import(file, made))
            faulty = {problem.plugin for problem in found.problems}
            wrong = {file for file in made if modules.title(file) in faulty}
            good = {file: one for file, one in made.items() if isinstance(one, _Version)}
            kept = {file: one for file, one in self._good.items() if file in wrong}
            self._good = {**{file: good[file] for file in good.keys() - wrong}, **kept}
            if not kept:
                return found
            standing = {**made, **kept}
            again = self._load(folder, lambda file: _stand(standing[file]))
        problems = {str(one): one for one in (*found.problems, *again.problems)}
        return replace(again, problems=tuple(problems.values()))

    def _load(
        self, folder: Path | None, loose: Callable[[Path], Iterable[ModuleType]]
    ) -> Catalogue:
        return load_plugins(
            folder=folder, block=self._block, loose=loose, trace=self._trace, watch=self._watch
        )

    def _import(
        self, file: Path, made: dict[Path, _Version | BaseException]
    ) -> Sequence[ModuleType]:
        try:
            with self._limited():
                found = list(modules.loose(file))
        except BaseException as error:
            made[file] = error
            raise
        made[file] = _Version(found, _under(found[0].__name__))
        return found


def _stand(made: _Version | BaseException) -> Sequence[ModuleType]:
    """A file as it was imported before; raises what that raised."""
    if isinstance(made, BaseException):
        raise made
    return made.restore()


def _under(name: str) -> dict[str, ModuleType]:
    return {
        one: module
        for one, module in sys.modules.items()
        if one == name or one.startswith(f"{name}.")
    }


def _forget(folder: Path) -> None:
    """Have Python import again what is in a folder and in its packages."""
    alone, below = _spelled([folder]), _spelled(packages(folder))
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "").absolute()
        if file.parent in alone or not below.isdisjoint(file.parents):
            del sys.modules[name]


def _spelled(folders: Iterable[Path]) -> frozenset[Path]:
    return frozenset(path for one in folders for path in (one.absolute(), one.resolve()))


@contextmanager
def _anew(folder: Path | None) -> Generator[None]:
    """Have Python read every file of a folder again, and none of what it compiled of one before.

    It tells a compiled file by the second in which its source was written, and people save twice in one.
    """
    if folder is not None:
        _forget(folder)
    importlib.invalidate_caches()
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = NOWHERE, True
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before
