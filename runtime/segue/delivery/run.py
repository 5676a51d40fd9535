"""One delivery under way: what it asks, what it was answered, what came of it so far."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from segue.delivery.scripts import Script
from segue.dispatch import Prepared
from segue.errors import RefusedError
from segue.http import Request, Response
from segue.outcome import Held, Outcome, Retry
from segue.store.codec import same
from segue.store.values import Step
from segue.workspace.model import ActionMapping, Connection


INTERRUPTED: Final = Retry("it was stopped before the answer came", "INTERRUPTED", ambiguous=True)


@dataclass(slots=True)
class Attempt:
    """One request and what came of it. The request is unsigned; it holds no credential.

    ``at`` is Unix time, ``step`` counts the requests of one try from 0. What came of it is filled in.
    """

    request: Request | None
    response: Response | None
    outcome: Outcome
    seconds: float
    at: float = 0.0
    step: int = 0


@dataclass(slots=True, kw_only=True)
class Run:
    """A delivery under way, through one try or several.

    ``script`` begins its requests anew, at each try; a plugin's async action has none. ``prepared``
    is what these begin with, None where the first request says it all. ``hidden``: they are sent
    where they cannot be seen.
    ``steps`` are the requests that were answered and stored; ``keep`` stores one
    more, before the next request is made. ``first`` is the very first request, which no later try
    may change. ``again``: this is not its first try. ``ambiguous``: an earlier try may have got
    through. ``waiting``: its next request has to wait until it may be sent; ``open`` is the attempt
    that waits for its answer, ``latest`` what was answered well and is not stored yet.
    """

    connection: Connection
    mapping: ActionMapping
    user: str
    script: Callable[[], Script] | None = None
    prepared: Prepared | None = None
    hidden: bool = False
    first: Request | None = None
    steps: list[Step] = field(default_factory=list[Step])
    keep: Callable[[Step], Awaitable[None]] | None = None
    again: bool = False
    ambiguous: bool = False
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    waiting: bool = False
    open: Attempt | None = None
    latest: Step | None = None
    outcomes: Sequence[Outcome] | None = None

    @property
    def held(self) -> Held | None:
        """What an action says of the credentials itself, in the outcomes of a batch."""
        return next((one for one in self.outcomes or () if isinstance(one, Held)), None)

    def verify(self, request: Request, position: int) -> None:
        """Hold a try to what was asked before. Raises RefusedError."""
        known = self.steps[position].request if position < len(self.steps) else None
        if position == 0:
            self.first = known = known or self.first or request
        if known is not None and known is not request and not same(known, request):
            raise RefusedError(
                f"{self.mapping.action.name} made another request {position + 1} than before; what it makes may "
                "depend on nothing but its payload and the answers. A replay starts anew",
                code="NONDETERMINISTIC_PERFORM",
            )

    async def store(self, step: Step) -> None:
        """Store what was answered last, now that there is another request."""
        if self.keep is not None:
            await self.keep(step)
        self.steps.append(step)
        self.latest = None

    def close(self, outcome: Outcome, *, response: Response | None = None, now: float) -> None:
        """Say what came of the attempt that waits for its answer, if one does."""
        done, self.open = self.open, None
        if done is not None:
            done.response, done.outcome, done.seconds = response, outcome, now - done.at
            self.attempts.append(done)
