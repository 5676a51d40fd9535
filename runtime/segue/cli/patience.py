"""A plugin that takes long to import is named, and one that never ends is given up."""

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from segue.arguments import current, short
from segue.cli.output import write
from segue.plugins import Plugin


FIRST: Final = 5.0
LAST: Final = 30.0
"""Seconds after which an import is named, and after which it is given up."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Looks on at imports: ``say`` is told of one that takes ``first`` seconds, ``end`` ends it after ``last``.

    ``end`` is given the sentence and the number of the thread that imports.
    """

    say: Callable[[str], None]
    end: Callable[[str, int], None]
    first: float = FIRST
    last: float = LAST

    @contextmanager
    def watch(self, plugin: Plugin) -> Generator[None]:
        """One plugin is imported inside. Ctrl-C names it, too."""
        over, thread = threading.Event(), threading.get_ident()
        threading.Thread(
            target=self._look_on, args=(plugin, thread, over), name="segue-patience", daemon=True
        ).start()
        try:
            yield
        except KeyboardInterrupt:
            self.say(f"interrupted while {_named(plugin)} was imported")
            raise
        finally:
            over.set()

    def _look_on(self, plugin: Plugin, thread: int, over: threading.Event) -> None:
        if over.wait(self.first):
            return
        self.say(f"importing {_named(plugin)} takes longer than {self.first:g} s{_where(thread)}")
        if not over.wait(self.last - self.first):
            self.end(
                f"{_named(plugin)} is not imported after {self.last:g} s{_where(thread)}; "
                f'correct it, or leave it out with --block "{plugin.name}"',
                thread,
            )


def leave(sentence: str, _: int) -> None:
    """End the command: nothing else ends a loop in the thread that would have to."""
    write(f"segue: {sentence}", err=True)
    os._exit(2)


def interrupt(sentence: str, thread: int) -> None:
    """Have the import raise TimeoutError; the command goes on without it."""

    class LateError(TimeoutError):
        def __str__(self) -> str:
            return sentence

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(LateError))


PATIENT: Final = Patience(lambda sentence: write(f"segue: {sentence}", err=True), leave)


def _named(plugin: Plugin) -> str:
    return f'plugin "{plugin.name}" ({plugin.file})' if plugin.file else f'plugin "{plugin.name}"'


def _where(thread: int) -> str:
    """The author's line that a thread is at."""
    # There is no public way to the frames of another thread.
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    found = current(frame)
    return f"; it is at {short(found)}" if found else ""
