"""The store as the deputy sees it: every question goes to the process that owns it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from segue.deputy.link import Link
from segue.deputy.packing import Row, pack_settlement, pack_step, unpack_claim
from segue.store.protocols import LEASE
from segue.store.records import Note
from segue.store.values import Backlog, Claim, Hold, Settlement, Step


class RemoteQueue:
    """What a worker asks of a Queue. ``limit`` is how much of a body the store keeps, in bytes."""

    def __init__(self, link: Link, limit: int) -> None:
        self._link, self._limit = link, limit
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, notify: Callable[[str], None]) -> None:
        self._watchers.append(notify)

    async def wake(self, connection: str) -> None:
        """Tell who watches."""
        for notify in self._watchers:
            notify(connection)

    async def claim(
        self, connection: str, *, fresh: int, retries: int = 0, lease: float = LEASE
    ) -> list[Claim]:
        asking = asyncio.ensure_future(self._link.ask("claim", connection, fresh, retries, lease))
        try:
            return list(map(unpack_claim, await asyncio.shield(asking)))
        except asyncio.CancelledError:
            asking.add_done_callback(self._return)
            raise

    def _return(self, asked: "asyncio.Future[list[Row]]") -> None:
        """Give claims back that nobody waits for any more."""
        if not asked.cancelled() and asked.exception() is None:
            self._link.tell("release", [row[:2] for row in asked.result()])

    async def due(self, connection: str) -> float | None:
        found: float | None = await self._link.ask("due", connection)
        return found

    async def extend(self, claims: Collection[Claim], lease: float = LEASE) -> list[int]:
        lost: list[int] = await self._link.ask("extend", _names(claims), lease)
        return lost

    async def release(self, claims: Collection[Claim]) -> None:
        await self._link.ask("release", _names(claims))

    async def keep(self, claim: Claim, step: Step) -> bool:
        kept: bool = await self._link.ask("keep", claim.delivery, claim.lease, pack_step(step))
        return kept

    async def settle(self, settlements: Sequence[Settlement]) -> list[int]:
        rows = [pack_settlement(one, self._limit) for one in settlements]
        lost: list[int] = await self._link.ask("settle", rows)
        return lost

    async def hold(self, connection: str, code: str, why: str) -> None:
        await self._link.ask("hold", connection, code, why)

    async def resume(self, connection: str) -> int:
        freed: int = await self._link.ask("resume", connection)
        return freed

    async def holds(self) -> Mapping[str, Hold]:
        return {name: Hold(*told) for name, *told in await self._link.ask("holds")}

    async def backlog(self) -> Mapping[str, Backlog]:
        return {name: Backlog(*told) for name, *told in await self._link.ask("backlog")}


class RemoteLedger:
    """What a worker asks of a Ledger."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def note(self, book: str, key: str, value: bytes) -> None:
        await self._link.ask("note", book, key, value)

    async def notes(self, book: str) -> list[Note]:
        return [Note(*told) for told in await self._link.ask("notes", book)]


class RemoteStore:
    """The parts of a Store that a worker uses."""

    def __init__(self, link: Link, limit: int) -> None:
        self.queue, self.ledger = RemoteQueue(link, limit), RemoteLedger(link)


def _names(claims: Collection[Claim]) -> list[tuple[int, int]]:
    return [(one.delivery, one.lease) for one in claims]
