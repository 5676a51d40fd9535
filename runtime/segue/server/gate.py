"""The way in: people who are suppressed are turned away, and everyone is counted."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from segue.events import Event, Rejected
from segue.ingest.intake import Full, Intake
from segue.privacy import CODE, Suppression
from segue.server.metrics import Meter
from segue.workspace.model import Source


MOMENT: Final = 5.0
REFUSED: Final = Rejected(0, CODE, "its user is suppressed", "")
"""Without the event's text: nothing of a suppressed person is kept or shown."""


@dataclass(slots=True)
class Gate:
    """An Intake before another. ``full`` is until when, by ``timer``, it counts as full."""

    inner: Intake
    suppression: Suppression
    meter: Meter
    timer: Callable[[], float] = time.monotonic
    full: float = field(default=-math.inf, init=False)

    @property
    def crowded(self) -> bool:
        """Whether events were turned away a moment ago."""
        return self.timer() < self.full

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        """Keep the events but those of suppressed people, which count as taken before."""
        barred = [self.suppression.covers(event) for event in events]
        wanted = [event for event, bar in zip(events, barred, strict=True) if not bar]
        taken = iter(await self._keep(source, wanted) if wanted else ())
        for _ in range(len(events) - len(wanted)):
            self.refuse(source, REFUSED)
        return [False if bar else next(taken) for bar in barred]

    def refuse(self, source: Source | None, rejected: Rejected) -> None:
        """Count it and pass it on."""
        self.meter.refused(source.name if source else "", rejected.code)
        self.inner.refuse(source, rejected)

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
