"""Questions to the file, in threads of their own, on connections that cannot write."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from segue.errors import StoreUnavailableError
from segue.store.sqlite.schema import check, open_reader


P = ParamSpec("P")
R = TypeVar("R")

THREADS: Final = 2


class Reader:
    """Runs functions of a connection; each sees one state of the file from beginning to end.

    Raises StoreUnavailableError when there is no file, StoreError when it is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._open = True
        self._connect()
        self._pool = ThreadPoolExecutor(THREADS, "segue-read", initializer=self._connect)

    async def run(
        self,
        ask: Callable[Concatenate[sqlite3.Connection, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        """What ``ask(connection, ...)`` returns."""
        if not self._open:
            raise StoreUnavailableError("the store is closed")
        work = partial(self._ask, lambda db: ask(db, *arguments, **options))
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def close(self) -> None:
        """Wait for what is being asked, and close."""
        self._open = False
        await asyncio.to_thread(self._pool.shutdown)
        for db in self._connections:
            db.close()

    def _connect(self) -> None:
        with _translated(self._path):
            self._own.db = db = open_reader(self._path)
            self._connections.append(db)
            check(db)

    def _ask(self, ask: Callable[[sqlite3.Connection], R]) -> R:
        db: sqlite3.Connection = self._own.db
        with _translated(self._path):
            db.execute("BEGIN")
            try:
                return ask(db)
            finally:
                db.rollback()


@contextmanager
def _translated(path: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"{path} cannot be read: {error}") from error
