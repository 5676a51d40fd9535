"""From an event that arrived to a place on disk, with the deliveries it leads to."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

from segue.dispatch import Dispatcher, Route
from segue.errors import StoreError
from segue.events import Event, Rejected
from segue.ingest.intake import Full, count
from segue.json import encode
from segue.store.protocols import Store
from segue.store.records import Discard
from segue.store.values import Arrival, NewDelivery
from segue.workspace.model import Source


log: Final = logging.getLogger("segue.intake")

NOWHERE: Final = ""
"""In place of a connection, for what was refused on arrival or has none to go to."""

UNWANTED: Final = "NO_MATCHING_MAPPING"
SAMPLES: Final = 10
LATER: Final = 10.0


class StoreIntake:
    """See ingest.Intake. ``dispatcher`` gives the one in force and is asked at every call.

    What ends without a delivery is counted at its connection under Segment's code. The counts
    follow on their own, since nobody should wait for them; ``flush`` writes those that are left.
    ``samples`` are the last that were refused, by source and code.
    """

    def __init__(self, store: Store, dispatcher: Callable[[], Dispatcher]) -> None:
        self.samples: dict[tuple[str, str], deque[Rejected]] = {}
        self._store, self._dispatcher = store, dispatcher
        self._counts = Counter[tuple[str, str]]()
        self._writing: asyncio.Task[None] | None = None

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        """Store events; for each whether it is new. Raises Full."""
        dispatcher = self._dispatcher()
        routes = [dispatcher.route(event, source.name) for event in events]
        arrivals = [
            arrival(source.name, event, route) for event, route in zip(events, routes, strict=True)
        ]
        try:
            receipts = await self._store.queue.append(arrivals)
        except StoreError as error:
            raise Full(LATER) from error
        for receipt, route in zip(receipts, routes, strict=True):
            if receipt.new:
                self._count(route)
        return [receipt.new for receipt in receipts]

    def refuse(self, source: Source | None, rejected: Rejected) -> None:
        """Count what is not taken, and keep a sample of it."""
        place = (source.name if source else "", rejected.code)
        self.samples.setdefault(place, deque(maxlen=SAMPLES)).append(rejected)
        self._add(NOWHERE, rejected.code)
        self._write_soon()

    async def flush(self) -> None:
        """Write the counts that are left. Raises StoreError; they are kept then."""
        if self._writing is not None:
            await self._writing
        await self._write()

    def _count(self, route: Route) -> None:
        for skipped in route.skipped:
            self._add(skipped.connection, skipped.discarded.code)
        if not route.deliveries and not route.skipped:
            self._add(NOWHERE, UNWANTED)
        if self._counts:
            self._write_soon()

    def _add(self, connection: str, code: str) -> None:
        self._counts[connection, code] += 1
        count(connection, code)

    def _write_soon(self) -> None:
        """What is counted while one write is under way goes into the next."""
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            while self._counts:
                await self._write()
        except StoreError as error:
            log.warning("discards are counted later: %s", error)
        finally:
            self._writing = None

    async def _write(self) -> None:
        counts, self._counts = self._counts, Counter()
        discards = [Discard(connection, code, n) for (connection, code), n in counts.items()]
        try:
            if discards:
                await self._store.history.discard(discards)
        except StoreError:
            self._counts.update(counts)
            raise


def arrival(source: str, event: Event, route: Route) -> Arrival:
    """An event as the store takes it. One of nobody, should there ever be one, waits for no other."""
    message = str(event["messageId"])
    return Arrival(
        source,
        str(event.get("userId") or event.get("anonymousId") or message),
        message,
        encode(event),
        tuple(NewDelivery(one.connection.name, one.mapping.name) for one in route.deliveries),
    )
