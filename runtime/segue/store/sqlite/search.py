"""Finding deliveries and events. A list is in order of arrival, so a page goes on from a number."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest, nsmallest
from typing import Any, Final

from segue.store.records import EventQuery, Query, Summary
from segue.store.sqlite.recent import events_of, find, key
from segue.store.sqlite.schema import PLACES, STATES, Place
from segue.store.sqlite.unit import Cell, listed
from segue.store.values import UNSETTLED, Hold, State


BEYOND: Final = 2**62

PLACE: Final = """CASE WHEN place <= 3 AND connection IN (SELECT connection FROM hold)
  THEN 3 ELSE place END"""
CODE: Final = """CASE WHEN place <= 3 AND connection IN (SELECT connection FROM hold)
  THEN (SELECT hold.code FROM hold WHERE hold.connection = delivery.connection)
  ELSE coalesce(code, '') END"""

CONNECTIONS: Final = """
WITH RECURSIVE one (id) AS (
  SELECT min(connection) FROM delivery
  UNION ALL SELECT (SELECT min(connection) FROM delivery WHERE connection > one.id) FROM one
  WHERE one.id IS NOT NULL
)
SELECT id FROM one WHERE id IS NOT NULL
"""
SUMMARIES: Final = """
SELECT delivery.id, event.id, connections.text, mappings.text, sources.text, user, message, place,
  coalesce(delivery.code, ''), coalesce(delivery.why, ''), replay, coalesce(attempts, 0),
  delivery.at, ended, lane.due
FROM delivery
JOIN event ON event.id = delivery.event
JOIN word AS connections ON connections.id = delivery.connection
JOIN word AS mappings ON mappings.id = delivery.mapping
JOIN word AS sources ON sources.id = event.source
LEFT JOIN lane ON lane.head = delivery.id AND lane.id = delivery.lane
WHERE delivery.id IN (SELECT value FROM json_each(?))
"""
AMONG: Final = " AND id IN (SELECT value FROM json_each(?))"
OF_EVENTS: Final = """ AND id IN (
  SELECT one.id FROM json_each(?) AS events CROSS JOIN delivery AS one ON one.event = events.value
)"""
OF_MESSAGE: Final = """
SELECT id FROM event WHERE id IN (SELECT value FROM json_each(:found)) AND message = :message
UNION SELECT id FROM event WHERE id > :last AND message = :message
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which numbers to look at, from which end, and how many."""

    first: int
    last: int
    limit: int
    rising: bool

    @property
    def order(self) -> str:
        """The end to begin from, in SQL."""
        return "ASC" if self.rising else "DESC"


def sliced(
    db: sqlite3.Connection,
    table: str,
    query: Query | EventQuery,
    *,
    after: int | None = None,
    limit: int = -1,
    rising: bool = True,
) -> Slice:
    """The numbers of a table between the times of a query, beyond the end of the last page."""
    first = 1 if query.since is None else first_at(db, table, query.since)
    last = BEYOND if query.until is None else first_at(db, table, query.until) - 1
    if after is not None:
        first, last = (max(first, after + 1), last) if rising else (first, min(last, after - 1))
    return Slice(first, last, limit, rising)


def first_at(db: sqlite3.Connection, table: str, at: float) -> int:
    """The first number whose time is not before this one; times grow with numbers."""
    query = f"SELECT id, at FROM {table} WHERE id >= ? ORDER BY id LIMIT 1"
    low = 1
    high = 1 + db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
    while low < high:
        middle = (low + high) // 2
        number, time = db.execute(query, (middle,)).fetchone()
        low, high = (number + 1, high) if time < at else (low, middle)
    return low


def deliveries(db: sqlite3.Connection, query: Query, within: Slice) -> list[int]:
    """The numbers of the deliveries that match."""
    text = "SELECT id FROM delivery WHERE {} ORDER BY id {} LIMIT ?"
    found = [
        number
        for condition, cells in _streams(db, query, within)
        for (number,) in db.execute(text.format(condition, within.order), (*cells, within.limit))
    ]
    return (nsmallest if within.rising else nlargest)(within.limit, found)


def count(db: sqlite3.Connection, query: Query) -> int:
    """How many deliveries match."""
    text = "SELECT count(*) FROM delivery WHERE {}"
    streams = _streams(db, query, sliced(db, "delivery", query))
    return sum(db.execute(text.format(where), cells).fetchone()[0] for where, cells in streams)


def events(db: sqlite3.Connection, query: EventQuery, within: Slice) -> list[int]:
    """The numbers of the events that match."""
    where, cells = "id >= ? AND id <= ?", list[Cell]([within.first, within.last])
    named = _named(db, query.user, query.message_id)
    if named is not None:
        where, cells = where + AMONG, [*cells, listed(named)]
    if query.source is not None:
        where, cells = where + " AND source = ?", [*cells, _word(db, query.source)]
    if query.unmatched:
        where += " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.id)"
    text = f"SELECT id FROM event WHERE {where} ORDER BY id {within.order} LIMIT ?"
    return [number for (number,) in db.execute(text, (*cells, within.limit))]


def summaries(
    db: sqlite3.Connection, numbers: Iterable[int], holds: Mapping[str, Hold]
) -> dict[int, Summary]:
    """What a list tells about each of these deliveries."""
    rows = db.execute(SUMMARIES, (listed(numbers),))
    return {row[0]: _summary(row, holds) for row in rows}


def folded(db: sqlite3.Connection) -> int:
    """The last event that is in the tables ``message`` and ``person``."""
    row = db.execute("SELECT value FROM mark WHERE name = 'folded'").fetchone()
    return int(row[0]) if row else 0


def _summary(row: Sequence[Any], holds: Mapping[str, Hold]) -> Summary:
    *head, place, code, why, replay, attempts, at, ended, due = row
    number, event, connection, mapping, source, user, message = head
    names = (number, event, connection, mapping, source, user, message)
    found = Summary(*names, STATES[place], code, why, replay, attempts, at, ended, due)
    hold = holds.get(connection)
    if hold is None or found.state not in UNSETTLED:
        return found
    return replace(found, state=State.HELD, code=hold.code, why=hold.why, due=None)


def _streams(
    db: sqlite3.Connection, query: Query, within: Slice
) -> Iterator[tuple[str, list[Cell]]]:
    """Conditions that together say what the query says, each of which an index can follow."""
    where, cells = "id >= ? AND id <= ?", list[Cell]([within.first, within.last])
    if query.mapping is not None:
        where, cells = where + " AND mapping = ?", [*cells, _word(db, query.mapping)]
    if query.code is not None:
        where, cells = f"{where} AND {CODE} = ?", [*cells, query.code]
    named = _named(db, query.user, query.message_id)
    if named is not None:
        condition, more = _chosen(db, query)
        yield where + OF_EVENTS + condition, [*cells, listed(named), *more]
    elif query.connection is None and query.state is None:
        yield where, cells
    else:
        for pair in _pairs(db, query):
            yield where + " AND connection = ? AND place = ?", [*cells, *pair]


def _chosen(db: sqlite3.Connection, query: Query) -> tuple[str, list[Cell]]:
    """The connection and state of a query as a condition on a few rows."""
    condition, cells = "", list[Cell]()
    if query.connection is not None:
        condition += " AND connection = ?"
        cells.append(_word(db, query.connection))
    if query.state is not None:
        condition += f" AND {PLACE} IN (SELECT value FROM json_each(?))"
        cells.append(listed(PLACES[query.state]))
    return condition, cells


def _pairs(db: sqlite3.Connection, query: Query) -> Iterator[tuple[int, int]]:
    """The connections and places that a query asks for; what waits on a held one is held."""
    held = {number for (number,) in db.execute("SELECT connection FROM hold")}
    wanted = [number for (number,) in db.execute(CONNECTIONS)]
    if query.connection is not None:
        wanted = [_word(db, query.connection)]
    for connection in wanted:
        for place in Place:
            shown = State.HELD if connection in held and place <= Place.HELD else STATES[place]
            if query.state in (None, shown):
                yield connection, place


def _named(
    db: sqlite3.Connection, user: str | None, message_id: str | None
) -> Iterable[int] | None:
    """The events of a user and a messageId; None if neither is asked for."""
    last = folded(db)
    if user is None:
        return None if message_id is None else _of_message(db, message_id, last)
    events = events_of(db, user, last)
    return events if message_id is None else {*events} & {*_of_message(db, message_id, last)}


def _of_message(db: sqlite3.Connection, message_id: str, last: int) -> list[int]:
    keys = [key(source, message_id) for (source,) in db.execute("SELECT text FROM word")]
    found = listed(event for _, event in find(db, keys))
    rows = db.execute(OF_MESSAGE, {"found": found, "last": last, "message": message_id})
    return [number for (number,) in rows]


def _word(db: sqlite3.Connection, text: str) -> int:
    """The number of a name; 0 for one that is not known."""
    row = db.execute("SELECT id FROM word WHERE text = ?", (text,)).fetchone()
    return row[0] if row else 0
