"""The way in: suppressed people are turned away, plugins have their say, and everyone is counted."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from segue.events import Event, Rejected
from segue.hooks import NO_HOOKS, Hooks, Revise
from segue.ingest.intake import Full, Intake
from segue.privacy import CODE, Suppression
from segue.server.metrics import Meter
from segue.workspace.model import Source


MOMENT: Final = 5.0
REFUSED: Final = Rejected(0, CODE, "its user is suppressed", "")
"""Without the event's text: nothing of a suppressed person is kept or shown."""


@dataclass(slots=True)
class Gate:
    """An Intake before another. ``full`` is until when, by ``timer``, it counts as full.

    ``hooks`` gives those in force and is asked at every call.
    """

    inner: Intake
    suppression: Suppression
    meter: Meter
    timer: Callable[[], float] = time.monotonic
    hooks: Callable[[], Hooks] = lambda: NO_HOOKS
    full: float = field(default=-math.inf, init=False)

    @property
    def crowded(self) -> bool:
        """Whether events were turned away a moment ago."""
        return self.timer() < self.full

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        """Keep events as the plugins change them.

        Those of suppressed people, and what a plugin drops, count as taken before.
        """
        revise = self.hooks().revise
        covers = self.suppression.covers
        admitted = (
            [REFUSED if covers(event) else event for event in events]
            if revise is None
            else [self._admit(event, source.name, revise) for event in events]
        )
        wanted = [one for one in admitted if not isinstance(one, Rejected)]
        taken = iter(await self._keep(source, wanted) if wanted else ())
        for one in admitted:
            if isinstance(one, Rejected):
                self.refuse(source, one)
        return [False if isinstance(one, Rejected) else next(taken) for one in admitted]

    def refuse(self, source: Source | None, rejected: Rejected) -> None:
        """Count it and pass it on."""
        self.meter.refused(source.name if source else "", rejected.code)
        self.inner.refuse(source, rejected)

    def _admit(self, event: Event, source: str, revise: Revise) -> Event | Rejected:
        """No plugin sees events of the suppressed, nor makes one of another's."""
        if self.suppression.covers(event):
            return REFUSED
        revised = revise(event, source)
        if revised is event or isinstance(revised, Rejected):
            return revised
        return REFUSED if self.suppression.covers(revised) else revised

    async def _keep(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        try:
            taken = await self.inner.take(source, events)
        except Full as error:
            self.full = self.timer() + max(error.retry_after, MOMENT)
            self.meter.turned_away(source.name, len(events))
            raise
        self.full = -math.inf
        self.meter.took(source.name, taken)
        return taken
