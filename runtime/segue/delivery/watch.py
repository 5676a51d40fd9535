"""Naming what holds everything up: code of plugins runs here, and nothing else does meanwhile."""

import logging
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, get_ident
from typing import Final, TypeAlias


log: Final = logging.getLogger("segue.delivery")

LIMIT: Final = 0.1
"""Seconds that mapping an event and making a request may take."""

SILENCE: Final = 60.0
"""An action is named once in so many seconds."""

GLANCE: Final = 0.05


_LIBRARY: Final = sysconfig.get_path("stdlib")
_PACKAGES: Final = sysconfig.get_path("purelib")


_Act: TypeAlias = tuple[str, float]
"""Whose code runs, and since when."""


class Watch:
    """Told of each piece of a plugin's work, names those that take longer than LIMIT seconds.

    Once started a thread looks on, so that one which never ends is named too, with its place.
    ``slow`` counts by action. ``clock`` counts seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.slow: Counter[str] = Counter()
        self._clock = clock
        self._act: _Act | None = None
        self._named: _Act | None = None
        self._said: dict[str, float] = {}
        self._worker = 0
        self._over = Event()

    def start(self) -> None:
        """Have a thread look on at this one."""
        self._worker = get_ident()
        self._over.clear()
        Thread(target=self._look_on, name="segue-watch", daemon=True).start()

    def stop(self) -> None:
        """Nobody need look on any more."""
        self._over.set()

    def begin(self, name: str) -> None:
        """Code of this action runs from now on."""
        self._act = (name, self._clock())

    def end(self) -> None:
        """It has ended."""
        act, self._act = self._act, None
        if act is None or self._clock() - act[1] <= LIMIT:
            return
        self.slow[act[0]] += 1
        if act is not self._named:
            self._name(act, "")

    def look(self, where: Callable[[], str]) -> None:
        """Name what runs at this moment, if it has run for too long; ``where`` tells its place."""
        act = self._act
        if act is not None and act is not self._named and self._clock() - act[1] > LIMIT:
            self._named = act
            self._name(act, where())

    def _name(self, act: _Act, where: str) -> None:
        now, (name, since) = self._clock(), act
        if now - self._said.get(name, -SILENCE) >= SILENCE:
            self._said[name] = now
            log.warning(
                "%s holds everything up: it has run for %.0f ms%s; what takes long belongs into an "
                "async action or a function",
                name,
                1000 * (now - since),
                where,
            )

    def _look_on(self) -> None:
        while not self._over.wait(GLANCE):
            self.look(self._where)

    def _where(self) -> str:
        """The line that the watched thread is at, or the one that called the standard library."""
        # There is no public way to the frames of another thread.
        frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        frame = frames.get(self._worker)
        while frame is not None and _is_standard(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None:
            return ""
        code = frame.f_code
        return f", at {Path(code.co_filename).name}:{frame.f_lineno} in {code.co_name}"


def _is_standard(file: str) -> bool:
    return file.startswith((_LIBRARY, "<frozen")) and not file.startswith(_PACKAGES)
