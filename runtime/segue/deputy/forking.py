"""How the deputy comes to be, and how it makes sure that it ends with the process it works for."""

import ctypes
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final


log: Final = logging.getLogger("segue.deputy")

_PR_SET_PDEATHSIG: Final = 1
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Deputy:
    """A process that waits for orders at the other end of ``door``."""

    pid: int
    door: socket.socket

    def dismiss(self) -> None:
        """Have it end, should it still be there."""
        self.door.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def appoint(act: Callable[[socket.socket], object], processes: int | None = None) -> Deputy | None:
    """A copy of this process that runs ``act`` and nothing else; call it before there is a loop.

    None where only one process is wanted, or a copy is not safe to make: not on Linux, or when a
    plugin has begun a thread. Unless ``processes`` says it, one core has one process. All that was
    loaded so far is there in both.
    """
    several = len(os.sched_getaffinity(0)) > 1 if sys.platform == "linux" else False
    if (processes or 1 + several) == 1:
        return None
    if sys.platform != "linux" or threading.active_count() > 1:
        log.info("there is one process: a second one would not be safe here")
        return None
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        theirs.close()
        return Deputy(pid, ours)
    status = 1
    try:
        ours.close()
        _attach(parent)
        act(theirs)
        status = 0
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def _attach(parent: int) -> None:
    """End with the parent, however that ends, and only then: it alone is told to stop."""
    for number in _SIGNALS:
        signal.signal(number, _pass)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _pass(number: int, frame: object) -> None:
    """Not SIG_IGN, which the processes of functions would inherit."""
