"""One try of a delivery: its requests sent one after the other, each answer judged."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import httpx

from segue.delivery.clock import Clock
from segue.delivery.post import Post
from segue.delivery.run import INTERRUPTED, Attempt, Run, Script
from segue.errors import DeliveryError
from segue.http import Request, Response, Sender
from segue.outcome import Delivered, Discarded, Held, Outcome, fault, judge
from segue.senders import call, open_client
from segue.store.values import Step
from segue.workspace.model import Connection


OpenClient: TypeAlias = Callable[[Connection], httpx.AsyncClient]


class Carrier:
    """Makes tries. ``client`` opens what async actions are given."""

    def __init__(self, sender: Sender, clock: Clock, client: OpenClient = open_client) -> None:
        self._sender, self._clock, self._client = sender, clock, client

    async def attempt(self, run: Run, post: Post) -> Outcome:
        """One try. Whatever goes wrong is an outcome; the attempts are the run's."""
        outcome = await self._try(run, post)
        run.close(outcome, now=self._clock.now())
        if isinstance(outcome, Held):
            return await self._doubt(run, post, outcome)
        return outcome

    async def _try(self, run: Run, post: Post) -> Outcome:
        try:
            if run.script is None:
                return await self._call(run, post)
            return await self._walk(run, post, run.script())
        except DeliveryError as error:
            return fault(error)
        except Exception as error:  # noqa: BLE001 an author's code may raise anything
            return broken(run.action, error)

    async def _walk(self, run: Run, post: Post, script: Script) -> Outcome:
        """Feed the action the answers it has had, then send its next requests.

        An answer is stored when the next request is there: an action that does not like it raises,
        and is asked for again.
        """
        outcome: Outcome = Delivered()
        position, latest = 0, None
        request = run.advance(script, None)
        while request is not None:
            run.verify(request, position)
            if latest is not None:
                await run.store(latest)
                latest = None
            if position < len(run.steps):
                response = run.steps[position].response
            else:
                outcome, answer = await self._exchange(run, post, request, position)
                if answer is None or not isinstance(outcome, Delivered):
                    return outcome
                response, latest = answer, Step(request, answer)
            request, position = run.advance(script, response), position + 1
        return outcome

    async def _exchange(
        self, run: Run, post: Post, request: Request, step: int
    ) -> tuple[Outcome, Response | None]:
        """Send one request."""
        signed = run.connection.sign(request)
        await post.admit(again=run.again)
        run.open = Attempt(request, None, INTERRUPTED, 0.0, self._clock.now(), step)
        response = None
        try:
            response = await self._sender.send(signed)
            now = self._clock.now()
            outcome = judge(request, response, ambiguous=run.ambiguous, now=now)
        except DeliveryError as error:
            now, outcome = self._clock.now(), fault(error)
        run.close(outcome, response=response, now=now)
        post.learn(response, outcome)
        return outcome, response

    async def _call(self, run: Run, post: Post) -> Outcome:
        """Run an async action with a client that signs what it sends."""
        assert run.prepared is not None
        await post.admit(again=run.again)
        run.open = Attempt(None, None, INTERRUPTED, 0.0, self._clock.now())
        async with self._client(run.connection) as client:
            outcome = await call(run.prepared, client)
        post.learn(None, outcome)
        return outcome

    async def _doubt(self, run: Run, post: Post, held: Held) -> Outcome:
        """Ask whether the credentials are good, before everything is held."""
        connection, since = run.connection, run.attempts[-1].at
        probe = connection.destination.probe(connection.settings)
        test = None if probe is None else partial(self._test, connection, post, probe)
        return await post.doubt.resolve(held, user=run.user, since=since, test=test)

    async def _test(self, connection: Connection, post: Post, probe: Request) -> Outcome:
        """The credential test."""
        await post.admit(again=False)
        try:
            response = await self._sender.send(connection.sign(probe))
        except DeliveryError as error:
            return fault(error)
        return judge(probe, response, now=self._clock.now())


def broken(action: str, error: Exception) -> Discarded:
    """The outcome of an action that raised what it should not."""
    return Discarded(f"{action} failed: {type(error).__name__}: {error}", "INTERNAL")
