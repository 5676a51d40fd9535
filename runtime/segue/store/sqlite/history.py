"""The History and the Ledger of one file: questions to readers, changes as jobs for the writer."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from segue.errors import StoreError
from segue.store import tally
from segue.store.codec import unpack_request, unpack_response
from segue.store.records import (
    Beat,
    Detail,
    Discard,
    EventQuery,
    Kept,
    Note,
    Page,
    Purged,
    Query,
    Stats,
    Summary,
)
from segue.store.sqlite import purge, search
from segue.store.sqlite.books import COUNTS, Books, read_holds
from segue.store.sqlite.queue import backlogs
from segue.store.sqlite.reader import Reader
from segue.store.sqlite.recent import events_of
from segue.store.sqlite.schema import Place
from segue.store.sqlite.search import sliced
from segue.store.sqlite.unit import Unit, listed
from segue.store.sqlite.writer import Verb, Writer, each
from segue.store.tally import Entry, Kind
from segue.store.values import Attempt, Backlog, Step


T = TypeVar("T")

ATTEMPTS: Final = """
SELECT at, seconds, ok, code, why, status, step, number, cut,
  coalesce(attempt.request, sample.request), coalesce(attempt.response, sample.response)
FROM attempt LEFT JOIN sample ON reached = attempt.sample
WHERE delivery = ? ORDER BY attempt.id
"""
REST: Final = """
SELECT body.text, revisions.text, plugins.text
FROM delivery JOIN body ON body.event = delivery.event
LEFT JOIN word AS revisions ON revisions.id = revision
LEFT JOIN word AS plugins ON plugins.id = plugin
WHERE delivery.id = ?
"""
KEPT: Final = """
SELECT event.id, word.text, user, message, at, body.text
FROM event JOIN word ON word.id = source JOIN body ON body.event = event.id
WHERE event.id IN (SELECT value FROM json_each(?))
"""
ANONYMOUS: Final = """
SELECT DISTINCT json_extract(CAST(text AS TEXT), '$.anonymousId') FROM body
WHERE event IN (SELECT value FROM json_each(?)) AND json_valid(CAST(text AS TEXT))
"""


def _discard(unit: Unit, _: Books, discards: Sequence[Discard]) -> None:
    for one in discards:
        unit.add(one.connection, (Kind.DISCARDED, one.code), one.count)


def _note(unit: Unit, _: Books, entry: tuple[str, str, bytes]) -> None:
    unit.run("REPLACE INTO note (book, key, value) VALUES (?, ?, ?)", entry)


def _strike(unit: Unit, _: Books, entry: tuple[str, str]) -> bool:
    return unit.run("DELETE FROM note WHERE book = ? AND key = ?", entry).rowcount > 0


DISCARD: Final[Verb[Sequence[Discard], None]] = Verb(each(_discard), patient=True)
PURGE: Final[Verb[None, Purged]] = Verb(each(purge.purge))
FORGET: Final[Verb[tuple[str, int], tuple[int, int | None]]] = Verb(each(purge.forget))
NOTE: Final[Verb[tuple[str, str, bytes], None]] = Verb(each(_note))
STRIKE: Final[Verb[tuple[str, str], bool]] = Verb(each(_strike))


class SqliteHistory:
    """See History. Without a writer it can only be read."""

    def __init__(self, reader: Reader, writer: Writer | None) -> None:
        self._reader, self._writer = reader, writer

    async def search(
        self,
        query: Query,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Summary]:
        return await self._reader.run(_search, query, after=after, limit=limit, rising=oldest_first)

    async def count(self, query: Query) -> int:
        return await self._reader.run(search.count, query)

    async def show(self, delivery: int) -> Detail | None:
        return await self._reader.run(_show, delivery)

    async def events(
        self,
        query: EventQuery,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Kept]:
        return await self._reader.run(_events, query, after=after, limit=limit, rising=oldest_first)

    async def stats(self, *, since: float | None = None) -> Mapping[str, Stats]:
        return await self._reader.run(_stats, since)

    async def trend(self, *, since: float, every: float) -> Mapping[str, Sequence[Beat]]:
        return await self._reader.run(_trend, since=since, every=every)

    async def known(self, user: str) -> frozenset[str]:
        return await self._reader.run(_known, user)

    async def discard(self, discards: Sequence[Discard]) -> None:
        await writing(self._writer).do(DISCARD, discards)

    async def purge(self) -> Purged:
        return await writing(self._writer).do(PURGE, None)

    async def forget(self, users: Collection[str]) -> int:
        writer, total = writing(self._writer), 0
        for user in users:
            after: int | None = 0
            while after is not None:
                events, after = await writer.do(FORGET, (user, after))
                total += events
        return total


class SqliteLedger:
    """See Ledger. Without a writer it can only be read."""

    def __init__(self, reader: Reader, writer: Writer | None) -> None:
        self._reader, self._writer = reader, writer

    async def note(self, book: str, key: str, value: bytes) -> None:
        await writing(self._writer).do(NOTE, (book, key, value))

    async def strike(self, book: str, key: str) -> bool:
        return await writing(self._writer).do(STRIKE, (book, key))

    async def notes(self, book: str) -> list[Note]:
        return await self._reader.run(_notes, book)


def writing(writer: Writer | None) -> Writer:
    """The writer. Raises StoreError when the store was opened to be read."""
    if writer is None:
        raise StoreError("the store is open for reading only; the process that owns it can write")
    return writer


def _search(
    db: sqlite3.Connection, query: Query, *, after: int | None, limit: int, rising: bool
) -> Page[Summary]:
    within = sliced(db, "delivery", query, after=after, limit=limit, rising=rising)
    numbers = search.deliveries(db, query, within)
    found = search.summaries(db, numbers, read_holds(db))
    return _page([found[number] for number in numbers], numbers, limit)


def _events(
    db: sqlite3.Connection, query: EventQuery, *, after: int | None, limit: int, rising: bool
) -> Page[Kept]:
    numbers = search.events(
        db, query, sliced(db, "event", query, after=after, limit=limit, rising=rising)
    )
    led = _deliveries_of(db, [] if query.bare else numbers)
    rows = db.execute(KEPT, (listed(numbers),))
    found = {
        number: Kept(number, source, user, message, at, text, tuple(led.get(number, ())))
        for number, source, user, message, at, text in rows
    }
    return _page([found[number] for number in numbers], numbers, limit)


def _page(items: Iterable[T], numbers: Sequence[int], limit: int) -> Page[T]:
    return Page(tuple(items), numbers[-1] if len(numbers) == limit else None)


def _deliveries_of(db: sqlite3.Connection, events: Iterable[int]) -> Mapping[int, list[Summary]]:
    rows = db.execute(
        "SELECT id FROM delivery WHERE event IN (SELECT value FROM json_each(?)) ORDER BY id",
        (listed(events),),
    )
    numbers = [number for (number,) in rows]
    found = search.summaries(db, numbers, read_holds(db))
    by_event: defaultdict[int, list[Summary]] = defaultdict(list)
    for number in numbers:
        by_event[found[number].event].append(found[number])
    return by_event


def _show(db: sqlite3.Connection, delivery: int) -> Detail | None:
    summary = search.summaries(db, [delivery], read_holds(db)).get(delivery)
    if summary is None:
        return None
    text, revision, plugin = db.execute(REST, (delivery,)).fetchone()
    attempts = [_attempt(row) for row in db.execute(ATTEMPTS, (delivery,))]
    query = "SELECT request, response FROM step WHERE delivery = ? ORDER BY id"
    steps = [
        Step(unpack_request(request), unpack_response(response))
        for request, response in db.execute(query, (delivery,))
    ]
    return Detail(summary, text, tuple(attempts), tuple(steps), revision, plugin)


def _attempt(row: Sequence[Any]) -> Attempt:
    at, seconds, ok, code, why, status, step, number, cut, *packed = row
    request, response = packed
    return Attempt(
        at,
        seconds,
        bool(ok),
        code,
        why,
        status,
        unpack_request(request) if request else None,
        unpack_response(response) if response else None,
        step,
        number,
        bool(cut),
    )


def _stats(db: sqlite3.Connection, since: float | None) -> dict[str, Stats]:
    first = 0 if since is None else tally.slot(since)
    counts = defaultdict[str, Counter[Entry]](Counter)
    query = (
        "SELECT connection, kind, key, sum(count) FROM tally WHERE slot >= ?"
        " GROUP BY connection, kind, key"
    )
    for connection, kind, key, count in db.execute(query, (first,)):
        counts[connection][Kind(kind), key] = count
    holds = read_holds(db)
    waiting = backlogs({(name, Place(one)): n for name, one, n in db.execute(COUNTS)}, holds)
    return {
        name: tally.stats(counts[name], waiting.get(name, Backlog()), holds.get(name))
        for name in sorted({*counts, *waiting, *holds})
    }


def _trend(db: sqlite3.Connection, *, since: float, every: float) -> dict[str, list[Beat]]:
    query = (
        "SELECT slot, connection, kind, sum(count) FROM tally WHERE slot >= ?"
        " GROUP BY slot, connection, kind"
    )
    rows = db.execute(query, (tally.opening(since, every=every),))
    return tally.beats(((*names, Kind(kind), n) for *names, kind, n in rows), every=every)


def _known(db: sqlite3.Connection, user: str) -> frozenset[str]:
    events = events_of(db, user, search.folded(db))
    found = [one for (one,) in db.execute(ANONYMOUS, (listed(events),))]
    return frozenset([user, *(one for one in found if isinstance(one, str))])


def _notes(db: sqlite3.Connection, book: str) -> list[Note]:
    return [
        Note(*row)
        for row in db.execute("SELECT key, value FROM note WHERE book = ? ORDER BY key", (book,))
    ]
