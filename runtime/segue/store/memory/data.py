"""What a store in memory is made of."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from segue.errors import StoreUnavailableError
from segue.http import Request
from segue.json import JsonObject
from segue.store import tally
from segue.store.codec import pack_request, pack_response, unpack_request, unpack_response
from segue.store.leases import Leases
from segue.store.protocols import Clock
from segue.store.records import Limits, Note, Summary
from segue.store.tally import Entry
from segue.store.turns import Turns
from segue.store.values import UNSETTLED, Attempt, Backlog, Hold, NewDelivery, State, Step


Lane: TypeAlias = tuple[str, str, str]


@dataclass(slots=True)
class Event:
    """One event."""

    number: int
    at: float
    source: str
    user: str
    message_id: str
    text: bytes


@dataclass(slots=True)
class Delivery:
    """One delivery. ``due`` is None while it is held; ``begun``: another of its lane went before."""

    number: int
    event: Event
    connection: str
    mapping: str
    queued_at: float
    replay: int = 0
    state: State = State.WAITING
    due: float | None = 0.0
    begun: bool = False
    code: str = ""
    why: str = ""
    tries: int = 0
    first: float | None = None
    ended: float | None = None
    spent: float = 0.0
    ambiguous: bool = False
    frozen: tuple[Request | None, JsonObject | None] = (None, None)
    revision: str | None = None
    plugin: str | None = None
    steps: list[Step] = field(default_factory=list[Step])
    attempts: list[Attempt] = field(default_factory=list[Attempt])

    @property
    def lane(self) -> Lane:
        """Deliveries of one lane are made one after the other."""
        return self.connection, self.event.source, self.event.user

    @property
    def unsettled(self) -> bool:
        """Whether it is still to be made."""
        return self.state in UNSETTLED

    def summary(self, hold: Hold | None) -> Summary:
        """What a list tells about it."""
        event = self.event
        found = Summary(
            self.number,
            event.number,
            self.connection,
            self.mapping,
            event.source,
            event.user,
            event.message_id,
            self.state,
            self.code,
            self.why,
            self.replay,
            self.tries,
            self.queued_at,
            self.ended,
            self.due if self.state is State.RETRYING else None,
        )
        if hold is None or not self.unsettled:
            return found
        return replace(found, state=State.HELD, code=hold.code, why=hold.why, due=None)


class Data:
    """Everything a store holds, and the few changes that others are made of."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self.closed = False
        self.events: dict[int, Event] = {}
        self.deliveries: dict[int, Delivery] = {}
        self.lanes: defaultdict[Lane, list[Delivery]] = defaultdict(list)
        self.seen: dict[tuple[str, str], Event] = {}
        self.holds: dict[str, Hold] = {}
        self.tallies = Counter[tuple[int, str, Entry]]()
        self.notes: defaultdict[str, dict[str, Note]] = defaultdict(dict)
        self.leases = Leases[Lane, Delivery]()
        self.turns = Turns()
        self.lapsed: set[int] = set()
        self.watchers: list[Callable[[str], None]] = []
        self.size = 0
        self._last = Counter[str]()
        self._at = 0.0
        self._samples: deque[tuple[int, Delivery, int]] = deque()
        self._sampled = 0

    def now(self) -> float:
        """The time. Raises StoreUnavailableError once the store is closed."""
        if self.closed:
            raise StoreUnavailableError("the store is closed")
        return self.clock()

    def stamp(self) -> float:
        """The time of what arrives now, never before what arrived already."""
        self._at = max(self._at, self.now())
        return self._at

    def number(self, kind: str) -> int:
        """The next number of a kind."""
        self._last[kind] += 1
        return self._last[kind]

    def wake(self, connection: str) -> None:
        """Tell who watches that there may be something to claim."""
        for notify in self.watchers:
            notify(connection)

    def queue(self, event: Event, new: NewDelivery, replay: int = 0) -> int:
        """Put a delivery at the end of its lane."""
        number = self.number("delivery")
        at = self.stamp()
        delivery = Delivery(number, event, new.connection, new.mapping, at, replay, due=at)
        self.deliveries[number] = delivery
        self.lanes[delivery.lane].append(delivery)
        self.wake(new.connection)
        return number

    def end(self, delivery: Delivery, state: State, code: str, why: str) -> None:
        """Settle a delivery for good; the next of its lane is the head now."""
        now = self.now()
        delivery.state, delivery.code, delivery.why, delivery.ended = state, code, why, now
        delivery.frozen, delivery.steps = (None, None), []
        self.tally(delivery, now)
        lane = self.lanes[delivery.lane]
        was_head = lane[0] is delivery
        lane.remove(delivery)
        if not lane:
            del self.lanes[delivery.lane]
        elif was_head:
            lane[0].due, lane[0].begun = now, True
            self.wake(delivery.connection)

    def tally(self, delivery: Delivery, now: float) -> None:
        """Count what became of a delivery."""
        seconds = now - delivery.queued_at
        slot, connection = tally.slot(now), delivery.connection
        for entry in tally.entries(
            delivery.state, delivery.code, tries=delivery.tries, seconds=seconds
        ):
            self.tallies[slot, connection, entry] += 1

    def log(self, delivery: Delivery, attempt: Attempt) -> None:
        """Keep an attempt, its bodies cut, and those of a success only for a while."""
        delivery.attempts.append(_kept(replace(attempt, number=delivery.tries), self.limits.body))
        if attempt.ok:
            size = len(attempt.request.content() or b"") if attempt.request else 0
            size += len(attempt.response.body) if attempt.response else 0
            self._samples.append((size, delivery, len(delivery.attempts) - 1))
            self._sampled += size
        while self._sampled > self.limits.samples:
            size, of, place = self._samples.popleft()
            self._sampled -= size
            of.attempts[place] = replace(of.attempts[place], request=None, response=None)

    def remove(self, events: Iterable[Event]) -> int:
        """Remove those events that have no unsettled delivery; how many these are."""
        count = 0
        for event in events:
            deliveries = list(self.of(event))
            if not any(one.unsettled for one in deliveries):
                del self.events[event.number]
                self.size -= len(event.text)
                count += 1
                for one in deliveries:
                    del self.deliveries[one.number]
        return count

    def backlog(self) -> dict[str, Backlog]:
        """The unsettled deliveries of each connection that has some."""
        counts: defaultdict[str, Counter[State]] = defaultdict(Counter)
        for one in self.deliveries.values():
            if one.unsettled:
                counts[one.connection][one.state] += 1
        return {name: Backlog.of(one, held=name in self.holds) for name, one in counts.items()}

    def of(self, event: Event) -> Iterator[Delivery]:
        """The deliveries of an event."""
        return (one for one in self.deliveries.values() if one.event is event)

    def expire(self) -> None:
        """Forget the figures and messageIds whose time is over; a messageId outlasts its event."""
        first, past = tally.slot(self.now() - self.limits.age), self.now() - self.limits.memory
        self.tallies = Counter({key: n for key, n in self.tallies.items() if key[0] >= first})
        for key, event in list(self.seen.items()):
            if event.number not in self.events and event.at <= past:
                del self.seen[key]


def _kept(attempt: Attempt, limit: int) -> Attempt:
    request, response = attempt.request, attempt.response
    return replace(
        attempt,
        request=unpack_request(pack_request(request, limit)) if request else None,
        response=unpack_response(pack_response(response, limit)) if response else None,
        cut=attempt.longest > limit,
    )
