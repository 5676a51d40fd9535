"""Moving what is committed from the log into the file, beside the writer.

A pass copies what was there when it began, so under steady load there is always more and the log
is never begun anew. Once it is LONG the writer copies the rest itself, which is short by then.
"""

import sqlite3
import threading
from contextlib import suppress
from typing import Final

from segue.store.sqlite.schema import PAGE


EVERY: Final = 16 * 1024 * 1024
LONG: Final = 64 * 1024 * 1024
PASSES: Final = 3
COMMIT: Final = 6 * PAGE
"""About what a commit writes, however little is in it."""


class Checkpointer:
    """A thread that checkpoints when enough was written.

    While it is ``behind`` it leaves the log to the writer, so that the two never stand in each
    other's way.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.behind = False
        self._db = db
        self._written = 0
        self._stopped = False
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="segue-checkpoint", daemon=True)
        self._thread.start()

    def note(self, weight: int) -> None:
        """Another commit was made, of about so many bytes."""
        self._written += weight + COMMIT
        if self._written >= EVERY:
            self._written = 0
            self._wanted.set()

    def help(self, db: sqlite3.Connection) -> None:
        """Copy the rest on the writer's connection; its next commit begins the log anew."""
        self.behind = checkpoint(db) is None

    def stop(self) -> None:
        """End the thread and close its connection."""
        self._stopped = True
        self._wanted.set()
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while self._wanted.wait() and not self._stopped:
            self._wanted.clear()
            with suppress(sqlite3.Error):  # a full disk: the log goes on, and so do later passes
                if not self.behind:
                    self._pass()

    def _pass(self) -> None:
        """Copy a few times over: each time there is less that came meanwhile."""
        pages = checkpoint(self._db) or 0
        for _ in range(PASSES - 1):
            if pages * PAGE > LONG and not self._stopped:
                pages = checkpoint(self._db) or 0
        self.behind = pages * PAGE > LONG


def checkpoint(db: sqlite3.Connection) -> int | None:
    """Copy what can be copied without waiting; the pages in the log.

    None when another connection is at it.
    """
    busy, pages, _ = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return None if busy else pages
