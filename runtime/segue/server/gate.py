"""The way in: the suppressed are turned away, schemas and plugins have their say, and all is counted."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from segue.events import Event, Rejected
from segue.hooks import NO_HOOKS, Hooks, Revise
from segue.ingest.intake import Full, Intake
from segue.privacy import CODE, Suppression
from segue.schemas import Rule, Ruling
from segue.server.metrics import Meter
from segue.workspace.model import Source


MOMENT: Final = 5.0
SAMPLES: Final = 10
REFUSED: Final = Rejected(0, CODE, "its user is suppressed", "")
"""Without the event's text: nothing of a suppressed person is kept or shown."""


@dataclass(slots=True)
class Gate:
    """An Intake before another. ``full`` is until when, by ``timer``, it counts as full.

    ``hooks`` and ``rule`` give those in force and are asked at every call. ``kept`` are the last events
    that were kept although they broke a schema, by source, code and result.
    """

    inner: Intake
    suppression: Suppression
    meter: Meter
    timer: Callable[[], float] = time.monotonic
    hooks: Callable[[], Hooks] = lambda: NO_HOOKS
    rule: Callable[[], Rule | None] = lambda: None
    full: float = field(default=-math.inf, init=False)
    kept: dict[tuple[str, str, str], deque[Rejected]] = field(
        default_factory=dict[tuple[str, str, str], deque[Rejected]], init=False
    )

    @property
    def crowded(self) -> bool:
        """Whether events were turned away a moment ago."""
        return self.timer() < self.full

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        """Keep events as the schemas leave them and the plugins change them.

        Those of suppressed people, and what a schema blocks or a plugin drops, count as taken before.
        """
        rule = self.rule()
        if rule is not None:
            return await self._judge(source, events, rule)
        return await self._take(source, events)

    async def _judge(self, source: Source, events: Sequence[Event], rule: Rule) -> Sequence[bool]:
        """Nobody is told of a suppressed person's event, nor of one that was taken before."""
        covers = self.suppression.covers
        rulings = [None if covers(event) else rule(event) for event in events]
        passed = [
            event if ruling is None else ruling.event
            for event, ruling in zip(events, rulings, strict=True)
        ]
        wanted = [one for one in passed if one is not None]
        taken = iter(await self._take(source, wanted) if wanted else ())
        new = [one is not None and next(taken) for one in passed]
        for event, ruling, fresh in zip(events, rulings, new, strict=True):
            if ruling is not None and (fresh or ruling.event is None):
                self._tell(source, event, ruling)
        return new

    def _tell(self, source: Source, event: Event, ruling: Ruling) -> None:
        told = ruling.told(event)
        self.meter.broke(source.name, ruling.code, ruling.result)
        if ruling.event is None:
            self.refuse(source, told)
            return
        place = (source.name, ruling.code, ruling.result)
        self.kept.setdefault(place, deque(maxlen=SAMPLES)).append(told)

    async def _take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
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
