"""The store of a data directory, opened to be read when there is one."""

from dataclasses import dataclass, field
from pathlib import Path

from segue.control import read_store
from segue.store.protocols import History
from segue.store.sqlite import SqliteView
from segue.store.sqlite.schema import FILE


@dataclass
class Archive:
    """Opens the store once, as soon as something has made it."""

    directory: Path
    _view: SqliteView | None = field(default=None, repr=False)

    def history(self) -> History | None:
        """What has happened; None while there is no store. Raises StoreError for one that cannot be read."""
        if self._view is None and not (self.directory / FILE).exists():
            return None
        self._view = self._view or read_store(self.directory)
        return self._view.history

    async def close(self) -> None:
        """Let go of the store."""
        if self._view is not None:
            await self._view.close()
