"""Taking up a changed workspace file, function, schema or secret, and staying with the old one while the new one is wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from segue.errors import SegueError, StoreError
from segue.server.metrics import Meter
from segue.server.revision import Revision, Standing
from segue.workspace import schema_files
from segue.workspace.model import Workspace


log: Final = logging.getLogger("segue.workspace")

PAUSE: Final = 1.0

Stamp: TypeAlias = tuple[int, int, int] | None
Stamps: TypeAlias = dict[Path, Stamp]
Use: TypeAlias = Callable[[Workspace], Awaitable[object]]


class Live(Protocol):
    """What else a workspace is made of than what its file names: plugins."""

    def stamps(self) -> Mapping[Path, Stamp]:
        """Their files at this moment."""
        ...

    def notes(self) -> Sequence[str]:
        """Which of them are wrong."""
        ...


class Watch:
    """Looks at a file, its plugins, functions, schemas and secrets every second, and at once when ``hurry`` is called.

    ``use`` has the worker go on with a new workspace. It comes before new events are dispatched by
    it, so that none arrives for a connection that nobody delivers to yet. ``live`` knows plugins.
    """

    def __init__(
        self,
        file: Path,
        standing: Standing,
        use: Use,
        meter: Meter,
        *,
        secrets: Sequence[Path] = (),
        live: Live | None = None,
    ) -> None:
        self._live = live
        self._file, self._standing, self._use, self._meter = file, standing, use, meter
        self._hurry, self._refused, self._secrets = asyncio.Event(), False, secrets
        self._alone = asyncio.Lock()
        self._text: Stamp = None
        self._schemas: tuple[Path, ...] = ()
        self._stamp: Stamps | None = self._look()

    def hurry(self) -> None:
        """Load the file again even if it looks the same: what it refers to may have changed."""
        self._hurry.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.look(hurried=await self._wait())

    async def look(self, *, hurried: bool = False) -> bool:
        """Take up what is there if it has changed, or at any rate; False while it is refused."""
        async with self._alone:
            found = await asyncio.to_thread(self._look)
            urgent = hurried or self._told_otherwise(found)
            if not urgent and found == self._stamp:
                return not self._refused
            self._stamp = found
            return await self.reload(force=urgent)

    def notes(self) -> list[str]:
        """That the file is refused, where it is. Its problems are in the log: they may be private."""
        wrong = [] if self._live is None else [*self._live.notes()]
        if not self._refused:
            return wrong
        return [
            *wrong,
            f"the workspace file is refused, {self._name} stays in force; the log says why",
        ]

    @property
    def _name(self) -> str:
        return self._standing.current.name

    async def reload(self, *, force: bool = False) -> bool:
        """Take up what the file says now; False if it is refused. The same text is passed over."""
        before = self._name
        try:
            revision = await asyncio.to_thread(self._standing.read)
            if revision.name == before and not (force or self._refused):
                return True
            await self._use(revision.workspace)
        except StoreError as error:
            self._stamp = None  # looked at again in a second
            log.warning("the workspace is taken up later: %s", error)
            return False
        except SegueError as error:
            self._refused = True
            self._meter.reloaded("refused")
            given = {"revision": before}
            log.error("the workspace is refused, %s stays in force: %s", before, error, extra=given)  # noqa: TRY400 a sentence says it
            return False
        self._take(revision, before)
        return True

    def _take(self, revision: Revision, before: str) -> None:
        self._refused = False
        self._standing.replace(revision)
        self._meter.reloaded("taken")
        self._meter.revised(revision.name)
        given = {"revision": revision.name, "before": before}
        again = "as before" if revision.name == before else f"in place of {before}"
        log.info("the workspace %s is in force, %s", revision.name, again, extra=given)

    def _look(self) -> Stamps:
        """What the file, its functions and its schemas are at this moment.

        Schemas are those that the file names, also while it is refused: it may be for one of them.
        """
        folder = self._standing.current.workspace.functions
        found = sorted(folder.glob("*.py")) if folder is not None else []
        text = stamp(self._file)
        if text != self._text:
            self._text, self._schemas = text, schema_files(self._file)
        others = (*found, *self._schemas, *self._secrets)
        plugins = {} if self._live is None else self._live.stamps()
        return {self._file: text, **{one: stamp(one) for one in others}, **plugins}

    def _told_otherwise(self, found: Stamps) -> bool:
        """Whether a file of secrets is another: then the same text has other settings."""
        before = self._stamp or {}
        return any(found[one] != before.get(one) for one in self._secrets)

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(PAUSE):
                await self._hurry.wait()
        except TimeoutError:
            return False
        self._hurry.clear()
        return True


def stamp(file: Path) -> Stamp:
    """What tells that a file was written, None without a file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
