"""What the deliveries of one connection share: their pace, and doubt about their credentials."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from segue.delivery.clock import Clock
from segue.http import Response
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry, name
from segue.pacing import Bucket


SUSPECT: Final = 5
"""So many users in a row are refused with 403 before the credentials are to blame."""

UNAUTHORIZED: Final = name(HTTPStatus.UNAUTHORIZED)
TOO_MANY: Final = name(HTTPStatus.TOO_MANY_REQUESTS)

Test: TypeAlias = Callable[[], Awaitable[Outcome]]


class Post:
    """The gate that every request of a connection goes through, and what is learned behind it."""

    def __init__(self, bucket: Bucket, clock: Clock) -> None:
        self.doubt = Doubt(clock)
        self._bucket, self._clock = bucket, clock

    async def admit(self, *, again: bool) -> None:  # noqa: ARG002
        """Wait until a request may be sent."""
        delay = self._bucket.take(self._clock.now())
        if delay > 0:
            await self._clock.sleep(delay)

    def learn(self, response: Response | None, outcome: Outcome) -> None:
        """Take note of what came of a request."""
        if response is not None and response.status == HTTPStatus.TOO_MANY_REQUESTS:
            after = outcome.after if isinstance(outcome, Retry) else None
            self._bucket.pause(self._clock.now(), after or 1.0)
        if not isinstance(outcome, Held | Retry):
            self.doubt.clear()


class Doubt:
    """Whether a connection's credentials are good.

    ``held`` says why not, once that is certain; whoever resumes the connection makes a new one.
    """

    def __init__(self, clock: Clock) -> None:
        self.held: Held | None = None
        self._clock = clock
        self._lock = asyncio.Lock()
        self._refused: set[str] = set()
        self._good = -1.0

    def clear(self) -> None:
        """Somebody was not refused."""
        self._refused.clear()

    async def resolve(self, held: Held, *, user: str, since: float, test: Test | None) -> Outcome:
        """What a 401 or 403 means: everything waits, or this delivery alone was refused.

        ``test`` asks the destination whether the credentials are good; one answer serves all whose
        requests were made before it. Without a test 401 is believed, 403 after so many users.
        """
        async with self._lock:
            if self.held is None:
                verdict = (
                    self._count(held, user) if test is None else await self._ask(held, since, test)
                )
                if not isinstance(verdict, Held):
                    return verdict
                self.held = verdict
            return self.held

    async def _ask(self, held: Held, since: float, test: Test) -> Outcome:
        if self._good < since:
            match await test():
                case Delivered():
                    self._good = self._clock.now()
                case Retry() as unknown:
                    return unknown
                case refused:
                    return Held(f"credentials are invalid: {refused.why}", held.code)
        return Discarded(held.why, held.code)

    def _count(self, held: Held, user: str) -> Outcome:
        if held.code == UNAUTHORIZED:
            return held
        self._refused.add(user)
        if len(self._refused) < SUSPECT:
            return Discarded(held.why, held.code)
        return Held(f"{SUSPECT} users in a row were refused: {held.why}", held.code)
