"""The tables, and how a file of an older version becomes one of this.

Rows that come with an event are only ever appended: header, body, delivery. What has to be found
by chance, a messageId or a user, is indexed in bulk afterwards (``recent``). The queue proper is
three small tables:

* ``delivery`` rows in the state FRESH are claimed in order of arrival, and need nothing else;
* ``line`` holds those found to stand behind another of their lane (BEHIND);
* ``lane`` has a row for each lane whose head is known: it waits for another try, it is held
  (``due`` is null), or it came out of the line. A claim is a range of the index ``lane_due``.

So the cost of a claim does not depend on how much is waiting, held or due later.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Final
from urllib.parse import quote

from segue.errors import StoreError
from segue.store.values import State


FILE: Final = "segue.db"
OLDEST: Final = (3, 35, 0)  # UPDATE ... FROM, RETURNING
PAGE: Final = 8192
CACHE: Final = 32 * 1024  # KiB


class Place(IntEnum):
    """A delivery's state on disk. WAITING is two of them."""

    FRESH = 0
    BEHIND = 1
    RETRYING = 2
    HELD = 3
    DELIVERED = 4
    DISCARDED = 5
    DEAD = 6
    REPLAYED = 7
    CANCELLED = 8


PLACES: Final = {
    State.WAITING: (Place.FRESH, Place.BEHIND),
    **{State[place.name]: (place,) for place in Place if place > Place.BEHIND},
}
STATES: Final[Mapping[int, State]] = {
    place: state for state, places in PLACES.items() for place in places
}

FIRST: Final = """
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE event (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, source INTEGER NOT NULL,
  user TEXT NOT NULL, message TEXT NOT NULL
);
CREATE TABLE body (event INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE message (key BLOB PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE husk (event INTEGER PRIMARY KEY, at REAL NOT NULL, key BLOB NOT NULL);
CREATE TABLE person (
  block INTEGER, user TEXT, event INTEGER, PRIMARY KEY (block, user, event)
) WITHOUT ROWID;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, event INTEGER NOT NULL, connection INTEGER NOT NULL,
  mapping INTEGER NOT NULL, replay INTEGER NOT NULL, at REAL NOT NULL,
  place INTEGER NOT NULL, lane INTEGER NOT NULL,
  attempts INTEGER, first REAL, ended REAL, code TEXT, why TEXT,
  ambiguous INTEGER, spent REAL, revision INTEGER, plugin INTEGER
);
CREATE INDEX delivery_event ON delivery (event);
CREATE INDEX delivery_place ON delivery (connection, place);

CREATE TABLE lane (
  id INTEGER PRIMARY KEY, connection INTEGER NOT NULL, tried INTEGER NOT NULL,
  due REAL, head INTEGER NOT NULL, epoch INTEGER NOT NULL
);
CREATE INDEX lane_due ON lane (connection, tried, due) WHERE due IS NOT NULL;
CREATE TABLE line (lane INTEGER, delivery INTEGER, PRIMARY KEY (lane, delivery)) WITHOUT ROWID;
CREATE TABLE reach (
  connection INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, doubt INTEGER NOT NULL
);
CREATE TABLE hold (
  connection INTEGER PRIMARY KEY, code TEXT NOT NULL, why TEXT NOT NULL, since REAL NOT NULL
);

CREATE TABLE frozen (delivery INTEGER PRIMARY KEY, request BLOB NOT NULL);
CREATE TABLE step (
  id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, request BLOB NOT NULL, response BLOB NOT NULL
);
CREATE INDEX step_delivery ON step (delivery);
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, number INTEGER NOT NULL, step INTEGER NOT NULL,
  at REAL NOT NULL, seconds REAL NOT NULL, ok INTEGER NOT NULL, code TEXT NOT NULL,
  why TEXT NOT NULL, status INTEGER, cut INTEGER NOT NULL,
  sample INTEGER, request BLOB, response BLOB
);
CREATE INDEX attempt_delivery ON attempt (delivery);
CREATE TABLE sample (reached INTEGER PRIMARY KEY, request BLOB, response BLOB);

CREATE TABLE tally (
  slot INTEGER, connection TEXT, kind TEXT, key TEXT, count INTEGER NOT NULL,
  PRIMARY KEY (slot, connection, kind, key)
) WITHOUT ROWID;
CREATE TABLE note (book TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (book, key)) WITHOUT ROWID;
"""

MIGRATIONS: Final[Sequence[str]] = (FIRST,)
"""What makes a file of version n one of version n + 1, at index n. Never change one: add one."""


def open_writer(path: Path) -> sqlite3.Connection:
    """The connection that writes: a commit is on disk when it returns, and never checkpoints."""
    db = _connect(f"file:{quote(str(path))}")
    db.execute(f"PRAGMA page_size = {PAGE}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
    return db


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    return _connect(f"file:{quote(str(path))}?mode=ro")


def migrate(db: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring a file up to date, each step whole or not at all. Raises StoreError for a newer one."""
    check(db, steps)
    for number in range(version(db), len(steps)):
        db.executescript(
            f"BEGIN IMMEDIATE; {steps[number]}; PRAGMA user_version = {number + 1}; COMMIT"
        )


def check(db: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Raise StoreError for a file of a version that this program does not know."""
    if version(db) > len(steps):
        raise StoreError(
            f"the store has version {version(db)}, this program knows up to {len(steps)}; "
            "use the Segue that wrote it, or a newer one"
        )


def version(db: sqlite3.Connection) -> int:
    """The version of a file; 0 for a new one."""
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    return found


def _connect(uri: str) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old; {needed} or newer is needed")
    db = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute(f"PRAGMA cache_size = -{CACHE}")
    return db
