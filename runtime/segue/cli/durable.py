"""Sending through the store: events are on disk first, then delivered by whoever owns it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from queue import Empty, Queue
from threading import Thread
from typing import Final, TypeAlias, cast

from segue.cli.setup import Setup
from segue.cli.tally import Tally
from segue.control import Control, Office, open_control, read_store
from segue.events import Event, Rejected
from segue.json import JsonObject
from segue.store.records import Query, Summary


CHUNK: Final = 500
PAUSE: Final = 0.05
GLANCE: Final = 0.2
PAGE: Final = 1000

Found: TypeAlias = Event | Rejected


async def send(
    setup: Setup, source: str, found: Iterable[Found], tally: Tally, *, retry_for: float
) -> bool:
    """Store events and deliver them; False if another process owns the store and will do so.

    Deliveries that need longer than ``retry_for`` seconds stay in the store for the next run.
    """
    from segue.server import open_working

    started = time.time()
    async with open_control(setup.data, lambda: open_working(setup.data, setup.load)) as control:
        async for chunk in chunks(found):
            await store(control, source, chunk, tally)
        if control.office is None:
            return False
        await quiet(control.office, retry_for)
        async for summary in _since(control.office, started):
            tally.find(summary)
    return True


async def store(control: Control, source: str, found: Iterable[Found], tally: Tally) -> None:
    """Have the good events stored, and count what becomes of all."""
    events: list[Event] = []
    for one in found:
        if isinstance(one, Rejected):
            tally.refuse(one)
        else:
            events.append(one)
    if events:
        done = await control.do("take", {"source": source, "events": events})
        known = frozenset(cast("list[int]", done["known"]))
        tally.events += len(events)
        tally.known += len(known)
        tally.stored += len(events) - len(known)
        for end in cast("list[JsonObject]", done.get("ended", [])):
            tally.end(str(end["connection"]), str(end["code"]), cast("int", end["count"]))


async def held(setup: Setup) -> list[str]:
    """What is to be said of the connections that are held."""
    async with read_store(setup.data) as view:
        stats = await view.history.stats()
    return [
        f'the connection "{name}" is held: its events are kept, and go on with "segue resume {name}" '
        f"or when its settings change; {one.hold.why}"
        for name, one in sorted(stats.items())
        if one.hold is not None
    ]


async def quiet(office: Office, seconds: float) -> None:
    """Wait until nothing is due any more, or for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        backlog = (await office.store.queue.backlog()).values()
        if not any(one.waiting or one.retrying for one in backlog):
            return
        await asyncio.sleep(PAUSE)


async def chunks(found: Iterable[Found]) -> AsyncIterator[list[Found]]:
    """What there is, at most CHUNK at a time; slow input holds nothing up."""
    pipe: Queue[Found | BaseException | None] = Queue(2 * CHUNK)
    Thread(target=_pump, args=(found, pipe), daemon=True).start()
    more = True
    while more:
        chunk, more = await asyncio.to_thread(_gather, pipe)
        if chunk:
            yield chunk


def _pump(found: Iterable[Found], pipe: "Queue[Found | BaseException | None]") -> None:
    try:
        for one in found:
            pipe.put(one)
    except BaseException as error:  # noqa: BLE001 raised again where it is waited for
        pipe.put(error)
    pipe.put(None)


def _gather(pipe: "Queue[Found | BaseException | None]") -> tuple[list[Found], bool]:
    """The next ones, waiting for the first a little; and whether there may be more.

    It comes back without any, since a thread that waits for ever could not be interrupted.
    """
    chunk: list[Found] = []
    try:
        one = pipe.get(timeout=GLANCE)
        while one is not None:
            if isinstance(one, BaseException):
                raise one
            chunk.append(one)
            if len(chunk) == CHUNK:
                return chunk, True
            one = pipe.get_nowait()
    except Empty:
        return chunk, True
    return chunk, False


async def _since(office: Office, started: float) -> AsyncIterator[Summary]:
    """The deliveries that were queued since then."""
    history, query = office.store.history, Query(since=started)
    page = await history.search(query, limit=PAGE, oldest_first=True)
    while True:
        for summary in page.items:
            yield summary
        if page.next is None:
            return
        page = await history.search(query, after=page.next, limit=PAGE, oldest_first=True)
