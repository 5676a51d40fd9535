"""The store of a data directory, opened to be read when there is one."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from segue.control import read_store
from segue.errors import StoreUnavailableError
from segue.store.protocols import History
from segue.store.sqlite import SqliteView
from segue.store.sqlite.schema import FILE


Which: TypeAlias = tuple[int, int]


@dataclass
class Archive:
    """Opens the store as soon as something has made it, and anew when it is another file.

    One that was deleted could be read on as if it were there.
    """

    directory: Path
    _view: SqliteView | None = field(default=None, repr=False)
    _which: Which | None = field(default=None, repr=False)
    _closing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], repr=False)

    def history(self) -> History | None:
        """What has happened; None while there is no store. Raises StoreError for one that cannot be read."""
        which = self._look()
        if which != self._which:
            self._leave()
        if which is None:
            return None
        self._view, self._which = self._view or read_store(self.directory), which
        return self._view.history

    def _look(self) -> Which | None:
        file = self.directory / FILE
        try:
            found = file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreUnavailableError(f"{file} cannot be read: {error.strerror}") from None
        return found.st_dev, found.st_ino

    def _leave(self) -> None:
        if self._view is not None:
            task = asyncio.get_running_loop().create_task(self._view.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        self._view = self._which = None

    async def close(self) -> None:
        """Let go of the store."""
        if self._view is not None:
            await self._view.close()
        await asyncio.gather(*self._closing)
