"""The store of a data directory: to own, or to read whether someone owns it or not."""

import time
from pathlib import Path

from segue.errors import StoreError, StoreUnavailableError
from segue.store.protocols import Clock
from segue.store.records import Limits
from segue.store.sqlite import SqliteStore, SqliteView
from segue.store.sqlite.schema import FILE


def own_store(
    directory: Path, clock: Clock = time.time, limits: Limits | None = None
) -> SqliteStore:
    """The store, made when there is none, and with it the lock. Raises StoreError."""
    try:
        return SqliteStore(directory, limits=limits, clock=clock)
    except OSError as error:
        raise StoreUnavailableError(
            f"{directory} cannot be the data directory: {error.strerror or error}; name another with --data"
        ) from None


def read_store(directory: Path) -> SqliteView:
    """The store to look at. Raises StoreError."""
    need_store(directory)
    return SqliteView(directory)


def has_store(directory: Path) -> bool:
    """Whether there is a store."""
    return (directory / FILE).exists()


def need_store(directory: Path) -> None:
    """Raise StoreError where there is no store: looking for one should not make it."""
    if not has_store(directory):
        raise StoreError(
            f'there is no store in {directory}; "segue serve" or "segue send" makes one'
        )
