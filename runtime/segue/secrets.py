"""Where secrets are kept that the program was given itself, such as refresh tokens.

Each is a file that only its owner can read. One that is written is written whole: before and after
a crash there is the old or the new one.
"""

import asyncio
import fcntl
import os
import stat
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from segue.errors import StoreUnavailableError
from segue.json import JsonError, JsonObject, decode, encode


TOKENS: Final = "tokens"
"""The folder of the data directory that tokens are kept in."""

PAUSE: Final = 0.05


class Secrets(Protocol):
    """Secrets by name. A name is made of letters, digits and dashes."""

    async def read(self, name: str) -> JsonObject | None:
        """What was written last, None for nothing. Raises StoreUnavailableError."""
        ...

    async def write(self, name: str, value: JsonObject) -> None:
        """Keep a value; when this returns it is on disk. Raises StoreUnavailableError."""
        ...

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Let nobody else, in this process or another, into a block of the same name."""
        ...


class MemorySecrets:
    """Secrets of one process, for as long as it lives."""

    def __init__(self, values: Mapping[str, JsonObject] | None = None) -> None:
        self._values = dict(values or {})
        self._locks: dict[str, asyncio.Lock] = {}

    async def read(self, name: str) -> JsonObject | None:
        """What was written last."""
        return self._values.get(name)

    async def write(self, name: str, value: JsonObject) -> None:
        """Keep a value."""
        self._values[name] = value

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Let nobody else into a block of the same name."""
        return self._locks.setdefault(name, asyncio.Lock())


class FileSecrets:
    """Secrets in a folder, each ``NAME.json``, with a ``NAME.lock`` beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, name: str) -> JsonObject | None:
        """What was written last. Raises StoreUnavailableError, also if others can read it."""
        return await asyncio.to_thread(read_file, self._folder / f"{name}.json")

    async def write(self, name: str, value: JsonObject) -> None:
        """Keep a value, in place of the last one at once. Raises StoreUnavailableError."""
        await asyncio.to_thread(write_file, self._folder / f"{name}.json", value)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncGenerator[None]:
        """Let nobody else into a block of the same name; a process that dies is out of it."""
        file = _open(self._folder / f"{name}.lock")
        try:
            while not _locked(file):  # noqa: ASYNC110 another process sets no event of ours
                await asyncio.sleep(PAUSE)
            yield
        finally:
            os.close(file)


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Let no other process into a block of the same path, a file of its own; wait for one that is."""
    file = _open(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unavailable(path, error) from None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_file(path: Path) -> JsonObject | None:
    """What a file of secrets holds, None without one. Raises StoreUnavailableError, also if others can read it."""
    try:
        with path.open("rb") as stream:
            mode, data = os.fstat(stream.fileno()).st_mode, stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unavailable(path, error) from None
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreUnavailableError(f"others can read the secret {path}; chmod 600 {path}")
    try:
        value = decode(data)
    except JsonError:
        value = None
    if not isinstance(value, Mapping):
        raise StoreUnavailableError(
            f"the secret {path} is damaged; bring it back from a backup, or remove it"
        )
    return value


def write_file(path: Path, value: JsonObject) -> None:
    """Put a value in place of what a file of secrets holds. Raises StoreUnavailableError."""
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            new.unlink()  # of a write that was cut off
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(encode(value))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        _sync(path.parent)
    except OSError as error:
        with suppress(OSError):
            new.unlink()  # half of it is worth nothing, and takes room
        raise _unavailable(path, error) from None


def _sync(folder: Path) -> None:
    """Have the folder's entries on disk, too."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _unavailable(path: Path, error: OSError) -> StoreUnavailableError:
    return StoreUnavailableError(f"the secret {path} cannot be kept: {error.strerror}")
