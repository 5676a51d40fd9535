"""Reading function files: each is run once in a child, which tells what is in it.

So a file that loops, crashes or prints at import time harms nobody here.
"""

import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Final, cast

from segue.destination import NO_SETTINGS
from segue.errors import Problem
from segue.fields import check_fields
from segue.functions import frames
from segue.functions.frames import Frame
from segue.functions.handlers import Kind
from segue.functions.launch import Limits, command, environment
from segue.functions.model import FunctionFile, Handler
from segue.functions.process import STARTING
from segue.functions.trace import is_late, last_place
from segue.json import JsonObject, JsonValue


TITLE: Final = 80
LARGEST: Final = 400
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that cannot be used, and why."""

    path: Path
    reason: str


def read_files(paths: Sequence[Path], limits: Limits | None = None) -> list[FunctionFile | Unread]:
    """What is in these files, in their order; one child reads them all unless one ends it."""
    known = limits or Limits()
    found: list[FunctionFile | Unread] = []
    while len(found) < len(paths):
        with _child(known, paths[0].parent) as child:
            for path in paths[len(found) :]:
                read = child.read(path)
                found.append(read)
                if child.over:
                    break
    return found


@contextmanager
def _child(limits: Limits, folder: Path) -> "Generator[_Reader]":
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 the command is our own
            command(limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment(),
            cwd=folder,
            start_new_session=True,
        )
        with process:
            try:
                yield _Reader(process, said, limits)
            finally:
                process.kill()


@dataclass(slots=True)
class _Reader:
    """A child that reads one file after the other. ``over``: it ended at the last one."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]
    limits: Limits
    over: bool = False

    def read(self, path: Path) -> FunctionFile | Unread:
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            return Unread(path, f"it cannot be read: {error}")
        timer = Timer(self.limits.seconds + STARTING, self.process.kill)
        timer.start()
        try:
            reply = self._ask({"id": 0, "do": "load", "path": str(path), "source": source})
        finally:
            timer.cancel()
        if reply is None:
            self.over = True
            return Unread(path, self._end(path))
        if "broken" in reply:
            return Unread(path, f"it does not load: {reply['broken']}")
        return _file(path, source, cast("JsonObject", reply["loaded"]))

    def _ask(self, frame: Frame) -> Frame | None:
        """The answer, None from a child that has ended."""
        pipes = self.process
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        with suppress(BrokenPipeError):
            pipes.stdin.write(frames.frame(frame))
            pipes.stdin.flush()
        try:
            head = pipes.stdout.read(frames.HEAD)
            return frames.read(pipes.stdout.read(frames.length(head))) if head else None
        except ValueError:
            return None

    def _end(self, path: Path) -> str:
        self.process.kill()
        code = self.process.wait()
        self.said.seek(0)
        told = self.said.read().decode(errors="replace")
        where = last_place(told, path)
        if is_late(told):
            return f"it takes longer than {self.limits.seconds:g} s to load ({where})"
        return f"it ended the process that loads it ({where}, exit code {code})"


def _file(path: Path, source: str, told: JsonObject) -> FunctionFile | Unread:
    """A function file, if what a child tells of it makes sense."""
    settings, url = told["settings"], told["url"]
    problems = [str(one) for one in cast("Sequence[JsonValue]", told["problems"])]
    if settings is None:
        settings = NO_SETTINGS
    problems += [f"SETTINGS: {one}" for one in _schema_problems(settings)]
    if url is not None and not isinstance(url, str):
        problems.append("URL should be text")
    size, wait = told["batch_size"], told["batch_wait"]
    if not isinstance(size, int) or not 1 <= size <= LARGEST:
        problems.append(f"BATCH_SIZE should be a whole number from 1 to {LARGEST}")
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= LONGEST:
        problems.append(f"BATCH_WAIT should be a number of seconds up to {LONGEST}")
    if problems:
        return Unread(path, "; ".join(problems))
    return FunctionFile(
        path,
        source,
        str(told["title"])[:TITLE] or path.stem,
        str(told["description"]),
        cast("JsonObject", settings),
        str(url or ""),
        _handlers(cast("Mapping[str, JsonObject]", told["handlers"])),
        cast("int", size),
        cast("float", wait),
    )


def _schema_problems(settings: JsonValue) -> list[Problem]:
    if not isinstance(settings, Mapping):
        return [Problem("", "it should be a JSON Schema")]
    return check_fields(settings)


def _handlers(told: Mapping[str, JsonObject]) -> Mapping[str, Handler]:
    return {
        name: Handler(name, cast("Kind", one["kind"]), cast("int", one["line"]), str(one["about"]))
        for name, one in told.items()
    }
