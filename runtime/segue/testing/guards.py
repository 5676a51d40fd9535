"""What a pure function does not do, noticed while it runs.

Files, sockets and processes are seen by an audit hook (PEP 578), which also prevents them.
Clock, chance, environment, sleep and threads are seen by a profiler, as calls.
Meant for a process of its own: an audit hook cannot be taken away again.
"""

import _thread
import os
import random
import re
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from types import FrameType
from typing import Final

from segue.testing.places import of_frame


class ImpureError(BaseException):
    """Stops what was about to be done; no ``except Exception`` may catch it."""


EVENTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("open", "os", "shutil", "tempfile", "glob", "pathlib", "mmap"), "uses files"),
    **dict.fromkeys(("socket", "urllib", "http", "ssl", "smtplib", "ftplib"), "uses the network"),
    **dict.fromkeys(
        ("subprocess", "pty", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.startfile"),
        "starts a process",
    ),
    "sqlite3": "uses a database",
    "ctypes": "loads a library",
    "builtins.input": "reads the terminal",
}
"""Audit events, or the first parts of their names, and what each says about the function."""

_CLOCK: Final = "looks at the clock"
_CHANCE: Final = "draws a random number"
_MACHINE: Final = "looks at the machine"

CALLS: Final[Mapping[Callable[..., object], str]] = {
    **dict.fromkeys(
        (
            *(time.time, time.time_ns, time.monotonic, time.monotonic_ns),
            *(time.perf_counter, time.perf_counter_ns, time.process_time),
            *(datetime.now, datetime.today),
            date.today,
        ),
        _CLOCK,
    ),
    getattr(datetime, "utcnow"): _CLOCK,  # noqa: B009 it is deprecated, and still called
    **dict.fromkeys((os.urandom, random.random, random.getrandbits), _CHANCE),
    **dict.fromkeys((os.getpid, os.getcwd, os.stat), _MACHINE),
    time.sleep: "sleeps",
    _thread.start_new_thread: "starts a thread",
    print: "prints",
}
"""Built-in functions, and what a call of each says."""

CODES: Final = {type(os.environ).__getitem__.__code__: "reads the environment"}
"""The same of functions that are written in Python."""

_EXCUSED: Final = frozenset(
    {
        *("_frozen_importlib", "_frozen_importlib_external", "importlib", "zipimport", "zoneinfo"),
        *("logging", "linecache", "traceback", "warnings"),
    }
)
"""Modules that may do so: imports, time zones and log records are no effects of the function."""


class Guard:
    """Notices what is done while it is armed. There is one in a process."""

    def __init__(self) -> None:
        self._armed = False
        self._seen: dict[str, None] = {}
        sys.addaudithook(self._audit)

    @contextmanager
    def watch(self) -> Generator[dict[str, None]]:
        """Sentences about what is done inside, in order, each once."""
        self._seen = {}
        self._armed = True
        sys.setprofile(self._profile)
        try:
            yield self._seen
        finally:
            sys.setprofile(None)
            self._armed = False

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._armed:
            return
        what = EVENTS.get(event) or EVENTS.get(event.partition(".")[0])
        if what is None or (event == "open" and _harmless(arguments[0])) or _excused(_caller()):
            return
        detail = f" ({event}: {arguments[0]!s:.80})" if arguments else f" ({event})"
        self._note(what + detail, _caller())
        raise ImpureError(what)

    def _profile(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "c_call":
            what = CALLS.get(argument) if callable(argument) else None
            name = _name(argument)
        elif event == "call":
            what, name = CODES.get(frame.f_code), "os.environ"
        else:
            return
        if what is not None and not _excused(frame):
            self._note(f"{what} ({name})", frame)

    def _note(self, what: str, frame: FrameType) -> None:
        self._seen[f"{what} at {of_frame(frame)}"] = None


def _harmless(file: object) -> bool:
    """A file that is open already, or a time zone."""
    return isinstance(file, int) or "zoneinfo" in re.split(r"[/\\]", str(file))


def _name(function: object) -> str:
    module = getattr(function, "__module__", None)
    name = str(getattr(function, "__qualname__", ""))
    return name if module in {None, "builtins"} else f"{module}.{name}"


def _caller() -> FrameType:
    """The frame in which what is audited is done."""
    return sys._getframe(2)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] the way inspect does it


def _excused(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in _EXCUSED:
            return True
        frame = frame.f_back
    return False
