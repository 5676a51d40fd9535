"""What the history tells, and what it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from segue.store.values import Attempt, Hold, State, Step


T = TypeVar("T")

DAY: Final = 86_400.0

BODY: Final = 65_536
"""Bytes of a body that are kept at most. What waits to be written holds no more of it either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the store keeps, and for how long.

    ``age`` in seconds and ``size`` in bytes bound everything, ``samples`` the bodies of successful
    attempts, ``body`` one body of an attempt, each in bytes. ``memory`` is the least time in
    seconds for which a messageId is known, whatever is removed.
    """

    age: float = 30 * DAY
    size: int = 20_000_000_000
    samples: int = 1_000_000_000
    body: int = BODY
    memory: float = DAY

    @property
    def mark(self) -> float:
        """The size from which the oldest events go."""
        return 0.95 * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which deliveries; what is None does not matter. ``since`` <= time queued < ``until``.

    ``code`` is the reason they stand where they stand.
    """

    connection: str | None = None
    mapping: str | None = None
    user: str | None = None
    message_id: str | None = None
    state: State | None = None
    code: str | None = None
    since: float | None = None
    until: float | None = None

    def matches(self, found: "Summary") -> bool:
        """Whether this asks for that delivery."""
        return (
            _same(self.connection, found.connection)
            and _same(self.mapping, found.mapping)
            and _same(self.user, found.user)
            and _same(self.message_id, found.message_id)
            and _same(self.state, found.state)
            and _same(self.code, found.code)
            and _within(found.queued_at, self.since, self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which events; what is None does not matter. ``since`` <= time of arrival < ``until``.

    ``unmatched``: only those that led to no delivery. ``bare``: without their deliveries, which is
    several times as fast.
    """

    source: str | None = None
    user: str | None = None
    message_id: str | None = None
    since: float | None = None
    until: float | None = None
    unmatched: bool = False
    bare: bool = False

    def matches(self, found: "Kept") -> bool:
        """Whether this asks for that event."""
        return (
            _same(self.source, found.source)
            and _same(self.user, found.user)
            and _same(self.message_id, found.message_id)
            and not (self.unmatched and found.deliveries)
            and _within(found.received_at, self.since, self.until)
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the matches. Ask for those ``after`` next; None when there are no more."""

    items: tuple[T, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One delivery in a list.

    ``queued_at`` is when it was stored, ``ended_at`` when it was settled for good, ``due`` when it
    may be tried next. A delivery that waits on a held connection is HELD, with its reason.
    """

    delivery: int
    event: int
    connection: str
    mapping: str
    source: str
    user: str
    message_id: str
    state: State
    code: str
    why: str
    replay: int
    attempts: int
    queued_at: float
    ended_at: float | None = None
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything about one delivery."""

    summary: Summary
    text: bytes = field(repr=False)
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    revision: str | None = None
    plugin: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One event in the store, its text, and what became of it, delivery by delivery."""

    event: int
    source: str
    user: str
    message_id: str
    received_at: float
    text: bytes = field(repr=False)
    deliveries: tuple[Summary, ...] = ()


@dataclass(frozen=True, slots=True)
class Discard:
    """So many events that ended without a delivery, under Segment's code.

    ``connection`` is "" for those that were refused before dispatch or matched nothing at all.
    """

    connection: str
    code: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Stats:
    """What became of the deliveries of one connection.

    ``waiting``, ``retrying`` and ``held`` are of now, the others of the period. ``discarded`` and
    ``dead`` count by code. ``p50`` and ``p95`` are seconds from arrival to delivery, within 5 %.
    """

    first: int = 0
    retried: int = 0
    waiting: int = 0
    retrying: int = 0
    held: int = 0
    discarded: Mapping[str, int] = field(default_factory=dict[str, int])
    dead: Mapping[str, int] = field(default_factory=dict[str, int])
    cancelled: int = 0
    p50: float | None = None
    p95: float | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """What became of the deliveries of one connection in one stretch of time that begins ``at``."""

    at: float
    first: int = 0
    retried: int = 0
    discarded: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Purged:
    """How many events one slice of a purge removed, and whether to ask for another slice."""

    events: int
    more: bool


@dataclass(frozen=True, slots=True)
class Note:
    """One entry of a book."""

    key: str
    value: bytes


def _same(wanted: str | None, found: str) -> bool:
    return wanted is None or wanted == found


def _within(at: float, since: float | None, until: float | None) -> bool:
    return (since is None or since <= at) and (until is None or at < until)


def beyond(
    events: Iterable[tuple[int, float, int]], limits: Limits, now: float, size: int
) -> list[int]:
    """Which events at the front of these are beyond the limits.

    The events are in order of arrival, each a number, a time and a size; ``size`` is that of all.
    """
    found: list[int] = []
    for number, at, length in events:
        if size <= limits.mark and at >= now - limits.age:
            break
        found.append(number)
        size -= length
    return found
