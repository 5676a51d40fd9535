"""Queueing again what is in the store: what was dead, or whatever triggers say now."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from segue.control.ask import Ask, AskedWronglyError
from segue.control.office import Dispatch, Office
from segue.events import Event
from segue.json import JsonObject, decode
from segue.store.protocols import History
from segue.store.records import EventQuery, Kept, Query, Summary
from segue.store.values import NewDelivery, Replay, State


SLICE: Final = 500
SENT: Final = (State.DEAD, State.DISCARDED, State.DELIVERED)


@dataclass(slots=True)
class Count:
    """How far a replay has come.

    ``queued`` counts by connection and mapping what was asked of the store, ``deliveries`` what it
    took: it leaves out what waits already.
    """

    total: int
    seen: int = 0
    deliveries: int = 0
    queued: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def data(self) -> JsonObject:
        """The figures as JSON."""
        queued: list[JsonObject] = [
            {"connection": connection, "mapping": mapping, "count": count}
            for (connection, mapping), count in sorted(self.queued.items())
        ]
        return {
            "total": self.total,
            "seen": self.seen,
            "deliveries": self.deliveries,
            "queued": queued,
        }


async def replay(office: Office, ask: Ask) -> JsonObject:
    """Send deliveries again through the mappings they went through, as these are now.

    ``state`` says which: dead letters, unless it names another. What is queued meanwhile is not
    looked at again.
    """
    query = _query(ask, before=office.clock())
    count = Count(await office.store.history.count(query))
    async for found in _deliveries(office.store.history, query):
        replays = [Replay(one.event, (NewDelivery(one.connection, one.mapping),)) for one in found]
        await _queue(office, replays, count, dry=ask.flag("dry_run"))
        count.seen += len(found)
        ask.tell(count.data())
    return count.data()


async def redispatch(office: Office, ask: Ask) -> JsonObject:
    """Run filters and triggers again over stored events, also those that led to nothing.

    A mapping that an event was delivered through is left out, unless ``state`` is "delivered".
    """
    query = _events(ask, before=office.clock())
    wanted = ask.maybe("connection"), ask.maybe("mapping")
    again = ask.maybe("state") == State.DELIVERED
    dispatcher, count = office.dispatcher(), Count(0)
    async for found in _kept(office.store.history, query):
        replays = [
            Replay(kept.event, tuple(_chosen(kept, dispatcher, wanted, again=again)))
            for kept in found
        ]
        await _queue(
            office, [one for one in replays if one.deliveries], count, dry=ask.flag("dry_run")
        )
        count.seen += len(found)
        count.total = count.seen
        ask.tell(count.data())
    return count.data()


async def _queue(office: Office, replays: Sequence[Replay], count: Count, *, dry: bool) -> None:
    for one in replays:
        count.queued.update((new.connection, new.mapping) for new in one.deliveries)
    if replays and not dry:
        count.deliveries += len(await office.store.queue.replay(replays))


def _chosen(
    kept: Kept, dispatcher: Dispatch, wanted: Sequence[str | None], *, again: bool
) -> Iterator[NewDelivery]:
    """Where an event goes now, but for where it has been."""
    gone = {
        (one.connection, one.mapping)
        for one in kept.deliveries
        if one.state is State.DELIVERED and not again
    }
    for delivery in dispatcher.dispatch(cast("Event", decode(kept.text)), kept.source):
        place = delivery.connection.name, delivery.mapping.name
        named = all(name in {None, one} for name, one in zip(wanted, place, strict=True))
        if named and place not in gone:
            yield NewDelivery(*place)


async def _deliveries(history: History, query: Query) -> AsyncIterator[Sequence[Summary]]:
    page = await history.search(query, limit=SLICE, oldest_first=True)
    while page.items:
        yield page.items
        if page.next is None:
            return
        page = await history.search(query, after=page.next, limit=SLICE, oldest_first=True)


async def _kept(history: History, query: EventQuery) -> AsyncIterator[Sequence[Kept]]:
    page = await history.events(query, limit=SLICE, oldest_first=True)
    while page.items:
        yield page.items
        if page.next is None:
            return
        page = await history.events(query, after=page.next, limit=SLICE, oldest_first=True)


def _query(ask: Ask, *, before: float) -> Query:
    return Query(
        connection=ask.maybe("connection"),
        mapping=ask.maybe("mapping"),
        user=ask.maybe("user"),
        message_id=ask.maybe("message"),
        state=_state(ask.maybe("state") or State.DEAD),
        code=ask.maybe("code"),
        since=ask.number("since"),
        until=min(ask.number("until") or before, before),
    )


def _events(ask: Ask, *, before: float) -> EventQuery:
    return EventQuery(
        source=ask.maybe("source"),
        user=ask.maybe("user"),
        message_id=ask.maybe("message"),
        since=ask.number("since"),
        until=min(ask.number("until") or before, before),
    )


def _state(name: str) -> State:
    """The state whose deliveries are sent again."""
    if name not in SENT:
        raise AskedWronglyError(f'"{name}" cannot be sent again; use one of {", ".join(SENT)}')
    return State(name)
