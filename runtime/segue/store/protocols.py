"""The contract of a store: what the queue promises, what the history tells."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

from segue.store.records import (
    Beat,
    Detail,
    Discard,
    EventQuery,
    Kept,
    Note,
    Page,
    Purged,
    Query,
    Stats,
    Summary,
)
from segue.store.values import (
    Arrival,
    Backlog,
    Cancelled,
    Claim,
    Hold,
    Receipt,
    Replay,
    Settlement,
    Step,
)


Clock: TypeAlias = Callable[[], float]
"""Unix time in seconds. The store calls it from its own thread too."""

LEASE = 60.0


class Queue(Protocol):
    """Deliveries on their way: what has arrived, what is due, what became of it.

    What a method has returned is on disk. Any of them raises StoreUnavailableError when the store
    is closed or cannot be written.

    The lane of a delivery is its connection, source and user. Within a lane deliveries are made
    strictly one after the other, in order of arrival; a lane whose head waits, for another try or
    because it is held, delays nobody else.
    """

    async def append(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Store events with their deliveries; one receipt for each, in order.

        A messageId that this source sent before, in the last 24 hours or while its event is kept,
        is not stored again. Raises StoreFullError.
        """
        ...

    async def replay(self, replays: Sequence[Replay]) -> list[int]:
        """Queue events again, each delivery at the end of its lane; the ids of the new ones.

        Left out is what is unsettled for the same event and mapping, and events that are gone. The
        dead and discarded deliveries that this replaces become REPLAYED. Raises StoreFullError.
        """
        ...

    async def claim(
        self, connection: str, *, fresh: int, retries: int = 0, lease: float = LEASE
    ) -> list[Claim]:
        """Take up to so many first tries and retries that are due; at most one of a lane.

        They are yours for ``lease`` seconds. Nothing is claimed from a held connection, nor while
        settlements cannot be written. Of the first tries, lanes under way and lanes that begin
        share the places evenly, so that one busy user cannot hold up the others. There may be more
        than were found: ``due`` tells.
        """
        ...

    async def due(self, connection: str) -> float | None:
        """When to claim next: a time that may have passed already, None for not until woken."""
        ...

    def watch(self, notify: Callable[[str], None]) -> None:
        """Have ``notify(connection)`` called when ``due`` of a connection may have changed, or its hold.

        It is called in the event loop in which ``watch`` was called.
        """
        ...

    async def extend(self, claims: Collection[Claim], lease: float = LEASE) -> list[int]:
        """Let leases run so many seconds from now; the deliveries whose lease was lost."""
        ...

    async def release(self, claims: Collection[Claim]) -> None:
        """Give claims back untouched; nothing was sent."""
        ...

    async def keep(self, claim: Claim, step: Step) -> bool:
        """Store a step before the next is made; False if the lease was lost."""
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> list[int]:
        """Say what became of claims; the deliveries whose lease was lost, which are unchanged.

        While the disk is full this waits until it is written.
        """
        ...

    async def hold(self, connection: str, code: str, why: str) -> None:
        """Let the deliveries of a connection wait until ``resume``."""
        ...

    async def resume(self, connection: str) -> int:
        """Lift the hold of a connection, and of its deliveries that are HELD; how many these were."""
        ...

    async def holds(self) -> Mapping[str, Hold]:
        """The connections that are held."""
        ...

    async def backlog(self) -> Mapping[str, Backlog]:
        """The unsettled deliveries of each connection that has some."""
        ...

    async def cancel(self, users: Collection[str]) -> Cancelled:
        """Take back the unsettled deliveries of these users, whatever their source."""
        ...


class History(Protocol):
    """What has happened to events and deliveries.

    It shows what the queue was told, at once or a little later. Lists are in order of arrival,
    the newest first unless ``oldest_first``. Raises StoreUnavailableError.
    """

    async def search(
        self,
        query: Query,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Summary]:
        """Deliveries that match."""
        ...

    async def count(self, query: Query) -> int:
        """How many deliveries match."""
        ...

    async def show(self, delivery: int) -> Detail | None:
        """One delivery with its event and its attempts."""
        ...

    async def events(
        self,
        query: EventQuery,
        *,
        after: int | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> Page[Kept]:
        """Events that match, to be shown, dispatched again, or tried with another mapping."""
        ...

    async def stats(self, *, since: float | None = None) -> Mapping[str, Stats]:
        """Figures by connection, since a time rounded down to five minutes.

        Under "" is what led to no connection.
        """
        ...

    async def trend(self, *, since: float, every: float) -> Mapping[str, Sequence[Beat]]:
        """The counts by connection and stretch of time, the oldest first; empty stretches are left out.

        A stretch is ``every`` seconds long, rounded up to a multiple of five minutes; the first
        begins at ``since`` or before.
        """
        ...

    async def discard(self, discards: Sequence[Discard]) -> None:
        """Count events that ended without a delivery."""
        ...

    async def purge(self) -> Purged:
        """Remove the oldest events beyond the limits, a slice at a time, with all about them.

        Never one with an unsettled delivery.
        """
        ...

    async def known(self, user: str) -> frozenset[str]:
        """The user's ids: this one, and the anonymousIds its events carried."""
        ...

    async def forget(self, users: Collection[str]) -> int:
        """Remove the events of these users and all about them; how many.

        Cancel first: an event with an unsettled delivery stays.
        """
        ...


class Ledger(Protocol):
    """Books of few, small facts that outlive every purge: suppressed users, receipts, revisions."""

    async def note(self, book: str, key: str, value: bytes) -> None:
        """Write an entry, in the place of one with the same key."""
        ...

    async def strike(self, book: str, key: str) -> bool:
        """Remove an entry; False if there was none."""
        ...

    async def notes(self, book: str) -> list[Note]:
        """All entries of a book, by key."""
        ...


class Store(Protocol):
    """A queue, a history and a ledger that belong together. Closed by ``async with``."""

    @property
    def queue(self) -> Queue: ...
    @property
    def history(self) -> History: ...
    @property
    def ledger(self) -> Ledger: ...

    async def close(self) -> None:
        """Finish what was begun, then let go. Claims that are open count as unsettled."""
        ...
