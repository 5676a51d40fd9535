"""The files that are watched, and which of them have changed."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias


Stamp: TypeAlias = tuple[int, int, int]
Stamps: TypeAlias = Mapping[Path, Stamp]
"""Each file with what is another when it was written: time, size and number."""

_LEFTOVERS: Final = ("~", ".swp", ".swx", ".tmp", ".bak", ".pyc")


@dataclass(frozen=True, slots=True)
class Roots:
    """What is watched: all that is in some folders, and some files."""

    folders: Sequence[Path]
    files: Sequence[Path]


def scan(roots: Roots) -> Stamps:
    """The files there are at this moment."""
    found = [*roots.files, *(file for folder in roots.folders for file in _below(folder))]
    stamps = ((file, _stamp(file)) for file in found)
    return {file: stamp for file, stamp in stamps if stamp is not None}


def changed(before: Stamps, after: Stamps) -> list[Path]:
    """The files that are new, gone or written anew, in order of their names."""
    return sorted(file for file in {*before, *after} if before.get(file) != after.get(file))


def packages(folder: Path) -> list[Path]:
    """The folders in a folder that are plugins; there may be whole projects beside them."""
    return [one.parent for one in folder.glob("*/__init__.py")]


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and its packages but what is hidden, compiled, or an editor's own."""
    yield from _kept(folder, (one.name for one in folder.glob("*") if one.is_file()))
    for package in packages(folder):
        for place, folders, names in os.walk(package):
            folders[:] = [one for one in folders if not one.startswith((".", "__pycache__"))]
            yield from _kept(Path(place), names)


def _kept(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        if not name.startswith(".") and not name.endswith(_LEFTOVERS):
            yield folder / name


def _stamp(file: Path) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
