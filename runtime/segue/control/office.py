"""What the operations work with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segue.dispatch import Delivery
from segue.events import Event, Rejected
from segue.http import Sender
from segue.ingest.intake import Intake
from segue.privacy import Suppression
from segue.senders import Tokens
from segue.store.protocols import Clock, Store
from segue.workspace.model import Workspace


class Dispatch(Protocol):
    """Which mappings an event goes to, as the workspace in force has it."""

    def dispatch(self, event: Event, source: str) -> Sequence[Delivery]: ...


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a process has that owns a data directory.

    ``workspace`` and ``dispatcher`` give the ones in force; they raise ConfigError when there is none. ``sender`` and
    ``tokens`` are for deletions. ``backup`` copies the data to a new directory and tells how many bytes. ``refused`` are the last events that were, each with its source.
    ``look`` takes up the workspace file as it is at this moment, False where it is refused; None where
    nobody watches it. ``troubles`` are what keeps whoever delivers from it.
    """

    store: Store
    workspace: Callable[[], Workspace]
    dispatcher: Callable[[], Dispatch]
    intake: Intake
    suppression: Suppression
    sender: Sender
    backup: Callable[[Path], Awaitable[int]]
    refused: Callable[[], Sequence[tuple[str, Rejected]]]
    clock: Clock
    tokens: Tokens | None = None
    look: Callable[[], Awaitable[bool]] | None = None
    troubles: Callable[[], Sequence[str]] = list
