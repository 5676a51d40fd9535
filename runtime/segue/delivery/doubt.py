"""Whether a connection's credentials are good, once a destination says 401 or 403."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from segue.delivery.clock import Clock
from segue.outcome import UNAUTHORISED, Delivered, Discarded, Held, Outcome, Retry, name
from segue.workspace.model import Connection


SUSPECT: Final = 5
"""So many users in a row are refused with 403 before the credentials are to blame."""

UNAUTHORIZED: Final = name(HTTPStatus.UNAUTHORIZED)

LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Test: TypeAlias = Callable[[], Awaitable[Outcome]]


class Doubt:
    """What is known. ``held`` says why the credentials are not good, once that is certain."""

    def __init__(self, clock: Clock) -> None:
        self.held: Held | None = None
        self._clock = clock
        self._lock = asyncio.Lock()
        self._refused: set[str] = set()
        self._good = float("-inf")

    def clear(self) -> None:
        """Somebody was not refused."""
        self._refused.clear()

    async def resolve(
        self, held: Held, *, user: str, since: float, test: Test | None, advice: str = ""
    ) -> Outcome:
        """What a 401 or 403 means: everything waits, or this delivery alone was refused.

        ``test`` asks the destination whether the credentials are good; one answer serves all whose
        requests were made before it. Without a test 401 is believed, 403 after so many users.
        ``advice`` says whose credentials they are and what to do about them.
        """
        async with self._lock:
            if self.held is not None:
                return self.held
            if held.code == UNAUTHORISED:
                verdict: Outcome = held
            else:
                verdict = await self._judge(held, user, since, test)
            if isinstance(verdict, Held):
                why = f"{verdict.why}; {advice}" if advice else verdict.why
                self.held = verdict = replace(verdict, why=why)
            return verdict

    async def _judge(self, held: Held, user: str, since: float, test: Test | None) -> Outcome:
        return self._count(held, user) if test is None else await self._ask(held, since, test)

    async def _ask(self, held: Held, since: float, test: Test) -> Outcome:
        if self._good < since:
            match await test():
                case Delivered():
                    self._good = self._clock.now()
                case Retry() as unknown:  # the doubt is about the test, the delivery was answered
                    return replace(unknown, ambiguous=False)
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


def advise(connection: Connection) -> str:
    """Whose credentials they are that a destination refused, and what to do about it."""
    try:
        host = urlsplit(connection.base).hostname or connection.destination.slug
    except ValueError:  # settings that are no URL
        host = connection.destination.slug
    names = ", ".join(sorted(connection.destination.fields.secrets)) or "settings"
    said = (
        f'that is connection "{connection.name}" at {host}: put its {names} right, in the workspace or in '
        "the variable or secret it is read from; what waits then goes on"
    )
    if host not in LOCAL:
        return said
    return (
        f"{said}. {host} is this machine: a sandbox there takes keys of its own, so with a vendor's key "
        "exported, take base_url out of the connection to reach the vendor"
    )
