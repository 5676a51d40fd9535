"""What goes into the queue and what comes out of it, as plain values.

Times are Unix seconds of the store's clock, ids are numbers that grow in order of arrival. Values
that are made for every delivery are not frozen, which would take ten times as long; nothing writes
to them all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from segue.http import Request, Response
from segue.json import JsonObject


class State(StrEnum):
    """Where a delivery stands. The first three are unsettled, the others are its end."""

    WAITING = "waiting"
    RETRYING = "retrying"
    HELD = "held"
    DELIVERED = "delivered"
    DISCARDED = "discarded"
    DEAD = "dead"
    REPLAYED = "replayed"
    """Was dead or discarded, and has since been sent again as another delivery."""
    CANCELLED = "cancelled"
    """Taken back before it was delivered: its user is to be forgotten."""


UNSETTLED: Final = frozenset({State.WAITING, State.RETRYING, State.HELD})
REPLAYABLE: Final = frozenset({State.DEAD, State.DISCARDED})
SETTLEMENTS: Final = frozenset(
    {State.RETRYING, State.HELD, State.DELIVERED, State.DISCARDED, State.DEAD}
)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A mapping of a connection that an event is to go through."""

    connection: str
    mapping: str


@dataclass(slots=True)
class Arrival:
    """A normalised event as JSON text, with the deliveries it leads to, perhaps none.

    ``user`` is its userId, else its anonymousId. Connection, source and user fix the lane of each
    delivery.
    """

    source: str
    user: str
    message_id: str
    event: bytes = field(repr=False)
    deliveries: tuple[NewDelivery, ...] = ()


@dataclass(slots=True)
class Receipt:
    """An arrival is on disk as event number ``event``; not ``new`` if it was before."""

    event: int
    new: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """An event that is in the store already, and the mappings it is to go through again."""

    event: int
    deliveries: tuple[NewDelivery, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A request of a generator and its answer, stored before the next one is made."""

    request: Request
    response: Response


@dataclass(slots=True)
class Attempt:
    """One request of a delivery and what came of it.

    ``request`` and ``response`` are kept as given: redact them first. ``number`` counts the tries
    of the delivery from 1 and is set by the store; ``step`` counts the requests of one try from 0.
    When read back, the two are None if they are no longer kept, and ``cut`` says that a body was
    longer than the store keeps.
    """

    at: float
    seconds: float
    ok: bool
    code: str = "OK"
    why: str = ""
    status: int | None = None
    request: Request | None = None
    response: Response | None = None
    step: int = 0
    number: int = 0
    cut: bool = False

    @property
    def longest(self) -> int:
        """The bytes of the longer of the two bodies."""
        content = self.request.content() if self.request else None
        return max(len(content or b""), len(self.response.body) if self.response else 0)


@dataclass(slots=True)
class PackedAttempt(Attempt):
    """An attempt whose request and response came as bytes; ``packed`` has them, as the store does.

    With them it says whether a body was cut.
    """

    packed: tuple[bytes | None, bytes | None, bool] = (None, None, False)


@dataclass(slots=True)
class Claim:
    """A delivery that is yours to make until its lease runs out.

    ``replay`` is 0, or counts the replays of this event through this mapping. ``attempts`` is the
    number of tries so far. ``ambiguous``: an earlier try may have reached the destination; it said
    so itself, or its lease ran out, or the process died meanwhile. ``frozen`` is the request that
    the first try made, unsigned, ``payload`` what its action was given, where that is what later
    tries begin with. ``spent`` is what the last settlement said.
    """

    delivery: int
    lease: int
    connection: str
    mapping: str
    source: str
    user: str
    message_id: str
    received_at: float
    event_id: int
    event: bytes = field(repr=False)
    replay: int = 0
    attempts: int = 0
    first_attempt_at: float | None = None
    spent: float = 0.0
    ambiguous: bool = False
    frozen: Request | None = None
    steps: tuple[Step, ...] = ()
    payload: JsonObject | None = None


@dataclass(slots=True)
class Settlement:
    """What became of a claim.

    ``state`` is RETRYING with the time it is ``due``, HELD, DELIVERED, DISCARDED or DEAD. Each
    settlement with ``attempts`` counts as one try. ``frozen`` is the request to send again, and
    ``payload`` what to make it of again; both are kept from the first settlement that brings one of
    them. ``spent`` is the part of the retry window used so
    far, in seconds; the store only keeps it. ``revision`` of the workspace and ``plugin`` version
    are recorded once.
    """

    claim: Claim
    state: State
    code: str = "OK"
    why: str = ""
    due: float | None = None
    attempts: tuple[Attempt, ...] = ()
    ambiguous: bool = False
    frozen: Request | None = None
    spent: float = 0.0
    revision: str | None = None
    plugin: str | None = None
    payload: JsonObject | None = None

    def __post_init__(self) -> None:
        if self.state not in SETTLEMENTS:
            raise ValueError(f"a claim cannot be settled as {self.state}")
        if (self.due is not None) != (self.state is State.RETRYING):
            raise ValueError("due is the time of the next try: give it with RETRYING, only then")


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a connection is held, and since when."""

    code: str
    why: str
    since: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many deliveries of a connection are unsettled.

    Those of a connection that is held all count as held.
    """

    waiting: int = 0
    retrying: int = 0
    held: int = 0

    @classmethod
    def of(cls, counts: Mapping[State, int], *, held: bool) -> "Backlog":
        """The backlog of a connection that has so many deliveries in each state."""
        waiting, retrying = counts.get(State.WAITING, 0), counts.get(State.RETRYING, 0)
        stuck = counts.get(State.HELD, 0)
        return cls(0, 0, stuck + waiting + retrying) if held else cls(waiting, retrying, stuck)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many deliveries were taken back, and how many are on their way at this moment.

    Those under way end as cancelled too, unless they are delivered.
    """

    deliveries: int
    in_flight: int
