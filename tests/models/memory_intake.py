"""An intake that keeps events in a list, and can be told to be full."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from segue.events import Event, Rejected
from segue.ingest import Full
from segue.workspace.model import Source


SOURCES = {"wk_web": Source("web", "wk_web"), "wk_app": Source("app", "wk_app")}


@dataclass
class MemoryIntake:
    """``taken`` has each new event once with its source; ``full`` is raised instead of taking."""

    taken: list[tuple[str, Event]] = field(default_factory=list)
    refused: list[tuple[str | None, Rejected]] = field(default_factory=list)
    full: Full | None = None
    _known: set[tuple[str, object]] = field(default_factory=set)

    async def take(self, source: Source, events: Sequence[Event]) -> Sequence[bool]:
        if self.full is not None:
            raise self.full
        return [self._keep(source, event) for event in events]

    def refuse(self, source: Source | None, rejected: Rejected) -> None:
        self.refused.append((source.name if source else None, rejected))

    def _keep(self, source: Source, event: Event) -> bool:
        known = (source.name, event["messageId"])
        new = known not in self._known
        if new:
            self._known.add(known)
            self.taken.append((source.name, event))
        return new

    def forget(self) -> None:
        """Be as new."""
        for kept in (self.taken, self.refused, self._known):
            kept.clear()

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.taken]

    @property
    def codes(self) -> list[str]:
        return [rejected.code for _, rejected in self.refused]
