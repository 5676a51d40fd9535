"""What the writer knows by heart. Changed only together with a transaction, undone with it."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from segue.store.leases import Leases
from segue.store.records import Limits
from segue.store.sqlite.recent import Recent
from segue.store.sqlite.words import Words
from segue.store.turns import Turns
from segue.store.values import Hold


STEP_BACK: Final = 3600.0
SIZES: Final = ("page_count", "freelist_count", "page_size")
COUNTS: Final = """
SELECT word.text, places.value,
  (SELECT count(*) FROM delivery WHERE connection = word.id AND place = places.value)
FROM word, json_each('[0, 1, 2, 3]') AS places
"""


@dataclass(slots=True)
class Grip:
    """What a settlement needs to know of the delivery it settles, without reading it."""

    place: int
    queued_at: float
    attempts: int
    first: float | None
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How far first tries have been claimed: none beyond ``delivery``.

    Up to ``doubt`` one may have been under way when the process died.
    """

    delivery: int = 0
    doubt: int = 0


@dataclass(slots=True)
class Books:
    """The state of the queue that is not worth reading from disk again and again.

    ``event``, ``delivery`` and ``sampled`` are the last numbers given, ``at`` the last time. An ``epoch`` is the
    life of one process; up to ``doubted`` they ended with claims open.
    """

    limits: Limits
    words: Words
    recent: Recent
    holds: dict[str, Hold]
    backlog: Counter[tuple[str, int]]
    reaches: dict[str, Reach]
    event: int
    delivery: int
    at: float
    sampled: int
    epoch: int
    doubted: int
    leases: Leases[int, Grip] = field(default_factory=Leases[int, Grip])
    cursors: dict[str, int] = field(default_factory=dict[str, int])
    turns: Turns = field(default_factory=Turns)
    lapsed: set[int] = field(default_factory=set[int])
    purged: int = 0
    used: int = 0

    @property
    def full(self) -> bool:
        """Whether there is more than there may be."""
        return self.used > self.limits.size

    def stamp(self, now: float) -> float:
        """The time of what arrives now, never before what arrived already.

        So a range of times is a range of numbers. A clock set back by over an hour is believed.
        """
        if now > self.at or now < self.at - STEP_BACK:
            self.at = now
        return self.at

    def rewind(self, connection: str, delivery: int) -> None:
        """Look for first tries from this delivery on again."""
        self.cursors[connection] = min(self.cursors.get(connection, 0), delivery - 1)


def open_books(db: sqlite3.Connection, limits: Limits) -> Books:
    """Read what the writer must know, and begin an epoch."""
    db.execute("BEGIN IMMEDIATE")
    marks = _begin(db, dict(db.execute("SELECT name, value FROM mark")))
    db.execute("COMMIT")
    words = Words(db)
    return Books(
        limits,
        words,
        Recent(db, marks.get("folded", 0)),
        holds=read_holds(db),
        backlog=Counter({(name, place): n for name, place, n in db.execute(COUNTS) if n}),
        reaches={words[one]: Reach(*rest) for one, *rest in db.execute("SELECT * FROM reach")},
        event=max(marks.get("event", 0), _last(db, "event")),
        delivery=max(marks.get("delivery", 0), _last(db, "delivery")),
        at=_latest(db),
        sampled=_last(db, "sample", "reached"),
        epoch=marks["epoch"],
        doubted=marks["doubted"],
        used=used(db),
    )


def _begin(db: sqlite3.Connection, marks: dict[str, int]) -> dict[str, int]:
    """Begin an epoch; if the last one did not end clean, doubt what it had claimed."""
    epoch, doubted = marks.get("epoch", 0), marks.get("doubted", 0)
    if epoch and not marks.get("clean"):
        doubted = epoch
        db.execute("UPDATE reach SET doubt = delivery")
    new = {"epoch": epoch + 1, "doubted": doubted, "clean": 0}
    write_marks(db, **new)
    return {**marks, **new}


def close_books(db: sqlite3.Connection, books: Books) -> None:
    """End the epoch; it ends clean if no claim is open."""
    clean = int(not len(books.leases))
    write_marks(db, clean=clean, event=books.event, delivery=books.delivery)


def write_marks(db: sqlite3.Connection, **marks: int) -> None:
    """Note numbers that are to survive the rows they came from."""
    for name, value in marks.items():
        db.execute("REPLACE INTO mark (name, value) VALUES (?, ?)", (name, value))


def read_holds(db: sqlite3.Connection) -> dict[str, Hold]:
    """The connections that are held."""
    rows = db.execute(
        "SELECT word.text, code, why, since FROM hold JOIN word ON word.id = connection"
    )
    return {connection: Hold(*rest) for connection, *rest in rows}


def used(db: sqlite3.Connection) -> int:
    """Bytes of the file that hold something."""
    pages, free, size = (_pragma(db, name) for name in SIZES)
    return (pages - free) * size


def _pragma(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _last(db: sqlite3.Connection, table: str, column: str = "id") -> int:
    query = f"SELECT coalesce(max({column}), 0) FROM {table}"
    found: int = db.execute(query).fetchone()[0]
    return found


def _latest(db: sqlite3.Connection) -> float:
    row = db.execute("SELECT at FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return float(row[0]) if row else 0.0
