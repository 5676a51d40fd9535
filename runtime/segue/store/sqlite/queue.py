"""The Queue of one file: every method is a job for the writer."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from segue.store.protocols import LEASE, Clock
from segue.store.sqlite import append, claim, holds, settle
from segue.store.sqlite.schema import STATES
from segue.store.sqlite.writer import Verb, Writer, each
from segue.store.values import (
    Arrival,
    Backlog,
    Cancelled,
    Claim,
    Hold,
    Receipt,
    Replay,
    Settlement,
    State,
    Step,
)


APPEND: Final[Verb[Sequence[Arrival], list[Receipt]]] = Verb(append.append, rank=0)
SETTLE: Final[Verb[Sequence[Settlement], list[int]]] = Verb(settle.settle, rank=1, patient=True)
KEEP: Final[Verb[tuple[Claim, Step], bool]] = Verb(each(settle.keep), patient=True)
REPLAY: Final[Verb[Sequence[Replay], list[int]]] = Verb(each(append.replay))
EXTEND: Final[Verb[tuple[Collection[Claim], float], list[int]]] = Verb(
    each(claim.extend), patient=True
)
RELEASE: Final[Verb[Collection[Claim], None]] = Verb(each(claim.release), meanwhile=lambda: None)
CLAIM: Final[Verb[claim.Ask, list[Claim]]] = Verb(
    each(claim.claim), rank=3, meanwhile=list[Claim], lost=RELEASE
)
DUE: Final[Verb[str, float | None]] = Verb(each(claim.due), rank=4, meanwhile=lambda: None)
HOLD: Final[Verb[tuple[str, Hold], None]] = Verb(each(holds.hold), patient=True)
LIFT: Final[Verb[str, None]] = Verb(each(holds.lift))
FREE: Final[Verb[str, int]] = Verb(each(holds.free))
CANCEL: Final[Verb[tuple[str, int], tuple[Cancelled, int | None]]] = Verb(each(holds.cancel))


class SqliteQueue:
    """See Queue."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer, self._clock = writer, clock

    async def append(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        return await self._writer.do(APPEND, arrivals, size=len(arrivals))

    async def replay(self, replays: Sequence[Replay]) -> list[int]:
        return await self._writer.do(REPLAY, replays, size=len(replays))

    async def claim(
        self, connection: str, *, fresh: int, retries: int = 0, lease: float = LEASE
    ) -> list[Claim]:
        return await self._writer.do(CLAIM, claim.Ask(connection, fresh, retries, lease))

    async def due(self, connection: str) -> float | None:
        return await self._writer.do(DUE, connection)

    def watch(self, notify: Callable[[str], None]) -> None:
        self._writer.watch(notify)

    async def extend(self, claims: Collection[Claim], lease: float = LEASE) -> list[int]:
        return await self._writer.do(EXTEND, (claims, lease))

    async def release(self, claims: Collection[Claim]) -> None:
        await self._writer.do(RELEASE, claims)

    async def keep(self, claim: Claim, step: Step) -> bool:
        return await self._writer.do(KEEP, (claim, step))

    async def settle(self, settlements: Sequence[Settlement]) -> list[int]:
        return await self._writer.do(SETTLE, settlements, size=len(settlements))

    async def hold(self, connection: str, code: str, why: str) -> None:
        await self._writer.do(HOLD, (connection, Hold(code, why, self._clock())))

    async def resume(self, connection: str) -> int:
        await self._writer.do(LIFT, connection)
        freed = total = await self._writer.do(FREE, connection)
        while freed == holds.SLICE:
            freed = await self._writer.do(FREE, connection)
            total += freed
        return total

    async def holds(self) -> Mapping[str, Hold]:
        return dict(self._writer.books.holds)

    async def backlog(self) -> Mapping[str, Backlog]:
        books = self._writer.books
        return backlogs(dict(books.backlog), books.holds)

    async def cancel(self, users: Collection[str]) -> Cancelled:
        found = [await self._cancel(user) for user in users]
        return Cancelled(sum(one.deliveries for one in found), sum(one.in_flight for one in found))

    async def _cancel(self, user: str) -> Cancelled:
        deliveries = in_flight = 0
        after: int | None = 0
        while after is not None:
            found, after = await self._writer.do(CANCEL, (user, after))
            deliveries += found.deliveries
            in_flight += found.in_flight
        return Cancelled(deliveries, in_flight)


def backlogs(
    counts: Mapping[tuple[str, int], int], holds: Mapping[str, Hold]
) -> dict[str, Backlog]:
    """The backlog of each connection that has one, from how many deliveries are where."""
    by_name: dict[str, Counter[State]] = {}
    for (name, place), count in counts.items():
        if count:
            by_name.setdefault(name, Counter())[STATES[place]] += count
    return {name: Backlog.of(found, held=name in holds) for name, found in by_name.items()}
