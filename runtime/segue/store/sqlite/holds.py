"""Stopping deliveries, letting them go on, taking them back."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from segue.store import tally
from segue.store.sqlite.books import Books
from segue.store.sqlite.recent import events_of
from segue.store.sqlite.schema import Place
from segue.store.sqlite.settle import OUT_OF_LINE, advance, end
from segue.store.sqlite.unit import Unit, listed
from segue.store.values import Cancelled, Hold, State


SLICE: Final = 500

HELD: Final = """
SELECT id, lane, coalesce(attempts, 0) > 0 FROM delivery
WHERE connection = ? AND place = 3 LIMIT ?
"""
UNSETTLED: Final = """
SELECT id, lane, place, connection, at FROM delivery
WHERE event IN (SELECT value FROM json_each(?)) AND place <= 3
"""
KEPT_HEADS: Final = """
SELECT id FROM lane WHERE id IN (SELECT value FROM json_each(?))
AND head NOT IN (SELECT value FROM json_each(?))
"""


def hold(unit: Unit, books: Books, request: tuple[str, Hold]) -> None:
    """Hold a connection."""
    name, hold = request
    connection = books.words.number(unit, name)
    unit.run(
        "REPLACE INTO hold (connection, code, why, since) VALUES (?, ?, ?, ?)",
        (connection, hold.code, hold.why, hold.since),
    )
    unit.undo(partial(_restore, books, name, books.holds.get(name)))
    books.holds[name] = hold
    unit.woken.add(name)


def lift(unit: Unit, books: Books, name: str) -> None:
    """Hold a connection no longer."""
    unit.run("DELETE FROM hold WHERE connection = ?", (books.words.find(name),))
    unit.undo(partial(_restore, books, name, books.holds.pop(name, None)))
    unit.woken.add(name)


def free(unit: Unit, books: Books, name: str) -> int:
    """Let go on a slice of the deliveries of a connection that are held one by one."""
    rows = unit.rows(HELD, (books.words.find(name), SLICE))
    tried = [number for number, _, tried in rows if tried]
    untried = [number for number, _, tried in rows if not tried]
    _place(unit, name, tried, Place.RETRYING)
    _place(unit, name, untried, Place.BEHIND)
    unit.run(
        "UPDATE lane SET due = ?, epoch = ? WHERE id IN (SELECT value FROM json_each(?))",
        (unit.now, books.epoch, listed(lane for _, lane, _ in rows)),
    )
    unit.woken.add(name)
    return len(rows)


def cancel(unit: Unit, books: Books, request: tuple[str, int]) -> tuple[Cancelled, int | None]:
    """Take back a slice of a user's deliveries, those of events after a number; the next number."""
    user, after = request
    events = events_of(unit.db, user, books.recent.folded, after=after, limit=SLICE)
    rows = unit.rows(UNSETTLED, (listed(events),))
    leased = [number for number, *_ in rows if number in books.leases]
    for number in leased:
        books.leases.cancel(number)
    take_back(unit, books, [row for row in rows if row[0] not in books.leases])
    found = Cancelled(len(rows) - len(leased), len(leased))
    return found, events[-1] if len(events) == SLICE else None


def take_back(unit: Unit, books: Books, rows: Sequence[tuple[int, int, int, int, float]]) -> None:
    """End deliveries that are not in hand; each a row of UNSETTLED."""
    ids = listed(number for number, *_ in rows)
    unit.run(
        "UPDATE delivery SET place = ?, ended = ?, code = 'CANCELLED', why = ''"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (Place.CANCELLED, unit.now, ids),
    )
    for number, lane, place, connection, at in rows:
        name = books.words[connection]
        unit.put(OUT_OF_LINE, (lane, number))
        unit.moved[name, place] -= 1
        seconds = unit.now - at
        unit.count(name, tally.entries(State.CANCELLED, "", tries=0, seconds=seconds))
    taken = [number for number, *_ in rows]
    end(unit, taken, taken)
    unit.flush()
    lanes = listed(lane for _, lane, *_ in rows)
    kept = {lane for (lane,) in unit.rows(KEPT_HEADS, (lanes, ids))}
    over = {lane for _, lane, *_ in rows if not books.leases.takes(lane)} - kept
    advance(unit, books, list(over))


def _place(unit: Unit, name: str, deliveries: Sequence[int], place: Place) -> None:
    unit.run(
        "UPDATE delivery SET place = ? WHERE id IN (SELECT value FROM json_each(?))",
        (place, listed(deliveries)),
    )
    unit.moved[name, Place.HELD] -= len(deliveries)
    unit.moved[name, place] += len(deliveries)


def _restore(books: Books, name: str, hold: Hold | None) -> None:
    books.holds.pop(name, None)
    if hold is not None:
        books.holds[name] = hold
