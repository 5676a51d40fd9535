"""The claims that this process holds: kept alive, settled together, given back."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from typing import Final

from segue.errors import StoreError
from segue.hooks import Tell
from segue.store.protocols import LEASE, Queue
from segue.store.values import Claim, Settlement
from segue.worker.settling import ended


log: Final = logging.getLogger("segue.worker")

PULSE: Final = LEASE / 3
PAUSE: Final = 1.0


class Hand:
    """Settlements that come while others are written go together into the next write.

    ``tell`` is told of what has ended, once that is written.
    """

    def __init__(self, queue: Queue) -> None:
        self.tell: Tell | None = None
        self._queue = queue
        self._claims: dict[int, Claim] = {}
        self._settlements: list[Settlement] = []
        self._released: list[Claim] = []
        self._bell = asyncio.Event()
        self._writing = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._claims)

    async def claim(self, connection: str, *, fresh: int, retries: int) -> list[Claim]:
        """Take up to so many first tries and retries."""
        claims = await self._queue.claim(connection, fresh=fresh, retries=retries)
        for one in claims:
            self._claims[one.delivery] = one
        return claims

    def has(self, claim: Claim) -> bool:
        """Whether a claim is still ours, as far as is known."""
        return self._claims.get(claim.delivery) is claim

    def settle(self, settlement: Settlement) -> None:
        """Have it written soon."""
        self._settlements.append(settlement)
        self._bell.set()

    def release(self, claims: Iterable[Claim]) -> None:
        """Have them given back soon; nothing was sent."""
        self._released += claims
        self._bell.set()

    async def write(self) -> None:
        """Write what comes, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write all that waits to be written, and what is being written."""
        async with self._writing:
            while self._settlements or self._released:
                settlements, self._settlements = self._settlements, []
                released, self._released = self._released, []
                try:
                    await self._write(settlements, released)
                except StoreError as error:
                    log.warning("settlements wait to be written: %s", error)
                    self._settlements[:0], self._released[:0] = settlements, released
                    await asyncio.sleep(PAUSE)

    async def live(self) -> None:
        """Keep the leases alive, until cancelled."""
        while True:
            await asyncio.sleep(PULSE)
            claims = list(self._claims.values())
            try:
                lost = set(await self._queue.extend(claims))
            except StoreError as error:
                log.warning("leases are not extended: %s", error)
            else:
                self._lose(one for one in claims if one.delivery in lost)

    async def _write(self, settlements: list[Settlement], released: list[Claim]) -> None:
        if settlements:
            lost = await self._queue.settle(settlements)
            for one in settlements:
                self._let_go(one.claim)
            if self.tell is not None:
                report(settlements, lost, self.tell)
            settlements.clear()
            _mourn(lost)
        if released:
            await self._queue.release(released)
            for claim in released:
                self._let_go(claim)
            released.clear()

    def _lose(self, claims: Iterable[Claim]) -> None:
        """Have them no more; what was settled meanwhile is not among them."""
        for claim in filter(self.has, claims):
            del self._claims[claim.delivery]
            _mourn([claim.delivery])

    def _let_go(self, claim: Claim) -> None:
        if self.has(claim):
            del self._claims[claim.delivery]


def report(settlements: Iterable[Settlement], lost: Collection[int], tell: Tell) -> None:
    """Tell of what has ended, but for that whose lease was lost."""
    for one in settlements:
        settled = ended(one)
        if settled is not None and settled.delivery not in lost:
            tell(settled)


def _mourn(lost: list[int]) -> None:
    for delivery in lost:
        why = "the lease of delivery %d was lost; it will be made again"
        log.warning(why, delivery, extra={"delivery": delivery})
