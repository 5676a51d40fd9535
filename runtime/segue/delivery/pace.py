"""Waiting for a token: the shell around the gate of ``pacing``."""

import asyncio
from collections.abc import Iterable

from segue.delivery.clock import Clock
from segue.http import Response
from segue.pacing import Bucket, Gate, RateLimit
from segue.workspace.model import Connection


class Pace:
    """One credential's tokens, and whoever waits for one."""

    def __init__(self, limit: RateLimit | None, clock: Clock) -> None:
        self.bucket = Bucket(limit)
        self._gate = Gate["asyncio.Future[None]"](self.bucket)
        self._clock = clock
        self._waker: asyncio.Task[None] | None = None

    def take(self, now: float) -> bool:
        """Take a token, if there is one and nobody waits for it."""
        free = self._waker is None and self.bucket.due(now) <= now
        if free:
            self.bucket.take(now)
        return free

    async def admit(self, *, again: bool) -> None:
        """Wait for a token; ``again``: it is for a retry."""
        now = self._clock.now()
        if self.take(now):
            return
        turn = asyncio.get_running_loop().create_future()
        self._gate.join(turn, now, again=again)
        if self._waker is None:
            self._waker = asyncio.create_task(self._wake())
        try:
            await turn
        finally:
            self._gate.leave(turn)

    def change(self, limit: RateLimit | None) -> None:
        """Keep to another limit from now on; whoever waits is told anew how long."""
        if limit == self.bucket.limit:
            return
        self.bucket.change(limit, self._clock.now())
        if self._waker is not None:
            self._waker.cancel()
            self._waker = asyncio.create_task(self._wake())

    def learn(self, response: Response, now: float) -> None:
        """Take note of what an answer says about pace."""
        self.bucket.observe(response, now)

    async def _wake(self) -> None:
        """Let go whose turn it is, as long as anybody waits."""
        try:
            while (seconds := self._gate.wait(self._clock.now())) is not None:
                if seconds > 0:
                    await self._clock.sleep(seconds)
                while (turn := self._gate.admit(self._clock.now())) is not None:
                    if not turn.done():
                        turn.set_result(None)
        finally:
            if self._waker is asyncio.current_task():
                self._waker = None


class Paces:
    """The pace of each credential, for as long as this lives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[object, ...], Pace] = {}

    def of(self, connection: Connection) -> Pace:
        """The pace that a connection shares with others of its credential."""
        pace = self._known.get(connection.credential)
        if pace is None:
            pace = self._known[connection.credential] = Pace(connection.rate_limit, self._clock)
        return pace

    def limit(self, connections: Iterable[Connection]) -> None:
        """Keep to these connections' limits from now on, of one credential to the strictest."""
        limits: dict[tuple[object, ...], RateLimit | None] = {}
        for one in connections:
            known = limits.get(one.credential)
            limits[one.credential] = _stricter(known, one.rate_limit)
        for credential, limit in limits.items():
            if credential in self._known:
                self._known[credential].change(limit)


def _stricter(one: RateLimit | None, other: RateLimit | None) -> RateLimit | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda limit: limit.requests / limit.per)
