"""How the process is, told from what it is made of."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from segue.errors import StoreError, StoreFullError
from segue.ingest.intake import Health
from segue.server.gate import Gate
from segue.store.sqlite import SqliteStore


@dataclass(slots=True)
class Pulse:
    """Watches the store and the tasks without which nothing works."""

    store: SqliteStore
    gate: Gate
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict[str, "asyncio.Task[None]"])
    stopping: bool = False
    notes: Callable[[], Iterable[str]] = tuple
    troubles: Callable[[], Iterable[str]] = tuple

    def __call__(self) -> Health:
        """What is broken, why no events are taken, and what else should be known."""
        dead = [f"{name} ended: {_why(task)}" for name, task in self.tasks.items() if task.done()]
        dead += self.troubles()
        trouble = self.store.trouble
        if trouble is not None and not isinstance(trouble, StoreFullError):
            dead.append(str(trouble))
        notes = (*self.notes(), *self._holds())
        return Health(tuple(dead), tuple(self._waits(trouble)), notes)

    def _holds(self) -> Iterator[str]:
        """The connections that wait for somebody. Why is in the figures: it may be private."""
        for name, hold in sorted(self.store.held.items()):
            yield f'the connection "{name}" is held ({hold.code}); "segue stats" says why'

    def _waits(self, trouble: StoreError | None) -> list[str]:
        waits = ["it is stopping"] if self.stopping else []
        if isinstance(trouble, StoreFullError):
            waits.append(str(trouble))
        elif self.gate.crowded:
            waits.append("the last events could not be stored")
        return waits


def _why(task: "asyncio.Task[None]") -> str:
    if task.cancelled():
        return "it was cancelled"
    error = task.exception()
    return "no reason was given" if error is None else f"{type(error).__name__}: {error}"
