"""Who has which delivery in hand, and until when. Kept in memory: a lease dies with its process."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Generic, TypeVar


L = TypeVar("L", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class Lease(Generic[L, V]):
    """A delivery in hand. ``value`` is what its settlement will need to know."""

    number: int
    delivery: int
    connection: str
    lane: L
    until: float
    value: V
    cancelled: bool = False


@dataclass(slots=True)
class Leases(Generic[L, V]):
    """All leases; a lane has one at most."""

    _by_delivery: dict[int, Lease[L, V]] = field(default_factory=dict[int, Lease[L, V]])
    _by_lane: dict[L, int] = field(default_factory=dict[L, int])
    _sizes: Counter[str] = field(default_factory=Counter[str])
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _soonest: float = math.inf

    def __len__(self) -> int:
        return len(self._by_delivery)

    def __contains__(self, delivery: int) -> bool:
        return delivery in self._by_delivery

    def __getitem__(self, delivery: int) -> Lease[L, V]:
        return self._by_delivery[delivery]

    def grant(self, delivery: int, connection: str, lane: L, until: float, value: V) -> int:
        """Lease a delivery; the number that its holder must name."""
        number = next(self._numbers)
        self.put(Lease(number, delivery, connection, lane, until, value))
        return number

    def put(self, lease: Lease[L, V]) -> None:
        """Have this lease, in the place of one of the same delivery."""
        if lease.delivery not in self._by_delivery:
            self._sizes[lease.connection] += 1
        self._by_delivery[lease.delivery] = lease
        self._by_lane[lease.lane] = lease.delivery
        self._soonest = min(self._soonest, lease.until)

    def find(self, delivery: int, number: int) -> Lease[L, V] | None:
        """The lease of that number; one that ran out is good until it is noticed."""
        lease = self._by_delivery.get(delivery)
        return lease if lease is not None and lease.number == number else None

    def drop(self, delivery: int) -> None:
        """End a lease."""
        lease = self._by_delivery.pop(delivery)
        del self._by_lane[lease.lane]
        self._sizes[lease.connection] -= 1

    def restore(self, leases: Iterable[Lease[L, V]]) -> None:
        """Have leases again that were dropped."""
        for lease in leases:
            self.put(lease)

    def retract(self, deliveries: Iterable[int]) -> None:
        """Have leases not have been granted."""
        for delivery in deliveries:
            self.drop(delivery)

    def extend(self, lease: Lease[L, V], until: float) -> None:
        """Let it run until then."""
        self.put(replace(lease, until=until))

    def cancel(self, delivery: int) -> None:
        """Remember that the delivery is to end as cancelled."""
        self.put(replace(self._by_delivery[delivery], cancelled=True))

    def takes(self, lane: L) -> bool:
        """Whether a delivery of this lane is in hand."""
        return lane in self._by_lane

    def size(self, connection: str) -> int:
        """How many leases a connection has."""
        return self._sizes[connection]

    def of(self, connection: str) -> list[Lease[L, V]]:
        """The leases of a connection."""
        return [one for one in self._by_delivery.values() if one.connection == connection]

    def expired(self, now: float) -> list[Lease[L, V]]:
        """The leases that have run out."""
        if now < self._soonest:
            return []
        gone = [one for one in self._by_delivery.values() if one.until <= now]
        self._soonest = min(
            (one.until for one in self._by_delivery.values() if one.until > now), default=math.inf
        )
        return gone
