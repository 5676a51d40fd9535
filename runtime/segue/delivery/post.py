"""What the deliveries of one connection share: the way out, and what is known of the other end."""

import asyncio
import logging
import random
import sys
from collections.abc import Callable
from typing import Final

from segue.breaker import Breaker, BreakerPolicy, Pass, is_up
from segue.delivery.clock import Clock
from segue.delivery.doubt import Doubt
from segue.delivery.pace import Pace
from segue.http import Response
from segue.outcome import Delivered, Discarded, Outcome


log: Final = logging.getLogger("segue.delivery")

NEVER: Final = BreakerPolicy(failures=sys.maxsize)


class Post:
    """The gate that every request of a connection goes through, and where its answer is noted.

    Without a breaker a destination that is down is asked as often as its deliveries are tried.
    ``name`` is the connection's, for the log.
    """

    def __init__(
        self,
        pace: Pace,
        clock: Clock,
        *,
        breaker: Breaker | None = None,
        chance: Callable[[], float] = random.random,
        name: str = "",
    ) -> None:
        self.doubt, self._name = Doubt(clock), name
        self._pace, self._clock, self._chance = pace, clock, chance
        self._breaker = breaker or Breaker(NEVER)
        self._changed = asyncio.Event()
        self._door = asyncio.Lock()

    def resumed(self) -> "Post":
        """The same way out after a hold: what was doubted is not any more."""
        breaker, chance = self._breaker, self._chance
        return Post(self._pace, self._clock, breaker=breaker, chance=chance, name=self._name)

    async def admit(self, *, again: bool) -> Pass:
        """Wait until a request may be sent. ``settle`` it whatever comes of it."""
        leave = await self._ask(again=again)
        if leave is None:
            async with self._door:
                leave = await self._stand(again=again)
        return leave

    def settle(self, leave: Pass, outcome: Outcome | None, response: Response | None) -> None:
        """Take note of what came of a request; None if nothing did."""
        up, now = None if outcome is None else is_up(outcome, response), self._clock.now()
        down = self._breaker.down
        self._breaker.settle(leave, up=up, now=now, chance=self._chance())
        if self._breaker.down is not down:
            self._report(outcome)
        self._changed.set()
        if response is not None:
            self._pace.learn(response, now)
        if isinstance(outcome, Delivered) or (response and isinstance(outcome, Discarded)):
            self.doubt.clear()

    def _report(self, outcome: Outcome | None) -> None:
        """Say that the destination went down, or came back."""
        told = {"connection": self._name}
        if self._breaker.down:
            why = "" if outcome is None else outcome.why
            log.warning("%s is down, and is only probed: %s", self._name, why, extra=told)
        else:
            log.info("%s is up again", self._name, extra=told)

    async def _ask(self, *, again: bool) -> Pass | None:
        """Leave, if the breaker gives it, with a token."""
        now = self._clock.now()
        if self._breaker.wait(now) != 0.0:
            return None
        if not self._pace.take(now):
            await self._pace.admit(again=again)
            now = self._clock.now()
        return self._breaker.admit(now)

    async def _stand(self, *, again: bool) -> Pass:
        """Be the first behind a breaker that is open, until there is leave."""
        while True:
            leave = await self._ask(again=again)
            if leave is not None:
                return leave
            self._changed.clear()
            try:
                async with asyncio.timeout(self._breaker.wait(self._clock.now())):
                    await self._changed.wait()
            except TimeoutError:
                continue
