"""A process of its own for a plugin: one for all its calls, started when first needed."""

import os
import pickle
import re
import subprocess
import sys
import tempfile
import weakref
from typing import IO, Final, cast

from segue.errors import AuthorError
from segue.testing.calls import Call, Made, Origin, Ready, Start, Stuck
from segue.testing.places import nearest


PATIENCE: Final = 3
"""Calls of one action that may hang before no more are made."""

_HUNG: Final = "Timeout ("  # what faulthandler says before it ends a process
_LAST_SEEN: Final = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')


class Process:
    """Runs calls in a child process and answers with what they made.

    A call that takes more than ``limit`` seconds is killed with its process; the next call
    starts another. ``seed`` is the child's hash seed: the order of its sets.
    """

    def __init__(self, origins: tuple[Origin, ...], *, limit: float, seed: str = "0") -> None:
        self._start = Start(tuple(sys.path), origins, limit)
        self._seed = seed
        self._child: _Child | None = None
        self._stuck: dict[str, list[Stuck]] = {}

    def run(self, call: Call) -> Made | Stuck:
        """What a call made. Raises AuthorError when the plugin cannot be imported in the child.

        When an action has hung too often the last answer is given again, and nothing is run.
        """
        stuck = self._stuck.setdefault(f"{call.action} {call.mode}", [])
        if len(stuck) >= PATIENCE:
            return stuck[-1]
        if self._child is None:
            self._child = _Child(self._start, self._seed)
        answer = self._child.ask(call)
        if isinstance(answer, Stuck):
            self._child = None
            stuck.append(answer)
        return answer

    def hangs(self, call: Call) -> bool:
        """Whether this action has hung before."""
        return bool(self._stuck.get(f"{call.action} {call.mode}"))


class _Child:
    def __init__(self, start: Start, seed: str) -> None:
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-m", "segue.testing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(start.path)},
        )
        self._close = weakref.finalize(self, _end, self._process, self._last_words)
        self._paths = start.path
        ready = self._ask(start)
        if not isinstance(ready, Ready) or ready.problem:
            why = ready.problem if isinstance(ready, Ready) else self._said()
            self._close()
            raise AuthorError(f"the plugin cannot be imported in a process of its own: {why}")

    def ask(self, call: Call) -> Made | Stuck:
        answer = self._ask(call)
        if isinstance(answer, Made):
            return answer
        said, status = self._said(), self._process.poll()
        self._close()
        return Stuck(_place(said), None if _HUNG in said else status)

    def _ask(self, value: Start | Call) -> object:
        """The answer, or None when the child has gone."""
        asked = cast("IO[bytes]", self._process.stdin)
        try:
            pickle.dump(value, asked, protocol=5)
            asked.flush()
            return pickle.load(cast("IO[bytes]", self._process.stdout))  # noqa: S301 our own child
        except (EOFError, OSError):
            self._process.wait()
            return None

    def _said(self) -> str:
        self._last_words.seek(0)
        return self._last_words.read().decode(errors="replace").strip()[-2000:]


def _place(traceback: str) -> str:
    """The innermost line of the plugin in a traceback of faulthandler's, which begins with it."""
    return nearest((one["file"], int(one["line"])) for one in _LAST_SEEN.finditer(traceback))


def _end(process: subprocess.Popen[bytes], words: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, words):
        if stream is not None:
            stream.close()
