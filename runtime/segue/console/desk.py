"""What pages work with: the workspace, the store, whoever owns the data, the clock."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TypeAlias

from segue.console.reading import Reader, Reading
from segue.console.saving import Change, Outcome, save
from segue.console.turns import Turns
from segue.console.visit import Who
from segue.control import Control, find_running
from segue.json import JsonObject
from segue.plugins import Catalogue
from segue.secrets import Secrets
from segue.store.protocols import Clock, History
from segue.vault import Vault
from segue.workspace.saving import writable
from segue.workspace.versions import Versions


def make_key() -> str:
    """A new write key, which nobody guesses."""
    return f"wk_{token_hex(12)}"


OpenControl: TypeAlias = Callable[[], AbstractAsyncContextManager[Control]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page reads and whom it asks.

    ``catalogue`` is what is installed. ``past`` gives the history, None while nothing has happened.
    ``control`` finds whoever owns the data directory. ``tokens`` are the secrets that vendors gave
    out. ``versions`` are what the workspace file was before. ``vault`` keeps what is typed and secret.
    ``intake`` is where sources send to, ``key`` makes a write key. ``turns`` is where mappings run.
    """

    data: Path
    catalogue: Callable[[], Catalogue]
    reader: Reader
    past: Callable[[], History | None]
    control: OpenControl
    tokens: Secrets
    clock: Clock
    versions: Versions
    vault: Vault
    intake: str = "http://127.0.0.1:8080"
    key: Callable[[], str] = make_key
    turns: Turns = field(default_factory=Turns)

    @property
    def history(self) -> History | None:
        """What has happened to events and deliveries; None while there is no store."""
        return self.past()

    async def read(self) -> Reading:
        """The workspace as the file has it at this moment."""
        return await asyncio.to_thread(self.reader.read)

    async def do(self, name: str, given: JsonObject) -> JsonObject:
        """Have one operation carried out. Raises SegueError."""
        async with self.control() as control:
            return await control.do(name, given)

    async def hear(self, name: str) -> JsonObject | None:
        """What the process that runs has to say; None if none does. Raises SegueError."""
        running = await find_running(self.data)
        return None if running is None else await running.do(name, {})

    async def save(self, revision: str, change: Change | str, who: Who, why: str) -> Outcome:
        """Change the workspace file; ``revision`` is the one that the edit was made of."""
        return await asyncio.to_thread(save, self.reader, self.versions, revision, change, who, why)

    def facts(self) -> Mapping[str, object]:
        """What every page may say: the time, and what the workspace file is."""
        return {"now": self.clock(), "file": self.reader.file.name, "writable": self.writable}

    @property
    def writable(self) -> bool:
        """Whether the workspace file may be written."""
        return writable(self.reader.file)
