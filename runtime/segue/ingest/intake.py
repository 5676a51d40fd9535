"""What the API needs of the rest: a place that keeps events, and word of how it is."""

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Health:
    """How this process is.

    ``failures`` say what is broken, ``waits`` why no events are taken, ``notes`` what somebody
    should look at although all works.
    """

    failures: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
