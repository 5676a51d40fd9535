"""A workspace file on disk: read with its revision, and saved only over the revision that was read."""

import fcntl
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from segue.errors import SegueError


class Saved(NamedTuple):
    """The text of a file and its ``revision``, by which a later save knows that it is still so."""

    text: str
    revision: str


class ConflictError(SegueError):
    """The file is no longer what was read. ``now`` is its text, "" where it is gone; ``revision`` is that of it."""

    def __init__(self, now: str, revision: str = "") -> None:
        self.now, self.revision = now, revision
        super().__init__(now, revision)

    def __str__(self) -> str:
        return "the file was changed on disk since it was read; read it again, and edit that"


def revision(text: str) -> str:
    """What tells a text from any other: the SHA-256 of its bytes, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def read(path: Path) -> Saved:
    """Read a file as it is, line breaks included. Raises OSError, and UnicodeError if it is not UTF-8."""
    data = path.read_bytes()
    return Saved(data.decode(), sha256(data).hexdigest())


def save(path: Path, text: str, *, expected: str) -> str:
    """Let a file hold a text, at once and whole; returns its revision.

    A link is followed; mode and owner stay. ``expected`` is the revision that was edited. Raises
    ConflictError if the file has another one by now, of two who save at once for the second; OSError
    where it cannot be written.
    """
    file = path.resolve()
    with _alone(file.parent):
        _check(file, expected)
        if not writable(file):
            raise PermissionError(13, "the file is not to be written", str(path))
        _replace(file, text.encode())
    return revision(text)


def writable(path: Path) -> bool:
    """Whether a file may be saved: it and its folder are writable, and it is not marked read-only."""
    file = path.resolve()
    try:
        marked = not file.stat().st_mode & 0o222  # root may write it all the same, and should not
    except OSError:
        return False
    return not marked and os.access(file, os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One saver in a folder at a time, in whatever process; the lock leaves no file behind."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _check(file: Path, expected: str) -> None:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise ConflictError("") from None
    found = sha256(data).hexdigest()
    if found != expected:
        raise ConflictError(data.decode(errors="replace"), found)


def _replace(file: Path, data: bytes) -> None:
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)  # of a save that was cut off; nobody else saves now
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            _liken(stream.fileno(), file.stat())
            os.fsync(stream.fileno())
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    _settle(file.parent)


def _liken(handle: int, like: os.stat_result) -> None:
    with suppress(PermissionError):  # only root gives files away
        os.fchown(handle, like.st_uid, like.st_gid)
    os.fchmod(handle, stat.S_IMODE(like.st_mode))


def _settle(folder: Path) -> None:
    """Have the new name itself on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
