"""What pages work with: the workspace, the store, whoever owns the data, the clock."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Final, TypeAlias

from segue.console.reading import Reader, Reading
from segue.console.saving import Change, Outcome, Saved, save
from segue.console.turns import Turns
from segue.console.visit import Who
from segue.control import Control, SilentError, find_running
from segue.errors import SegueError, StoreLockedError
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


LOOK: Final = 3.0
"""Seconds that a page waits for what it can be shown without."""

SOON: Final = 1.0
"""Seconds that a save waits for the server to take it up."""

LATER: Final = "The server has not taken it up yet, and goes by it as soon as it can."
REFUSED: Final = "The server did not take it up and goes on as before; its log says why."

PATIENCE: Final = 30.0
UNFINISHED: Final = "says nothing more of what it was asked for, and may still do it"

OpenControl: TypeAlias = Callable[[], AbstractAsyncContextManager[Control]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page reads and whom it asks.

    ``catalogue`` is what is installed. ``past`` gives the history, None while nothing has happened.
    ``control`` finds whoever owns the data directory. ``tokens`` are the secrets that vendors gave
    out. ``versions`` are what the workspace file was before. ``vault`` keeps what is typed and secret.
    ``intake`` is where sources send to, ``key`` makes a write key. ``patience`` is for how many seconds
    nothing need be heard of an operation. ``turns`` is where mappings run.
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
    patience: float = PATIENCE
    turns: Turns = field(default_factory=Turns)

    @property
    def history(self) -> History | None:
        """What has happened to events and deliveries; None while there is no store."""
        return self.past()

    async def read(self) -> Reading:
        """The workspace as the file has it at this moment."""
        return await asyncio.to_thread(self.reader.read)

    async def do(self, name: str, given: JsonObject) -> JsonObject:
        """Have one operation carried out. Raises SegueError, also where nothing is heard of it for long."""
        loop = asyncio.get_running_loop()
        try:
            async with self.control() as control, asyncio.timeout(self.patience) as limit:
                return await control.do(
                    name, given, lambda _: limit.reschedule(loop.time() + self.patience)
                )
        except TimeoutError:
            raise SilentError(self.data, UNFINISHED) from None
        except StoreLockedError:
            raise SilentError(self.data, "cannot be asked") from None

    async def hear(self, name: str) -> JsonObject | None:
        """What the process that runs has to say; None if none does. Raises SegueError."""
        try:
            async with asyncio.timeout(LOOK):
                running = await find_running(self.data)
                return None if running is None else await running.do(name, {})
        except TimeoutError:
            raise SilentError(self.data) from None

    async def save(self, revision: str, change: Change | str, who: Who, why: str) -> Outcome:
        """Change the workspace file; ``revision`` is the one that the edit was made of."""
        given = (self.reader, self.versions, revision, change, who, why)
        outcome = await asyncio.to_thread(save, *given)
        if not isinstance(outcome, Saved):
            return outcome
        return replace(outcome, note=f"{outcome.note} {await self._urge()}".strip())

    async def _urge(self) -> str:
        """Have a server that runs take the file up at once. What is to be said of that, if anything."""
        try:
            async with asyncio.timeout(SOON):
                told = await self.hear("look")
        except (TimeoutError, SegueError, OSError):
            return LATER
        return "" if told is None or told.get("taken") else REFUSED

    def facts(self) -> Mapping[str, object]:
        """What every page may say: the time, and what the workspace file is."""
        return {"now": self.clock(), "file": self.reader.file.name, "writable": self.writable}

    @property
    def writable(self) -> bool:
        """Whether the workspace file may be written."""
        return writable(self.reader.file)
