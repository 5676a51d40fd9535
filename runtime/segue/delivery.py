"""Carrying deliveries out in this process: order, pacing, attempts, holds.

Mechanics only. What an answer means is decided in ``outcome``, when to try again in ``retry``, how
fast to go in ``pacing``; clock, sleep and chance are handed in.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import httpx

from segue.actions import Steps
from segue.dispatch import Delivery, Lane, Prepared, prepare
from segue.errors import DeliveryError, RetryableError
from segue.http import Request, Response, Sender
from segue.json import JsonObject
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry, fault, judge, reason
from segue.pacing import Bucket
from segue.retry import RetryPolicy
from segue.senders import call, open_client
from segue.workspace.model import Connection


TOO_MANY: Final = 429


class Clock(Protocol):
    """Time as delivery sees it: Unix seconds, and waiting for some of them."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came of it. The request is unsigned; it holds no credential."""

    request: Request | None
    response: Response | None
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery that is over: its payload, its attempts and the outcome."""

    delivery: Delivery
    payload: JsonObject | None
    attempts: tuple[Attempt, ...]
    outcome: Outcome


@dataclass(slots=True)
class _Run:
    """A delivery under way. ``responses`` are the answers a generator has been given so far."""

    prepared: Prepared
    started: float
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    responses: list[Response] = field(default_factory=list[Response])
    tries: int = 0
    ambiguous: bool = False

    @property
    def connection(self) -> Connection:
        return self.prepared.delivery.connection


@dataclass(slots=True)
class _Post:
    """What the deliveries of one connection share."""

    bucket: Bucket
    slots: asyncio.Semaphore
    doubt: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: Held | None = None


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
        client: Callable[[Connection], httpx.AsyncClient] = open_client,
        room: int = 1000,
    ) -> None:
        self._sender = sender
        self._settled = settled
        self._clock = clock or SystemClock()
        self._chance = chance
        self._retry = retry
        self._client = client
        self._room = asyncio.Semaphore(room)
        self._posts: dict[str, _Post] = {}
        self._buckets: dict[tuple[object, ...], Bucket] = {}
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
        prepared = prepare(delivery)
        if isinstance(prepared, Discarded):
            return Settled(delivery, None, (), prepared)
        run = _Run(prepared, self._clock.now())
        async with self._post(run.connection).slots:
            outcome = await self._persist(run)
        return Settled(delivery, prepared.payload, tuple(run.attempts), outcome)

    async def _follow(self, before: "asyncio.Task[None] | None", delivery: Delivery) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            self._settled(await self.carry(delivery))
        finally:
            self._room.release()
            if self._lanes.get(delivery.lane) is asyncio.current_task():
                del self._lanes[delivery.lane]

    async def _persist(self, run: _Run) -> Outcome:
        """Attempts until one is final, the window is over, or the connection is held."""
        post, policy = self._post(run.connection), self._retry or run.connection.retry
        while post.held is None:
            run.tries += 1
            outcome = await self._attempt(run)
            if isinstance(outcome, Held):
                outcome = await self._doubt(run.connection, outcome)
            if not isinstance(outcome, Retry):
                return outcome
            run.ambiguous |= outcome.ambiguous
            delay = policy.delay(run.tries, chance=self._chance(), after=outcome.after)
            if policy.spent(self._clock.now() - run.started, delay):
                return Discarded(f"gave up after {run.tries} attempts: {outcome.why}", outcome.code)
            await self._clock.sleep(delay)
        return post.held

    async def _attempt(self, run: _Run) -> Outcome:
        action = run.prepared.delivery.mapping.action
        try:
            return await (self._call(run) if action.kind == "async" else self._walk(run))
        except RetryableError as error:
            del run.responses[-1:]  # what it did not like is asked for again
            return fault(error)
        except DeliveryError as error:
            return fault(error)
        except Exception as error:  # noqa: BLE001 an author's code may raise anything
            return Discarded(f"{action.name} failed: {type(error).__name__}: {error}", "INTERNAL")

    async def _walk(self, run: _Run) -> Outcome:
        """Feed the action the answers it has had, then send its next requests."""
        steps, position = run.prepared.steps(), 0
        request, outcome = next(steps, None), Delivered()
        while request is not None:
            if position == len(run.responses):
                latest = await self._exchange(run, request)
                if not isinstance(latest, Delivered):
                    return latest
                outcome = latest
            request, position = _advance(steps, run.responses[position]), position + 1
        return outcome

    async def _exchange(self, run: _Run, request: Request) -> Outcome:
        """Send one request; keep the answer if it is a good one."""
        response, started = None, self._clock.now()
        try:
            await self._pace(run.connection)
            started = self._clock.now()
            response = await self._sender.send(run.connection.sign(request))
            outcome = judge(request, response, ambiguous=run.ambiguous, now=self._clock.now())
        except DeliveryError as error:
            outcome = fault(error)
        now = self._clock.now()
        run.attempts.append(Attempt(request, response, outcome, now - started))
        if response is not None and isinstance(outcome, Delivered):
            run.responses.append(response)
        if response is not None and response.status == TOO_MANY and isinstance(outcome, Retry):
            self._post(run.connection).bucket.pause(now, outcome.after or 1.0)
        return outcome

    async def _call(self, run: _Run) -> Outcome:
        """Run an async action with a client that signs what it sends."""
        started = self._clock.now()
        await self._pace(run.connection)
        async with self._client(run.connection) as client:
            outcome = await call(run.prepared, client)
        run.attempts.append(Attempt(None, None, outcome, self._clock.now() - started))
        return outcome

    async def _pace(self, connection: Connection) -> None:
        delay = self._post(connection).bucket.take(self._clock.now())
        if delay > 0:
            await self._clock.sleep(delay)

    async def _doubt(self, connection: Connection, held: Held) -> Outcome:
        """Ask the destination whether the credentials are good, before holding everything.

        They are: this one delivery was refused. They are not: the connection is held.
        """
        post, probe = self._post(connection), connection.destination.probe(connection.settings)
        async with post.doubt:
            if post.held is not None:
                return post.held
            if probe is not None:
                try:
                    answer = await self._sender.send(connection.sign(probe))
                except DeliveryError as error:
                    return fault(error)
                if answer.ok:
                    return Discarded(held.why, held.code)
                held = Held(f"credentials are invalid: {answer.status} {reason(answer)}", held.code)
            post.held = held
            return held

    def _post(self, connection: Connection) -> _Post:
        post = self._posts.get(connection.name)
        if post is None:
            bucket = self._buckets.setdefault(connection.credential, Bucket(connection.rate_limit))
            post = _Post(bucket, asyncio.Semaphore(connection.concurrency))
            self._posts[connection.name] = post
        return post


def _advance(steps: Steps, response: Response) -> Request | None:
    """The request that an action makes of an answer, None when it is done."""
    try:
        return steps.send(response)
    except StopIteration:
        return None
