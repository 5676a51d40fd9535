"""The History and the Ledger in memory."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from segue.json import JsonError, decode
from segue.store import tally
from segue.store.memory.data import Data, Event
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
    beyond,
)
from segue.store.tally import Entry, Kind
from segue.store.values import Backlog


T = TypeVar("T")

SLICE: Final = 500


class MemoryHistory:
    """See History."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._purged = 0

    async def search(
        self,
        query: Query,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Summary]:
        found = {one.delivery: one for one in self._summaries() if query.matches(one)}
        return _page(found, after=after, limit=limit, rising=oldest_first)

    async def count(self, query: Query) -> int:
        return sum(query.matches(one) for one in self._summaries())

    async def show(self, delivery: int) -> Detail | None:
        self._data.now()
        one = self._data.deliveries.get(delivery)
        if one is None:
            return None
        summary = one.summary(self._data.holds.get(one.connection))
        attempts, steps = tuple(one.attempts), tuple(one.steps)
        return Detail(summary, one.event.text, attempts, steps, one.revision, one.plugin)

    async def events(
        self,
        query: EventQuery,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Kept]:
        self._data.now()
        kept = {number: self._kept(event) for number, event in self._data.events.items()}
        found = {number: one for number, one in kept.items() if query.matches(one)}
        if query.bare:
            found = {number: replace(one, deliveries=()) for number, one in found.items()}
        return _page(found, after=after, limit=limit, rising=oldest_first)

    async def stats(self, *, since: float | None = None) -> Mapping[str, Stats]:
        self._data.now()
        first = 0 if since is None else tally.slot(since)
        counts: defaultdict[str, dict[Entry, int]] = defaultdict(dict)
        for (slot, connection, entry), count in self._data.tallies.items():
            if slot >= first:
                counts[connection][entry] = counts[connection].get(entry, 0) + count
        holds, waiting = self._data.holds, self._data.backlog()
        return {
            name: tally.stats(counts[name], waiting.get(name, Backlog()), holds.get(name))
            for name in sorted({*counts, *waiting, *holds})
        }

    async def trend(self, *, since: float, every: float) -> Mapping[str, Sequence[Beat]]:
        self._data.now()
        first = tally.opening(since, every=every)
        rows = [
            (slot, connection, kind, count)
            for (slot, connection, (kind, _)), count in self._data.tallies.items()
            if slot >= first
        ]
        return tally.beats(rows, every=every)

    async def discard(self, discards: Sequence[Discard]) -> None:
        slot = tally.slot(self._data.now())
        for one in discards:
            self._data.tallies[slot, one.connection, (Kind.DISCARDED, one.code)] += one.count

    async def purge(self) -> Purged:
        data = self._data
        data.expire()
        events = [one for number, one in sorted(data.events.items()) if number > self._purged]
        rows = [(one.number, one.at, len(one.text)) for one in events[:SLICE]]
        gone = beyond(rows, data.limits, data.now(), data.size)
        self._purged = gone[-1] if gone else 0
        return Purged(data.remove([data.events[number] for number in gone]), more=bool(gone))

    async def known(self, user: str) -> frozenset[str]:
        self._data.now()
        events = [one for one in self._data.events.values() if one.user == user]
        found = {_anonymous(one) for one in events}
        return frozenset({user, *(one for one in found if one is not None)})

    async def forget(self, users: Collection[str]) -> int:
        self._data.now()
        return self._data.remove([one for one in self._data.events.values() if one.user in users])

    def _summaries(self) -> list[Summary]:
        self._data.now()
        holds = self._data.holds
        return [one.summary(holds.get(one.connection)) for one in self._data.deliveries.values()]

    def _kept(self, event: Event) -> Kept:
        holds = self._data.holds
        deliveries = [one.summary(holds.get(one.connection)) for one in self._data.of(event)]
        names = (event.number, event.source, event.user, event.message_id)
        return Kept(*names, event.at, event.text, tuple(deliveries))


class MemoryLedger:
    """See Ledger."""

    def __init__(self, data: Data) -> None:
        self._data = data

    async def note(self, book: str, key: str, value: bytes) -> None:
        self._data.now()
        self._data.notes[book][key] = Note(key, value)

    async def strike(self, book: str, key: str) -> bool:
        self._data.now()
        return self._data.notes[book].pop(key, None) is not None

    async def notes(self, book: str) -> list[Note]:
        self._data.now()
        return [note for _, note in sorted(self._data.notes[book].items())]


def _page(found: Mapping[int, T], *, after: int | None, limit: int, rising: bool) -> Page[T]:
    numbers = [
        number
        for number in sorted(found, reverse=not rising)
        if after is None or (number > after if rising else number < after)
    ][:limit]
    return Page(
        tuple(found[number] for number in numbers), numbers[-1] if len(numbers) == limit else None
    )


def _anonymous(event: Event) -> str | None:
    try:
        value = decode(event.text)
    except JsonError:
        return None
    found = value.get("anonymousId") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None
