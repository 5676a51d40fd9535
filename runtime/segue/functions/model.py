"""A function file as the runtime knows it: what it offers, without having run it here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segue.functions.handlers import BATCH_SIZE, BATCH_WAIT, Kind
from segue.json import JsonObject


@dataclass(frozen=True, slots=True)
class Handler:
    """One of ``on_track`` and its like."""

    name: str
    kind: Kind
    line: int | None
    about: str


@dataclass(frozen=True, eq=False)
class FunctionFile:
    """One function. ``source`` is what was read and checked; it is what its processes run.

    ``settings`` is its SETTINGS, a field spec; ``url`` is its URL, behind which relative requests
    are put. At most ``batch_size`` events go to on_batch, after ``batch_wait`` seconds.
    """

    path: Path
    source: str = field(repr=False)
    title: str
    description: str
    settings: JsonObject
    url: str
    handlers: Mapping[str, Handler]
    batch_size: int = BATCH_SIZE
    batch_wait: float = BATCH_WAIT

    @property
    def slug(self) -> str:
        """The name of the file, by which a workspace calls it."""
        return self.path.stem
