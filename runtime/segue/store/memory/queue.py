"""The Queue in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence

from segue.errors import StoreFullError
from segue.store.leases import Lease
from segue.store.memory.data import Data, Delivery, Event, Lane
from segue.store.protocols import LEASE
from segue.store.values import (
    REPLAYABLE,
    UNSETTLED,
    Arrival,
    Backlog,
    Cancelled,
    Claim,
    Hold,
    NewDelivery,
    Receipt,
    Replay,
    Settlement,
    State,
    Step,
)


class MemoryQueue:
    """See Queue."""

    def __init__(self, data: Data) -> None:
        self._data = data

    async def append(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        self._data.now()
        self._refuse_if_full()
        return [self._arrive(one) for one in arrivals]

    async def replay(self, replays: Sequence[Replay]) -> list[int]:
        self._refuse_if_full()
        numbers = [self._again(one.event, new) for one in replays for new in one.deliveries]
        return [number for number in numbers if number is not None]

    async def claim(
        self, connection: str, *, fresh: int, retries: int = 0, lease: float = LEASE
    ) -> list[Claim]:
        now = self._data.now()
        self._lapse(now)
        heads = [one for one in self._heads(connection) if one.due is not None and one.due <= now]
        begun = [one for one in heads if not one.tries and one.begun]
        new = [one for one in heads if not one.tries and not one.begun]
        tried = [one for one in heads if one.tries]
        new = new[: self._data.turns.share(connection, fresh, len(begun))]
        picked = [*begun[: fresh - len(new)], *new, *tried[:retries]]
        return [self._grant(one, now + lease) for one in picked]

    async def due(self, connection: str) -> float | None:
        self._data.now()
        if connection in self._data.holds:
            return None
        times = [one.due for one in self._heads(connection) if one.due is not None]
        leases = [one.until for one in self._data.leases.of(connection)]
        return min([*times, *leases], default=None)

    def watch(self, notify: Callable[[str], None]) -> None:
        self._data.watchers.append(notify)

    async def extend(self, claims: Collection[Claim], lease: float = LEASE) -> list[int]:
        until = self._data.now() + lease
        lost: list[int] = []
        for one in claims:
            found = self._data.leases.find(one.delivery, one.lease)
            if found is None:
                lost.append(one.delivery)
            else:
                self._data.leases.extend(found, until)
        return lost

    async def release(self, claims: Collection[Claim]) -> None:
        for one in claims:
            found = self._data.leases.find(one.delivery, one.lease)
            if found is not None:
                self._give_back(found)

    async def keep(self, claim: Claim, step: Step) -> bool:
        self._data.now()
        found = self._data.leases.find(claim.delivery, claim.lease)
        if found is not None:
            found.value.steps.append(step)
        return found is not None

    async def settle(self, settlements: Sequence[Settlement]) -> list[int]:
        self._data.now()
        return [one.claim.delivery for one in settlements if not self._settle(one)]

    async def hold(self, connection: str, code: str, why: str) -> None:
        self._data.holds[connection] = Hold(code, why, self._data.now())
        self._data.wake(connection)

    async def resume(self, connection: str) -> int:
        now = self._data.now()
        self._data.holds.pop(connection, None)
        held = [one for one in self._heads(connection) if one.state is State.HELD]
        for one in held:
            one.state = State.RETRYING if one.tries else State.WAITING
            one.due, one.begun = now, True
        self._data.wake(connection)
        return len(held)

    async def holds(self) -> Mapping[str, Hold]:
        self._data.now()
        return dict(self._data.holds)

    async def backlog(self) -> Mapping[str, Backlog]:
        self._data.now()
        return self._data.backlog()

    async def cancel(self, users: Collection[str]) -> Cancelled:
        self._data.now()
        found = [
            one
            for one in self._data.deliveries.values()
            if one.unsettled and one.event.user in users
        ]
        for one in found:
            if one.number in self._data.leases:
                self._data.leases.cancel(one.number)
            else:
                self._data.end(one, State.CANCELLED, "CANCELLED", "")
        in_flight = sum(one.number in self._data.leases for one in found)
        return Cancelled(len(found) - in_flight, in_flight)

    def _refuse_if_full(self) -> None:
        if self._data.size > self._data.limits.size:
            raise StoreFullError("the store is full: settle deliveries, or raise its size")

    def _arrive(self, arrival: Arrival) -> Receipt:
        data, key = self._data, (arrival.source, arrival.message_id)
        if key in data.seen:
            return Receipt(data.seen[key].number, new=False)
        number, at = data.number("event"), data.stamp()
        event = Event(number, at, arrival.source, arrival.user, arrival.message_id, arrival.event)
        data.events[number] = data.seen[key] = event
        data.size += len(arrival.event)
        for new in arrival.deliveries:
            data.queue(event, new)
        return Receipt(number, new=True)

    def _again(self, number: int, new: NewDelivery) -> int | None:
        event = self._data.events.get(number)
        if event is None:
            return None
        earlier = [
            one
            for one in self._data.of(event)
            if (one.connection, one.mapping) == (new.connection, new.mapping)
        ]
        if any(one.unsettled for one in earlier):
            return None
        for one in earlier:
            if one.state in REPLAYABLE:
                one.state = State.REPLAYED
        return self._data.queue(event, new, len(earlier))

    def _heads(self, connection: str) -> list[Delivery]:
        """The first delivery of each lane that is not in hand, those longest due first."""
        if connection in self._data.holds:
            return []
        heads = [
            lane[0]
            for key, lane in self._data.lanes.items()
            if key[0] == connection and lane[0].number not in self._data.leases
        ]
        return sorted(heads, key=lambda one: (one.due or 0.0, one.number))

    def _lapse(self, now: float) -> None:
        for lease in self._data.leases.expired(now):
            self._data.lapsed.add(lease.delivery)
            self._give_back(lease)

    def _give_back(self, lease: Lease[Lane, Delivery]) -> None:
        self._data.leases.drop(lease.delivery)
        if lease.cancelled:
            self._data.end(lease.value, State.CANCELLED, "CANCELLED", "")
        self._data.wake(lease.connection)

    def _grant(self, one: Delivery, until: float) -> Claim:
        event, data = one.event, self._data
        request, payload = one.frozen
        one.ambiguous |= one.number in data.lapsed
        return Claim(
            one.number,
            data.leases.grant(one.number, one.connection, one.lane, until, one),
            one.connection,
            one.mapping,
            event.source,
            event.user,
            event.message_id,
            event.at,
            event.number,
            event.text,
            one.replay,
            one.tries,
            one.first,
            one.spent,
            one.ambiguous,
            request,
            tuple(one.steps),
            payload,
        )

    def _settle(self, settlement: Settlement) -> bool:
        data = self._data
        lease = data.leases.find(settlement.claim.delivery, settlement.claim.lease)
        if lease is None:
            return False
        data.leases.drop(lease.delivery)
        one, state = lease.value, settlement.state
        if lease.cancelled and state in UNSETTLED:
            state = State.CANCELLED
        _record(data, one, settlement)
        if state in UNSETTLED:
            one.state, one.code, one.why = state, settlement.code, settlement.why
            one.due = settlement.due
            if one.frozen == (None, None):
                one.frozen = settlement.frozen, settlement.payload
            data.wake(one.connection)
        else:
            data.end(one, state, settlement.code, settlement.why)
        return True


def _record(data: Data, one: Delivery, settlement: Settlement) -> None:
    """What is kept of every settlement."""
    data.lapsed.discard(one.number)
    if settlement.attempts:
        one.tries += 1
        one.first = settlement.attempts[0].at if one.first is None else one.first
    one.ambiguous |= settlement.ambiguous
    one.spent = settlement.spent
    one.revision = one.revision or settlement.revision
    one.plugin = one.plugin or settlement.plugin
    for attempt in settlement.attempts:
        data.log(one, attempt)
