"""The deliveries of one connection on their way through this process."""

import asyncio
import logging
import math
from collections.abc import Callable, Sized
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from segue.arguments import raised
from segue.delivery import Carrier, Clock, Post, Run
from segue.delivery.run import INTERRUPTED
from segue.dispatch import Prepared
from segue.errors import RetryableError, StoreError
from segue.outcome import Discarded, Held, Outcome
from segue.store.protocols import Queue
from segue.store.values import Claim, Settlement, State, Step
from segue.worker.batches import Gatherer
from segue.worker.hand import PAUSE, Hand
from segue.worker.jobs import Job, Single
from segue.worker.line import Line
from segue.worker.preparing import Plan
from segue.workspace.model import ActionMapping, Connection


log: Final = logging.getLogger("segue.worker")

DOZE: Final = 60.0
"""The clock is looked at this often, should it have been set."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every channel works with."""

    queue: Queue
    hand: Hand
    carrier: Carrier
    clock: Clock
    chance: Callable[[], float]


@dataclass(slots=True)
class Flight:
    """A job under way. It ends with the post it began with."""

    job: Job
    post: Post
    run: Run | None = None

    @property
    def sent(self) -> bool:
        """Whether a request of it waits for its answer, or an answer for what follows from it."""
        return self.run is not None and not self.run.waiting


class Channel:
    """Claims what is due, has it tried, says what became of it.

    It has places of its own: however long a destination takes, no other channel waits for it. First
    tries are looked for when the store says that some came, retries when that is said while some
    are ``_owed``, of those settled here; ``_fresh_at`` and ``_retries_at`` are when to look all the same.
    """

    def __init__(self, plan: Plan, post: Post, tools: Tools) -> None:
        self.name = plan.connection.name
        self._subject = {"connection": self.name}
        self._plan, self._post, self._tools = plan, post, tools
        self._line = Line[Job]()
        self._gatherer = Gatherer()
        self._flights: dict[asyncio.Task[None], Flight] = {}
        self._bell = asyncio.Event()
        self._stirred, self._due = True, math.inf
        self._fresh_at = self._retries_at = 0.0
        self._owed = 0
        self._shut = False
        self._turning = asyncio.Lock()

    @property
    def connection(self) -> Connection:
        """The connection as it is now."""
        return self._plan.connection

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._flights)

    def stir(self) -> None:
        """Look for something to claim, now."""
        self._stirred, self._fresh_at = True, 0.0
        if self._owed:
            self._retries_at = 0.0
        self._bell.set()

    async def follow(self, plan: Plan, post: Post | None) -> None:
        """Go on as another revision of the workspace has it, but for what is under way.

        Without another ``post`` what is known of the destination still holds.
        """
        async with self._turning:
            waiting = self._clear()
            self._plan, self._post = plan, post or self._post
        for claim in waiting:
            self._accept(claim)
        self.stir()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            now = self._tools.clock.now()
            if now >= self._due:
                self._stirred, self._due = True, math.inf
                self._fresh_at = self._retries_at = 0.0
            for group in self._gatherer.ripe(now):
                self._line.push(group, again=group.again)
            self._launch()
            if not (self._stirred and await self._look()):
                await self._rest()

    def close(self) -> None:
        """Begin nothing more; what is not sent is given back."""
        self._shut = True
        self._give_back()

    async def land(self, seconds: float) -> None:
        """Wait so long for what is under way, then break it off."""
        if self._flights:
            _, late = await asyncio.wait(self._flights, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def hasten(self) -> None:
        """Break off what is under way, where nothing more is begun."""
        if self._shut:
            for task in self._flights:
                task.cancel()

    # Claiming

    @property
    def _quiet(self) -> bool:
        """Whether nothing may begin: for good, or while a hold is placed."""
        return self._shut or self._turning.locked()

    def _room(self) -> tuple[int, int]:
        """How many first tries and retries to ask for: none while the lines are nearly full.

        So claims are made many at a time. What had run out a moment ago is not asked for alone.
        """
        if self._quiet:
            return 0, 0
        now, more = self._tools.clock.now(), max(0, self._plan.appetite - len(self._gatherer))
        fresh, retries = self._gap(self._line.fresh), self._gap(self._line.retries)
        if not ((fresh and now >= self._fresh_at) or (retries and now >= self._retries_at)):
            return 0, 0
        return fresh and fresh + more, retries and retries + more

    def _gap(self, line: Sized) -> int:
        """How many may join a line, if they are a quarter of it: claims take their time."""
        reach = self._plan.reach
        gap = reach - len(line)
        return gap if 4 * gap >= reach else 0

    async def _look(self) -> bool:
        """Claim what there is room for; whether anything came. Of what is held, nothing does."""
        self._stirred = False
        try:
            fresh, retries = self._room()
            if (fresh or retries) and await self._claim(fresh, retries):
                return True
            if self.name in await self._tools.queue.holds():
                self._due = math.inf
                self._give_back()
            elif not fresh and not retries:
                self._stirred = True
        except StoreError as error:
            log.warning("nothing is claimed for %s: %s", self.name, error, extra=self._subject)
            await asyncio.sleep(PAUSE)
            self._stirred = True
        return False

    async def _claim(self, fresh: int, retries: int) -> bool:
        later = self._tools.clock.now() + PAUSE
        self._fresh_at = later if fresh else self._fresh_at
        self._retries_at = later if retries else self._retries_at
        claims = await self._tools.hand.claim(self.name, fresh=fresh, retries=retries)
        for claim in claims:
            self._accept(claim)
        self._launch()
        tried = sum(claim.attempts > 0 for claim in claims)
        self._owed = max(0, self._owed - tried)
        if len(claims) - tried < fresh and tried < retries:
            due = await self._tools.queue.due(self.name)
            self._due = math.inf if due is None else due
            return bool(claims)
        self._stirred = True
        if fresh <= len(claims) - tried:
            self._fresh_at = 0.0
        if retries <= tried:
            self._retries_at = 0.0
        return bool(claims)

    def _accept(self, claim: Claim) -> None:
        """Let a claim stand in line, alone or once it has found company."""
        if self._quiet:
            self._tools.hand.release([claim])
            return
        mapping = self._plan.find(claim)
        if isinstance(mapping, Settlement):
            self._tools.hand.settle(mapping)
            return
        job = Single(claim, mapping, self._plan)
        if mapping.action.batches is None or self._plan.connection.functions:
            self._line.push(job, again=job.again)
        else:
            self._gather(job, self._fill(claim, mapping))

    def _fill(self, claim: Claim, mapping: ActionMapping) -> Prepared | Discarded:
        try:
            return self._plan.fill(claim, mapping)
        except Exception as error:  # noqa: BLE001 the others of its claim are still to be accepted
            return self._failed(error)

    def _gather(self, job: Single, prepared: Prepared | Outcome) -> None:
        """Let a delivery wait for others to share a request with."""
        if not isinstance(prepared, Prepared):
            self._settle(job, None, prepared)
            return
        for group in self._gatherer.add(job.claim, prepared, job.plan, self._tools.clock.now()):
            self._line.push(group, again=group.again)
        self._bell.set()

    async def _rest(self) -> None:
        """Wait until stirred, or until it is time."""
        seconds = min(self._due, self._gatherer.due) - self._tools.clock.now()
        if seconds <= 0 or self._stirred:
            seconds = PAUSE
        try:
            async with asyncio.timeout(min(seconds, DOZE)):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()

    # Trying

    def _launch(self) -> None:
        places = self._plan.connection.concurrency
        while len(self._line) and len(self._flights) < places and not self._quiet:
            flight = Flight(self._line.pop(), self._post)
            task = asyncio.create_task(self._carry(flight))
            self._flights[task] = flight
            task.add_done_callback(self._landed)

    async def _carry(self, flight: Flight) -> None:
        job = flight.job
        ours = all(map(self._tools.hand.has, job.claims))
        if not ours:  # a lease was lost while it stood in line
            self._tools.hand.release(job.claims)
            return
        if isinstance(job, Single) and job.mapping.action.batches is not None:
            self._gather(job, await job.plan.prepare(job.claim, job.mapping))
            return
        run = await job.run(partial(self._keep, job.claims[0]))
        if not isinstance(run, Run):
            self._settle(job, None, run)
            return
        flight.run = run
        outcome = await self._tools.carrier.attempt(run, flight.post)
        held = outcome if isinstance(outcome, Held) else run.held
        if held is not None:
            await self._hold(held, flight)
        self._settle(job, run, outcome)

    def _landed(self, task: "asyncio.Task[None]") -> None:
        flight = self._flights.pop(task)
        if task.cancelled():
            self._interrupt(flight)
        elif error := task.exception():
            self._settle(flight.job, flight.run, self._failed(error))
        self._launch()
        if any(self._room()):  # also while a claim is under way, which may bring nothing
            self._bell.set()

    def _failed(self, error: BaseException) -> Discarded:
        """The end of a delivery that cannot be made here, which is to cost no other anything."""
        log.error("a delivery of %s failed here", self.name, exc_info=error, extra=self._subject)
        return Discarded(f"the worker failed: {raised(error)}", "INTERNAL")

    def _interrupt(self, flight: Flight) -> None:
        """Give back what was not sent; try again at once, next time, what may have got through."""
        run = flight.run
        if run is None or (run.open is None and not run.attempts):
            self._tools.hand.release(flight.job.claims)
            return
        outcome = replace(INTERRUPTED, ambiguous=run.open is not None)
        run.close(outcome, now=self._tools.clock.now())
        self._settle(flight.job, run, outcome)

    def _settle(self, job: Job, run: Run | None, outcome: Outcome) -> None:
        now, chance = self._tools.clock.now(), self._tools.chance()
        for settlement in job.settle(run, outcome, chance=chance, now=now):
            self._owed += settlement.state is State.RETRYING
            self._tools.hand.settle(settlement)

    async def _keep(self, claim: Claim, step: Step) -> None:
        """Store a step. Raises RetryableError when that cannot be done now."""
        try:
            kept = await self._tools.queue.keep(claim, step)
        except StoreError as error:
            raise RetryableError(f"the answer could not be stored: {error}") from None
        if not kept:
            raise RetryableError("its lease was lost")

    # Holding

    async def _hold(self, held: Held, flight: Flight) -> None:
        """Stop the whole connection, once for all that were under way together.

        What was sent with other settings than there are now says nothing of these.
        """
        async with self._turning:
            if self._shut or flight.post is not self._post:
                return
            self._post = self._post.resumed()
            said = {**self._subject, "code": held.code}
            log.warning("%s is held: %s (%s)", self.name, held.why, held.code, extra=said)
            self._give_back()
            try:
                await self._tools.queue.hold(self.name, held.code, held.why)
            except StoreError as error:
                log.warning("%s could not be held: %s", self.name, error, extra=self._subject)
                await asyncio.sleep(PAUSE)
        self.stir()

    def _give_back(self) -> None:
        self._tools.hand.release(self._clear())
        for task, flight in self._flights.items():
            if not flight.sent:
                task.cancel()

    def _clear(self) -> list[Claim]:
        """The claims of all that stand in line; nothing does then."""
        jobs = [*self._line.clear(), *self._gatherer.clear()]
        return [claim for job in jobs for claim in job.claims]
