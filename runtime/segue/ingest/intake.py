"""What the API needs of the rest: a place that keeps events, and word of how it is."""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from segue.events import Event, Rejected
from segue.workspace.model import Source


class Full(Exception):  # noqa: N818 not a fault
    """No more events can be kept now. Senders are asked to try again in ``retry_after`` seconds."""

    def __init__(self, retry_after: float = 1.0) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)


class Intake(Protocol):
    """Where events go."""

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        """Keep normalised events, at least one; return when a crash can no longer lose them.

        For each event: True when it is new, False for a messageId of this source that was taken
        before. Raises Full, having kept none of them.
        """
        ...

    def refuse(self, source: Source | None, rejected: Rejected) -> None:
        """Count an event that is not taken, or a body (``line`` 0), by its code; keep a sample.

        ``source`` is None when no write key told it. Must be quick and must not raise.
        """
        ...


_ACCOUNT: ContextVar[Counter[tuple[str, str]] | None] = ContextVar("account", default=None)


@contextmanager
def accounted() -> Generator[Counter[tuple[str, str]], None, None]:
    """What is counted of the events that are taken within, by connection and code, and of no others."""
    account = Counter[tuple[str, str]]()
    token = _ACCOUNT.set(account)
    try:
        yield account
    finally:
        _ACCOUNT.reset(token)


def count(connection: str, code: str) -> None:
    """Count an event that ended, for whoever wants to know of these."""
    account = _ACCOUNT.get()
    if account is not None:
        account[connection, code] += 1


@dataclass(frozen=True, slots=True)
class Health:
    """How this process is.

    ``failures`` say what is broken, ``waits`` why no events are taken, ``notes`` what somebody
    should look at although all works.
    """

    failures: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
