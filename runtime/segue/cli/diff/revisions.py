"""The two sides of a difference: files, folders, or what git has of them."""

import posixpath
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import click

from segue.errors import ConfigError, Problem, SegueError
from segue.json import MISSING
from segue.workspace import yaml
from segue.workspace.schemas import named_files


BLOB: Final = "blob"
LARGEST: Final = 200_000_000
"""Bytes of all files that are taken out of a revision."""


class RevisionError(SegueError):
    """Git does not have what was asked for."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """One side as it was asked for: a file on disk, or a file of a revision.

    ``path`` of a revision is from the root of the repository on, ``file`` where the file is, or is
    to be looked for.
    """

    label: str
    file: Path
    revision: str = ""
    path: str = ""


def sides(old: str | None, new: str | None, file: Path) -> tuple[Origin, Origin]:
    """What is compared with what; ``file`` is the workspace that is meant where none is named.

    Without a name it is HEAD against the file on disk, with one name that against the file on disk;
    ``A..B`` names both, and ``A...B`` is B against where it left A.
    """
    if new is None and old and ".." in old and ":" not in old and not Path(old).exists():
        return _span(old, file)
    here = Origin(str(file), file)
    return (
        side(old, file) if old is not None else side("HEAD", file),
        here if new is None else side(new, file),
    )


def _span(text: str, file: Path) -> tuple[Origin, Origin]:
    apart = text.split("..." if "..." in text else "..", 1)
    if any(".." in one for one in apart):
        raise click.UsageError(f'"{text}" is no span of revisions; write OLD..NEW')
    before, after = (one or "HEAD" for one in apart)
    if "..." in text:
        folder = file.parent
        common = git(folder, "merge-base", *(commit(folder, one) for one in (before, after)))
        return _revised(common.decode().strip()[:12], file), _revised(after, file)
    return _revised(before, file), _revised(after, file)


def side(text: str, file: Path) -> Origin:
    """One side: a file or folder on disk, REV:PATH, or the workspace in a revision."""
    path = Path(text)
    if path.is_dir():
        return Origin(text, path / file.name)
    return Origin(text, path) if path.exists() else _revised(text, file)


def _revised(text: str, file: Path) -> Origin:
    revision, _, named = text.partition(":")
    try:
        prefix = git(file.parent, "rev-parse", "--show-prefix").decode().strip()
    except RevisionError as error:
        raise RevisionError(
            f'"{text}" is no file or folder, and no revision can be read here: {error}; '
            '"segue diff OLD.yaml NEW.yaml" compares two files'
        ) from None
    path = prefix + file.name
    if named:
        path = prefix + named[2:] if named.startswith("./") else named
    path = posixpath.normpath(path)
    if path.startswith(("/", "../")):
        raise RevisionError(f"{named} is outside of the repository")
    tree = f"{path}/{file.name}" if _type(file.parent, revision, path) == "tree" else path
    return Origin(text, file, commit(file.parent, revision), tree)


def _type(folder: Path, revision: str, path: str) -> str:
    name = f"{commit(folder, revision)}:{path}"
    try:
        return git(folder, "cat-file", "-t", name).decode().strip()
    except RevisionError:
        raise RevisionError(f"there is no {path} in {revision}") from None


def commit(folder: Path, revision: str) -> str:
    """The hash of a revision. Raises RevisionError."""
    try:
        name = git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")  # fmt: skip
    except RevisionError as error:
        why = str(error)
        hint = "" if why else "; it is no file, no folder, and git knows no such revision"
        raise RevisionError(why or f'nothing is called "{revision}"{hint}') from None
    return name.decode().strip()


def git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What git says. Raises RevisionError."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, input=given)  # noqa: S603 no shell
    except FileNotFoundError:
        raise RevisionError("git is not installed, or there is no such folder") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise RevisionError(said.partition("\n")[0])
    return done.stdout


def take_out(origin: Origin, folder: Path) -> Path:
    """The workspace file of a side; one of a revision is written below ``folder`` first.

    So is what it names: functions, plugins and schemas, each at its place in the repository.
    """
    if not origin.revision:
        return origin.file
    here = origin.file.parent
    found = _blobs(here, origin.revision, [origin.path])
    _write(here, found, folder)
    file = folder / origin.path
    if not file.is_file():
        raise RevisionError(f"{origin.path} is no file in {origin.label}")
    named = [one for one in _named(file, origin.path) if not one.startswith(("/", "../"))]
    if named:
        _write(here, _blobs(here, origin.revision, named), folder)
    return file


def _named(file: Path, path: str) -> Iterator[str]:
    """The paths in the repository that a workspace names."""
    try:
        value = yaml.read(file.read_text(encoding="utf-8")).value
    except UnicodeDecodeError:
        raise ConfigError([Problem("", "the file is not UTF-8 text")], file=path) from None
    if value is MISSING or not isinstance(value, Mapping):
        return
    base = PurePosixPath(path).parent
    folders = [value.get(key) for key in ("functions", "plugins")]
    texts = [one for one in folders if isinstance(one, str)]
    texts += [one.as_posix() for one in named_files(value, Path())]
    yield from (posixpath.normpath((base / one).as_posix()) for one in texts)


def _blobs(here: Path, revision: str, paths: Sequence[str]) -> dict[str, str]:
    """The files below these paths, each with the hash of what is in it. Links and modules are not."""
    listed = git(here, "ls-tree", "-r", "-z", "-l", "--full-tree", revision, "--", *paths)
    found: dict[str, str] = {}
    total = 0
    for row in filter(None, listed.split(b"\0")):
        head, _, name = row.partition(b"\t")
        mode, kind, number, size = head.split()
        if kind != BLOB.encode() or mode == b"120000":
            continue
        total += int(size)
        found[name.decode(errors="surrogateescape")] = number.decode()
    if total > LARGEST:
        raise RevisionError(f"the workspace names over {LARGEST // 10**6:,} MB of files")
    return found


def _write(here: Path, found: Mapping[str, str], folder: Path) -> None:
    """Write files below a folder, none of them anywhere else."""
    if not found:
        return
    answer = git(here, "cat-file", "--batch", given="\n".join(found.values()).encode() + b"\n")
    at = 0
    for name in found:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        target = folder / PurePosixPath(name)
        if ".." in PurePosixPath(name).parts or not target.resolve().is_relative_to(
            folder.resolve()
        ):
            raise RevisionError(f"{name} is no path")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[end + 1 : end + 1 + size])
        at = end + 2 + size
