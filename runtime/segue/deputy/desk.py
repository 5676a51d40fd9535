"""The store's side: answers what the deputy asks, and remembers what it has in hand."""

from collections.abc import Callable, Iterable, Sequence

from segue.deputy.link import Does, Link
from segue.deputy.packing import Row, pack_claim, unpack_settlement, unpack_step
from segue.hooks import Tell
from segue.store.protocols import Store
from segue.store.values import Claim
from segue.worker.hand import report


class Desk:
    """``tell`` gives who is told of what has ended, if anyone is."""

    def __init__(self, store: Store, tell: Callable[[], Tell | None]) -> None:
        self._store, self._queue, self._tell = store, store.queue, tell
        self._claims: dict[int, Claim] = {}

    def does(self) -> Does:
        """What can be asked."""
        names = (
            "claim", "due", "extend", "release", "keep", "settle", "hold", "resume",
            "holds", "backlog", "note", "notes",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def watch(self, link: Link) -> None:
        """Pass on whose next claim may have changed."""
        self._queue.watch(lambda connection: link.tell("wake", connection))

    async def lapse(self) -> None:
        """End the leases of a deputy that is no more; what they were for may have been done."""
        claims, self._claims = list(self._claims.values()), {}
        if claims:
            await self._queue.extend(claims, -1.0)

    async def claim(self, connection: str, fresh: int, retries: int, lease: float) -> list[Row]:
        claims = await self._queue.claim(connection, fresh=fresh, retries=retries, lease=lease)
        for one in claims:
            self._claims[one.delivery] = one
        return list(map(pack_claim, claims))

    async def due(self, connection: str) -> float | None:
        return await self._queue.due(connection)

    async def extend(self, names: Sequence[tuple[int, int]], lease: float) -> list[int]:
        known = self._known(names)
        unknown = {delivery for delivery, _ in names} - {one.delivery for one in known}
        return [*unknown, *await self._queue.extend(known, lease)]

    async def release(self, names: Sequence[tuple[int, int]]) -> None:
        known = self._known(names)
        await self._queue.release(known)
        self._forget(known)

    async def keep(self, delivery: int, lease: int, step: Row) -> bool:
        known = self._known([(delivery, lease)])
        return bool(known) and await self._queue.keep(known[0], unpack_step(step))

    async def settle(self, rows: Sequence[Row]) -> list[int]:
        known = {one.delivery: one for one in self._known((row[0], row[1]) for row in rows)}
        settlements = [unpack_settlement(row, known[row[0]]) for row in rows if row[0] in known]
        lost = await self._queue.settle(settlements)
        self._forget(known.values())
        tell = self._tell()
        if tell is not None:
            report(settlements, lost, tell)
        return [*lost, *(row[0] for row in rows if row[0] not in known)]

    async def hold(self, connection: str, code: str, why: str) -> None:
        await self._queue.hold(connection, code, why)

    async def resume(self, connection: str) -> int:
        return await self._queue.resume(connection)

    async def holds(self) -> list[Row]:
        found = await self._queue.holds()
        return [(name, one.code, one.why, one.since) for name, one in found.items()]

    async def backlog(self) -> list[Row]:
        found = await self._queue.backlog()
        return [(name, one.waiting, one.retrying, one.held) for name, one in found.items()]

    async def note(self, book: str, key: str, value: bytes) -> None:
        await self._store.ledger.note(book, key, value)

    async def notes(self, book: str) -> list[Row]:
        return [(one.key, one.value) for one in await self._store.ledger.notes(book)]

    def _known(self, names: Iterable[tuple[int, int]]) -> list[Claim]:
        found = ((self._claims.get(delivery), lease) for delivery, lease in names)
        return [one for one, lease in found if one is not None and one.lease == lease]

    def _forget(self, claims: Iterable[Claim]) -> None:
        for one in claims:
            if self._claims.get(one.delivery) is one:
                del self._claims[one.delivery]
