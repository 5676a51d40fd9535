"""The store of a data directory: to own, or to read whether someone owns it or not."""

import time
from pathlib import Path

from segue.errors import StoreError
from segue.store.protocols import Clock
from segue.store.records import Limits
from segue.store.sqlite import SqliteStore, SqliteView
from segue.store.sqlite.schema import FILE


def own_store(
    directory: Path, clock: Clock = time.time, limits: Limits | None = None
) -> SqliteStore:
    """The store, made when there is none, and with it the lock. Raises StoreError."""
    return SqliteStore(directory, limits=limits, clock=clock)


def read_store(directory: Path) -> SqliteView:
    """The store to look at. Raises StoreError."""
    if not (directory / FILE).exists():
        raise StoreError(
            f'there is no store in {directory}; "segue serve" or "segue send" makes one'
        )
    return SqliteView(directory)
