"""The store in one SQLite file, for one machine. See ``schema`` for how a claim stays cheap."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from segue.errors import StoreError, StoreUnavailableError
from segue.store.lock import Lock
from segue.store.protocols import Clock
from segue.store.records import Limits
from segue.store.sqlite.books import open_books
from segue.store.sqlite.checkpoint import Checkpointer
from segue.store.sqlite.history import SqliteHistory, SqliteLedger
from segue.store.sqlite.queue import SqliteQueue
from segue.store.sqlite.reader import Reader
from segue.store.sqlite.schema import FILE, migrate, open_reader, open_writer
from segue.store.sqlite.writer import Writer
from segue.store.values import Hold


__all__ = ["SqliteStore", "SqliteView"]


class SqliteView:
    """A store to be read, whether a process owns it or not. What writes raises StoreError.

    Raises StoreUnavailableError when there is none, StoreError when it is of a newer version.
    """

    def __init__(self, directory: Path) -> None:
        self._reader = Reader(directory / FILE)
        self.history = SqliteHistory(self._reader, None)
        self.ledger = SqliteLedger(self._reader, None)

    async def close(self) -> None:
        """Let go of the file."""
        await self._reader.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class SqliteStore:
    """A store in a data directory that this process owns until it is closed. See Store.

    Raises StoreLockedError when another process owns it, StoreError for a file of a newer version,
    StoreUnavailableError when it cannot be opened.
    """

    def __init__(
        self, directory: Path, *, limits: Limits | None = None, clock: Clock = time.time
    ) -> None:
        self._path = directory / FILE
        self._lock = Lock(directory)
        try:
            self._writer = _start(self._path, limits or Limits(), clock)
            self._reader = Reader(self._path)
        except BaseException:
            self._lock.release()
            raise
        self.queue = SqliteQueue(self._writer, clock)
        self.history = SqliteHistory(self._reader, self._writer)
        self.ledger = SqliteLedger(self._reader, self._writer)

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing can be stored at this moment, None when all is well."""
        return self._writer.trouble

    @property
    def held(self) -> Mapping[str, Hold]:
        """The connections that are held."""
        return dict(self._writer.books.holds)

    async def backup(self, path: Path) -> None:
        """Copy the store as it is now into a new file, while it goes on working.

        Raises StoreUnavailableError when the file exists or cannot be written.
        """
        await asyncio.to_thread(_copy, self._path, path)

    async def close(self) -> None:
        """Finish what was begun, then let go. Claims that are open count as unsettled."""
        await self._reader.close()  # the last to close empties the log, and a reader cannot
        await self._writer.close()
        self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _start(path: Path, limits: Limits, clock: Clock) -> Writer:
    try:
        _create(path)
        db = open_writer(path)
        migrate(db)
        books = open_books(db, limits)
        return Writer(db, books, clock, Checkpointer(open_writer(path)))
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(f"{path} cannot be opened: {error}") from error


def _create(path: Path) -> None:
    """Have a file that only its owner may read, and that is still there after a power cut."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def _copy(path: Path, target: Path) -> None:
    try:
        file = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _vacuum(path, target)
            os.fsync(file)
        finally:
            os.close(file)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(f"no backup was made in {target}: {error}") from error


def _vacuum(path: Path, target: Path) -> None:
    db = open_reader(path)
    try:
        db.execute("VACUUM INTO ?", (str(target),))  # an empty file is as good as none
    finally:
        db.close()
