"""What is asked of a plugin in its process, and what comes back: plain values that travel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from segue.audience import SyncMode
from segue.http import Request, Response
from segue.json import JsonObject


Mode: TypeAlias = Literal["perform", "batch"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a module is found again: its name, its file, and where its submodules are."""

    name: str
    file: str | None
    search: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Start:
    """What the process needs first. ``limit`` is how many seconds a call may take."""

    path: tuple[str, ...]
    origins: tuple[Origin, ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has its plugins, or the reason why it has not."""

    problem: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action; of a batch with all its payloads. ``answers`` are for generators.

    ``first`` is the number of the message that the first payload comes from, ``event`` what they all
    come from.
    """

    action: str
    mode: Mode
    payloads: tuple[JsonObject, ...]
    event: JsonObject
    settings: JsonObject
    answers: Sequence[Response] = ()
    first: int = 1
    sync_mode: SyncMode | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception: its type, its message, and the line of the plugin."""

    kind: str
    message: str
    place: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message} ({self.place})"


@dataclass(frozen=True, slots=True)
class Made:
    """What a call made.

    ``odd`` names what in a request is not what it should be, by pointer; ``impure`` what was done
    beside; ``changed`` which arguments were written to; ``logged`` is all that was logged.
    """

    requests: tuple[Request, ...]
    fault: Fault | None = None
    odd: tuple[str, ...] = ()
    impure: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    logged: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A call that was not answered: where it was last seen, or the status with which its process ended."""

    place: str
    status: int | None = None

    def said(self, limit: float) -> str:
        """What happened, to be said after its subject."""
        if self.status is not None:
            return f"ended its process (exit status {self.status})"
        return f"did not finish within {limit:g} s; it was last seen at {self.place}"


Answers: TypeAlias = Mapping[str, Sequence[Response]]
