"""Removing events with all about them: those beyond the limits, and those of a user."""

from collections.abc import Sequence
from typing import Final

from segue.store.records import Purged, beyond
from segue.store.sqlite.books import Books, write_marks
from segue.store.sqlite.recent import MESSAGE, SHIFT, events_of, key
from segue.store.sqlite.unit import Bulk, Unit, listed
from segue.store.tally import slot


SLICE: Final = 512
HUSK: Final = Bulk("INSERT OR IGNORE INTO husk (event, at, key)", 3)
NO_MESSAGE: Final = Bulk(
    "WITH gone (key, event) AS (",
    2,
    ") DELETE FROM message WHERE (key, event) IN (SELECT key, event FROM gone)",
)
NO_PERSON: Final = Bulk(
    "WITH gone (block, user, event) AS (",
    3,
    ") DELETE FROM person WHERE (block, user, event) IN (SELECT block, user, event FROM gone)",
)
OLDEST: Final = """
SELECT id, at, length(text) FROM event JOIN body ON body.event = id WHERE id > ? ORDER BY id LIMIT ?
"""
SETTLED: Final = """
SELECT value FROM json_each(?) WHERE NOT EXISTS (
  SELECT 1 FROM delivery WHERE delivery.event = value AND place <= 3
)
"""
HEADERS: Final = """
SELECT event.id, event.at, word.text, user, message FROM event JOIN word ON word.id = source
WHERE event.id IN (SELECT value FROM json_each(?))
"""


def purge(unit: Unit, books: Books, _: None = None) -> Purged:
    """Remove a slice of what is beyond the limits."""
    _expire(unit, books)
    rows = unit.rows(OLDEST, (books.purged, SLICE))
    gone = beyond(rows, books.limits, unit.now, books.used)
    books.purged = gone[-1] if gone else 0
    return Purged(remove(unit, books, gone), more=bool(gone))


def forget(unit: Unit, books: Books, request: tuple[str, int]) -> tuple[int, int | None]:
    """Remove a slice of a user's events, those after a number; how many, and the next number."""
    user, after = request
    events = events_of(unit.db, user, books.recent.folded, after=after, limit=SLICE)
    return remove(unit, books, events), events[-1] if len(events) == SLICE else None


def remove(unit: Unit, books: Books, events: Sequence[int]) -> int:
    """Remove those of the events that have no unsettled delivery; how many these are."""
    gone = listed(number for (number,) in unit.rows(SETTLED, (listed(events),)))
    rows = unit.rows(HEADERS, (gone,))
    for number, at, source, user, message in rows:
        unit.put(NO_PERSON, (number >> SHIFT, user, number))
        _unlearn(unit, books, number, at, key(source, message))
    _remove_deliveries(unit, gone)
    unit.run("DELETE FROM body WHERE event IN (SELECT value FROM json_each(?))", (gone,))
    unit.run("DELETE FROM event WHERE id IN (SELECT value FROM json_each(?))", (gone,))
    write_marks(unit.db, event=books.event, delivery=books.delivery)
    return len(rows)


def _unlearn(unit: Unit, books: Books, event: int, at: float, message: bytes) -> None:
    """Forget a messageId with its event, but no sooner than promised."""
    if at > unit.now - books.limits.memory:
        unit.put(HUSK, (event, at, message))
        unit.put(MESSAGE, (message, event))
    else:
        unit.put(NO_MESSAGE, (message, event))
        books.recent.unlearn(unit, message, event)


def _expire(unit: Unit, books: Books) -> None:
    """Remove what outlived its event, and has outlived its own time."""
    past = unit.now - books.limits.memory
    rows = unit.rows("SELECT event, at, key FROM husk ORDER BY event LIMIT ?", (SLICE,))
    gone = [(event, message) for event, at, message in rows if at <= past]
    for event, message in gone:
        unit.put(NO_MESSAGE, (message, event))
        books.recent.unlearn(unit, message, event)
    ids = listed(event for event, _ in gone)
    unit.run("DELETE FROM husk WHERE event IN (SELECT value FROM json_each(?))", (ids,))
    unit.run("DELETE FROM tally WHERE slot < ?", (slot(unit.now - books.limits.age),))


def _remove_deliveries(unit: Unit, events: str) -> None:
    rows = unit.rows(
        "SELECT id FROM delivery WHERE event IN (SELECT value FROM json_each(?))", (events,)
    )
    ids = listed(number for (number,) in rows)
    samples = unit.rows(
        "SELECT sample FROM attempt WHERE delivery IN (SELECT value FROM json_each(?))"
        " AND sample IS NOT NULL",
        (ids,),
    )
    reached = listed(number for (number,) in samples)
    unit.run("DELETE FROM sample WHERE reached IN (SELECT value FROM json_each(?))", (reached,))
    unit.run("DELETE FROM attempt WHERE delivery IN (SELECT value FROM json_each(?))", (ids,))
    unit.run("DELETE FROM delivery WHERE id IN (SELECT value FROM json_each(?))", (ids,))
