"""One transaction under way."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import orjson

from segue.store.tally import Entry, slot


Cell: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Cell, ...]

SIZES: Final = (128, 64, 32, 16, 8, 4, 2, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Bulk:
    """A statement around VALUES with many rows.

    Rows go in together because SQLite lets go of the interpreter at each statement: row by row, a
    busy event loop would take it away every time.
    """

    before: str
    width: int
    after: str = ""
    _texts: dict[int, str] = field(default_factory=dict[int, str])

    def sql(self, rows: int) -> str:
        """The statement for so many rows."""
        text = self._texts.get(rows)
        if text is None:
            row = "(" + ", ".join("?" * self.width) + ")"
            text = f"{self.before} VALUES {', '.join([row] * rows)} {self.after}"
            self._texts[rows] = text
        return text


TALLY: Final = Bulk(
    "INSERT INTO tally (slot, connection, kind, key, count)",
    5,
    "ON CONFLICT (slot, connection, kind, key) DO UPDATE SET count = count + excluded.count",
)


class Unit:
    """What one transaction does: rows to be written together, what to undo if it fails.

    ``woken`` are the connections whose next claim may have changed, ``moved`` the deliveries that
    came to a place or left it, ``weight`` about how many bytes will be written.
    """

    def __init__(self, db: sqlite3.Connection, now: float) -> None:
        self.now = now
        self.woken: set[str] = set()
        self.moved = Counter[tuple[str, int]]()
        self.weight = 0
        self.db = db
        self._rows = defaultdict[Bulk, list[Row]](list)
        self._tallies = Counter[tuple[str, Entry]]()
        self._undo: list[Callable[[], object]] = []

    def run(self, sql: str, parameters: Sequence[Cell] = ()) -> sqlite3.Cursor:
        """Execute one statement now."""
        return self.db.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.db.execute(sql, parameters).fetchall()

    def put(self, bulk: Bulk, row: Row) -> None:
        """Write a row before the commit, together with its like."""
        self._rows[bulk].append(row)

    def size(self, bulk: Bulk) -> int:
        """How many rows were put and are not written yet."""
        return len(self._rows.get(bulk, ()))

    def count(self, connection: str, entries: Iterable[Entry]) -> None:
        """Add one to each of these counts."""
        for entry in entries:
            self._tallies[connection, entry] += 1

    def add(self, connection: str, entry: Entry, number: int) -> None:
        """Add to a count."""
        self._tallies[connection, entry] += number

    def undo(self, step: Callable[[], object]) -> None:
        """Call this if the transaction fails, after what was said later."""
        self._undo.append(step)

    def flush(self) -> None:
        """Write what was put."""
        now = slot(self.now)
        for (connection, (kind, key)), count in self._tallies.items():
            self.put(TALLY, (now, connection, kind.value, key, count))
        self._tallies.clear()
        for bulk, rows in self._rows.items():
            self.weight += 100 * len(rows)
            write(self.db, bulk, rows)
        self._rows.clear()

    def roll_back(self) -> None:
        """Have it not have happened, in memory too."""
        if self.db.in_transaction:
            self.db.rollback()
        for step in reversed(self._undo):
            step()


def write(db: sqlite3.Connection, bulk: Bulk, rows: Sequence[Row]) -> None:
    """Execute a bulk statement over rows, in a few sizes, so that its texts stay prepared."""
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            cells = [cell for row in rows[start : start + size] for cell in row]
            db.execute(bulk.sql(size), cells)
            start += size


def listed(numbers: Iterable[int]) -> str:
    """Numbers as the JSON text that ``IN (SELECT value FROM json_each(?))`` takes."""
    return orjson.dumps(list(numbers)).decode()
