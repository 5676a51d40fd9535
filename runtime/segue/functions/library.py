"""The function files of a folder, read once for each content they have."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from segue.destination import SLUG
from segue.errors import PluginError
from segue.functions.launch import Limits
from segue.functions.model import FunctionFile
from segue.functions.offering import FunctionAction, FunctionDestination, offer
from segue.functions.reading import Unread, read_files
from segue.plugins import Catalogue, Plugin


T = TypeVar("T")

VERSION: Final = 12
"""Hexadecimal digits of a file's hash that stand for its version."""


@dataclass(frozen=True, slots=True)
class _Offered:
    plugin: Plugin
    destination: FunctionDestination
    actions: Sequence[FunctionAction]

    @property
    def slug(self) -> str:
        return self.destination.slug


class Library:
    """Reads folders of function files. A file that is as it was is not read again.

    So what was made of it stays the same, and a workspace may be loaded again and again. With
    ``lasting`` a file that cannot be used any more is reported, and offers what it did before.
    """

    def __init__(self, limits: Limits | None = None, *, lasting: bool = False) -> None:
        self._limits, self._lasting = limits, lasting
        self._known: dict[tuple[Path, bytes], _Offered | Unread] = {}
        self._good: dict[Path, _Offered] = {}

    def extend(self, catalogue: Catalogue, folder: Path) -> Catalogue:
        """The catalogue with the functions of a folder; its problems tell of those left out.

        Raises PluginError if there is no such folder.
        """
        if not folder.is_dir():
            raise PluginError(folder.name, "there is no such folder", file=str(folder))
        found = self._read(sorted(folder.resolve().glob("[!_.]*.py")))
        taken = catalogue.destinations
        new = [one for one in self._usable(found) if one.slug not in taken]
        actions = {one.name: one for offered in new for one in offered.actions}
        origins = {one.name: offered.plugin for offered in new for one in offered.actions}
        return replace(
            catalogue,
            destinations=_sorted(taken, {one.slug: one.destination for one in new}),
            actions=_sorted(catalogue.actions, actions),
            plugins=(*catalogue.plugins, *(one.plugin for one in new)),
            problems=(*catalogue.problems, *_problems(found, taken)),
            origins={**catalogue.origins, **origins},
        )

    def _usable(self, found: Iterable[_Offered | Unread]) -> Iterator[_Offered]:
        for one in found:
            if isinstance(one, _Offered):
                self._good[one.destination.file.path] = one
                yield one
            elif self._lasting and one.path in self._good:
                yield self._good[one.path]

    def _read(self, paths: Sequence[Path]) -> list[_Offered | Unread]:
        keys = [(path, _digest(path)) for path in paths]
        fresh = [key for key in keys if key not in self._known]
        files = read_files([path for path, _ in fresh], self._limits)
        for key, file in zip(fresh, files, strict=True):
            self._known[key] = _checked(file, key[1])
        return [self._known[key] for key in keys]


def _checked(file: FunctionFile | Unread, digest: bytes) -> _Offered | Unread:
    if isinstance(file, Unread):
        return file
    if not SLUG.fullmatch(file.slug):
        return Unread(file.path, "its name should be letters, digits, _ or -, a letter first")
    plugin = Plugin(file.path.name, digest.hex()[:VERSION], str(file.path))
    return _Offered(plugin, *offer(file))


def _problems(
    found: Iterable[_Offered | Unread], taken: Mapping[str, object]
) -> Iterator[PluginError]:
    for one in found:
        if isinstance(one, Unread):
            yield PluginError(one.path.stem, one.reason, file=str(one.path))
        elif one.slug in taken:
            reason = f'a plugin offers a destination "{one.slug}" already; rename the file'
            yield PluginError(one.slug, reason, file=one.plugin.file)


def _digest(path: Path) -> bytes:
    try:
        return sha256(path.read_bytes()).digest()
    except OSError:  # told when it is read
        return b""


def _sorted(known: Mapping[str, T], new: Mapping[str, T]) -> Mapping[str, T]:
    return dict(sorted({**known, **new}.items()))
