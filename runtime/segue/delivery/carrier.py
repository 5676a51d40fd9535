"""One try of a delivery: its requests sent one after the other, each answer judged."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TypeAlias

import httpx

from segue.breaker import Pass
from segue.delivery.clock import Clock
from segue.delivery.doubt import advise
from segue.delivery.post import Post
from segue.delivery.proving import conduct
from segue.delivery.run import INTERRUPTED, Attempt, Run
from segue.delivery.scripts import Script
from segue.dispatch import broken
from segue.errors import DeliveryError
from segue.http import Request, Response, Sender, redact
from segue.outcome import Delivered, Held, Outcome, fault, hide, judge
from segue.senders import Tokens, call, open_client
from segue.store.values import Step
from segue.workspace.model import Connection


Answer: TypeAlias = tuple[Outcome, Response | None]
OpenClient: TypeAlias = Callable[[Connection], httpx.AsyncClient]


class Carrier:
    """Makes tries. ``client`` opens what async actions are given; ``tokens`` are for OAuth."""

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        client: OpenClient | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._clock = clock
        self._tokens = tokens or Tokens(sender, now=clock.now)
        self._client = client or partial(open_client, tokens=self._tokens)

    async def attempt(self, run: Run, post: Post) -> Outcome:
        """One try. Whatever goes wrong is an outcome; the attempts are the run's."""
        outcome = hide(await self._try(run, post), run.connection.secrets)
        if run.open is not None:
            run.close(outcome, now=self._clock.now())
        if isinstance(outcome, Held):
            return await self._doubt(run, post, outcome)
        return outcome

    async def _try(self, run: Run, post: Post) -> Outcome:
        try:
            if run.script is None or run.hidden:
                return await self._call(run, post)
            with closing(run.script()) as script:
                return await self._walk(run, post, script)
        except DeliveryError as error:
            return fault(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 an author's code may raise anything
            return broken(run.mapping, error)

    async def _walk(self, run: Run, post: Post, script: Script) -> Outcome:
        """Feed the action the answers it has had, then send its next requests.

        An answer is stored when the next request is there: an action that does not like it raises,
        and is asked for again.
        """
        outcome: Outcome = Delivered()
        run.latest = None
        request, position = await script.ask(None), 0
        while request is not None:
            run.verify(request, position)
            if run.latest is not None:
                await run.store(run.latest)
            if position < len(run.steps):
                response = run.steps[position].response
            else:
                outcome, answer = await self._exchange(run, post, request, position)
                if answer is None or not isinstance(outcome, Delivered):
                    return outcome
                response, run.latest = answer, Step(request, answer)
            request, position = await script.ask(response), position + 1
        run.latest, run.outcomes = None, script.outcomes
        return outcome

    async def _exchange(self, run: Run, post: Post, request: Request, step: int) -> Answer:
        """Send one request."""
        run.waiting = True
        leave = await post.admit(again=run.again)
        run.waiting = False
        run.open = Attempt(request, None, INTERRUPTED, 0.0, self._clock.now(), step)
        outcome, response = await self._send(
            run.connection, request, post, leave, ambiguous=run.ambiguous
        )
        outcome = hide(outcome, run.connection.secrets)
        run.close(outcome, response=response, now=self._clock.now())
        return outcome, response

    async def _send(
        self,
        connection: Connection,
        request: Request,
        post: Post,
        leave: Pass,
        *,
        ambiguous: bool = False,
    ) -> Answer:
        """What came of a request; the post is told of it, and of one that came to nothing."""
        outcome: Outcome | None = None
        response: Response | None = None
        try:
            response = await self._tokens.send(connection, request)
            outcome = judge(request, response, ambiguous=ambiguous, now=self._clock.now())
        except DeliveryError as error:
            outcome = fault(error)
            return outcome, None
        else:
            return outcome, response
        finally:
            post.settle(leave, outcome, response)

    async def _call(self, run: Run, post: Post) -> Outcome:
        """Run what sends its requests itself."""
        run.waiting = True
        leave = await post.admit(again=run.again)
        run.waiting = False
        run.open = Attempt(None, None, INTERRUPTED, 0.0, self._clock.now())
        outcome: Outcome | None = None
        try:
            outcome = await self._called(run)
            return outcome
        finally:
            post.settle(leave, outcome, None)

    async def _called(self, run: Run) -> Outcome:
        """An async action of a plugin is given a client that signs what it sends."""
        try:
            if run.script is not None:
                script = run.script()
                await script.ask(None)
                run.outcomes = script.outcomes
                return Delivered()
            assert run.prepared is not None
            async with self._client(run.connection) as client:
                return await call(run.prepared, client)
        except DeliveryError as error:
            return fault(error)

    async def _doubt(self, run: Run, post: Post, held: Held) -> Outcome:
        """Ask whether the credentials are good, before everything is held."""
        since, known = run.attempts[-1].at, _is_testable(run.connection)
        test = partial(self._test, post, run.connection) if known else None
        advice = redact(advise(run.connection), run.connection.secrets)
        return await post.doubt.resolve(held, user=run.user, since=since, test=test, advice=advice)

    async def _test(self, post: Post, connection: Connection) -> Outcome:
        """Make the credential test."""

        async def ask(request: Request) -> Answer:
            leave = await post.admit(again=False)
            return await self._send(connection, request, post, leave)

        return await conduct(connection, ask)


def _is_testable(connection: Connection) -> bool:
    """Whether there is a credential test, and one that works."""
    try:
        probe = connection.destination.probe(connection.settings)
        if probe is not None:
            connection.sign(probe)
    except Exception:  # noqa: BLE001 an author's code may raise anything
        return False
    return probe is not None
