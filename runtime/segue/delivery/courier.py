"""Delivering from memory, in this process and to the end: for commands that wait for it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from segue.delivery.carrier import Carrier, OpenClient
from segue.delivery.clock import Clock, SystemClock
from segue.delivery.pace import Paces
from segue.delivery.post import Post
from segue.delivery.run import Attempt, Run
from segue.delivery.scripts import Scripts, is_hidden
from segue.dispatch import Delivery, Lane, Prepared
from segue.functions.host import Host
from segue.functions.offering import FunctionAction
from segue.http import Sender
from segue.json import JsonObject
from segue.outcome import Outcome, Retry, given_up
from segue.retry import RetryPolicy
from segue.senders import Tokens
from segue.workspace.model import Connection


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery that is over: its payload, its attempts and the outcome."""

    delivery: Delivery
    payload: JsonObject | None
    attempts: tuple[Attempt, ...]
    outcome: Outcome


class Courier:
    """Delivers with asyncio: in order within a lane, concurrently across lanes.

    ``settled`` is told of every delivery that is over. ``retry`` overrides the connections' own
    policies. At most ``room`` deliveries are in memory; ``submit`` waits for room.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        settled: Callable[[Settled], None],
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        retry: RetryPolicy | None = None,
        client: OpenClient | None = None,
        tokens: Tokens | None = None,
        room: int = 1000,
        scripts: Scripts | None = None,
    ) -> None:
        self._settled = settled
        self._clock = clock or SystemClock()
        self._chance = chance
        self._retry = retry
        self._carrier = Carrier(sender, self._clock, client, tokens)
        self._scripts = scripts or Scripts(Host())
        self._room = asyncio.Semaphore(room)
        self._desks: dict[str, _Desk] = {}
        self._paces = Paces(self._clock)
        self._lanes: dict[Lane, asyncio.Task[None]] = {}

    async def submit(self, delivery: Delivery) -> None:
        """Take a delivery on; it goes out when those before it in its lane are over."""
        await self._room.acquire()
        lane = delivery.lane
        self._lanes[lane] = asyncio.create_task(self._follow(self._lanes.get(lane), delivery))

    async def finish(self) -> None:
        """Wait until every submitted delivery is over."""
        while tasks := [task for task in self._lanes.values() if not task.done()]:
            await asyncio.gather(*tasks)

    async def carry(self, delivery: Delivery) -> Settled:
        """Deliver one, with all its attempts."""
        desk = self._desk(delivery.connection)
        async with desk.slots:
            prepared = await self._prepare(delivery)
            if not isinstance(prepared, Prepared):
                return Settled(delivery, None, (), prepared)
            run = begin(prepared, self._scripts)
            outcome = await self._persist(run, desk.post)
        return Settled(delivery, prepared.payload, tuple(run.attempts), outcome)

    async def _prepare(self, delivery: Delivery) -> Prepared | Outcome:
        """The delivery prepared, tried again while a function asks for that."""
        policy, tries, spent = self._retry or delivery.connection.retry, 0, 0.0
        while True:
            prepared = await self._scripts.prepare(delivery)
            if not isinstance(prepared, Retry):
                return prepared
            tries += 1
            delay = policy.delay(tries, chance=self._chance(), after=prepared.after)
            if policy.spent(spent, delay):
                return given_up(tries, prepared)
            spent += delay
            await self._clock.sleep(delay)

    async def _follow(self, before: "asyncio.Task[None] | None", delivery: Delivery) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            self._settled(await self.carry(delivery))
        finally:
            self._room.release()
            if self._lanes.get(delivery.lane) is asyncio.current_task():
                del self._lanes[delivery.lane]

    async def _persist(self, run: Run, post: Post) -> Outcome:
        """Attempts until one is final, the window is over, or the connection is held."""
        policy, tries, spent = self._retry or run.connection.retry, 0, 0.0
        while post.doubt.held is None:
            done = len(run.attempts)
            outcome = await self._carrier.attempt(run, post)
            if not isinstance(outcome, Retry):
                return outcome
            run.again, run.ambiguous, tries = True, run.ambiguous or outcome.ambiguous, tries + 1
            delay = policy.delay(tries, chance=self._chance(), after=outcome.after)
            spent += sum(one.seconds for one in run.attempts[done:])
            if policy.spent(spent, delay):
                return given_up(tries, outcome)
            spent += delay
            await self._clock.sleep(delay)
        return post.doubt.held

    def _desk(self, connection: Connection) -> "_Desk":
        desk = self._desks.get(connection.name)
        if desk is None:
            post = Post(self._paces.of(connection), self._clock)
            desk = _Desk(post, asyncio.Semaphore(connection.concurrency))
            self._desks[connection.name] = desk
        return desk


@dataclass(frozen=True, slots=True)
class _Desk:
    """A connection's post, and the places for its deliveries."""

    post: Post
    slots: asyncio.Semaphore


def begin(prepared: Prepared, scripts: Scripts) -> Run:
    """A run of a delivery from its first request on."""
    delivery = prepared.delivery
    action = delivery.mapping.action
    run = Run(connection=delivery.connection, mapping=delivery.mapping, user=delivery.lane[-1])
    if action.kind != "pure":
        run.prepared = prepared
    run.hidden = is_hidden(action)
    if action.kind != "async" or isinstance(action, FunctionAction):
        run.script = partial(scripts.single, prepared)
    return run
