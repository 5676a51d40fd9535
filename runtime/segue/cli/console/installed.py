"""What is installed, for a console that runs: loose plugins and functions are taken up when they change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from segue.cli.reloading import Live
from segue.cli.setup import Setup
from segue.functions.library import Library
from segue.plugins import Catalogue
from segue.server.reload import Stamp, stamp
from segue.workspace import named_folder


@dataclass
class Installed:
    """What can be connected. What is wrong stays as it last worked, as it does in ``segue serve``."""

    setup: Setup
    library: Library = field(default_factory=lambda: Library(lasting=True))
    _live: Live = field(init=False, repr=False)
    _named: tuple[Stamp, str | None] | None = field(default=None, init=False)
    _whole: Catalogue | None = field(default=None, init=False, repr=False)
    _alone: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._live = Live(self.setup)

    def take(self) -> Catalogue:
        """The plugins as their files are now; imports those that changed, so call it in a thread."""
        with self._alone:
            found, folder = self._live.catalogue(), self._folder
            self._whole = found if folder is None else self.library.extend(found, folder)
            return found

    def whole(self) -> Catalogue:
        """The plugins and the functions as they were last taken up."""
        if self._whole is None:
            self.take()
        assert self._whole is not None
        return self._whole

    def stamps(self) -> Mapping[Path, Stamp]:
        """All of their files, as they are at this moment."""
        folder = self._folder
        files = sorted(folder.glob("*.py")) if folder is not None else []
        return {**self._live.stamps(), **{one: stamp(one) for one in files}}

    @property
    def _folder(self) -> Path | None:
        """The folder of functions; the file is read for its name when it has changed."""
        file = self.setup.file
        now, known = stamp(file), self._named
        if known is None or known[0] != now:
            known = self._named = now, named_folder(file, "functions")
        folder = None if known[1] is None else file.parent / known[1]
        return folder if folder is not None and folder.is_dir() else None
