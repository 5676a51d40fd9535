"""Moving what is committed from the log into the file, beside the writer.

A pass copies what was there when it began, so under steady load it never ends the log. Only when
the log has grown LONG does the writer copy the rest itself, which is short then.
"""

import sqlite3
import threading
from contextlib import suppress
from typing import Final

from segue.store.sqlite.schema import PAGE


EVERY: Final = 32 * 1024 * 1024
LONG: Final = 256 * 1024 * 1024
PASSES: Final = 4
COMMIT: Final = 6 * PAGE
"""About what a commit writes, however little is in it."""


class Checkpointer:
    """A thread that checkpoints when enough was written. ``behind``: the writer should help."""

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
                self._pass()

    def _pass(self) -> None:
        frames, left = checkpoint(self._db)
        for _ in range(PASSES):
            if left and not self._stopped:
                frames, left = checkpoint(self._db)
        self.behind = bool(left) and frames * PAGE > LONG


def checkpoint(db: sqlite3.Connection) -> tuple[int, int]:
    """Copy what can be copied without waiting; the pages in the log, and how many are left."""
    _, frames, done = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return frames, frames - done
