"""The process that a function runs in: ``python -m segue.functions.child SECONDS BYTES [PAGE]``.

It takes frames on its standard input and answers on its standard output; what the function prints
goes to standard error. It ends with its owner, and by itself when a step takes too long.
"""

import asyncio
import faulthandler
import os
import re
import sys
import traceback
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import suppress
from io import TextIOBase
from pathlib import Path
from typing import Final, TypeAlias, cast

from segue.errors import AuthorError
from segue.functions import frames
from segue.functions.frames import LARGEST, Frame, UnfitError
from segue.functions.handlers import Module, why
from segue.functions.results import BAD, ended, judged, outcomes
from segue.functions.turns import Turns, memory
from segue.http import Request, Response
from segue.json import JsonValue
from segue.outcome import Discarded


SAID: Final = 4_000
"""Characters that a step may print; what is more is left out."""

BEATS: Final = 5

Reply: TypeAlias = Frame | Coroutine[object, object, Frame]


class Said(TextIOBase):
    """Standard output of a function: so much for each step, straight to standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._left = SAID

    def renew(self) -> None:
        """Another step begins."""
        self._left = SAID

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Print as much as is allowed."""
        kept = text[: self._left]
        self._left -= len(kept)
        if kept and not self._left:
            kept += " … (more is left out)\n"
        os.write(2, kept.encode(errors="replace"))
        return len(text)


class Child:
    """Answers frames. A step that does not end in ``seconds`` ends the process."""

    def __init__(self, out: int, said: Said, turns: Turns, *, seconds: float) -> None:
        self._out, self._said, self._turns, self._seconds = out, said, turns, seconds
        self._module: Module | None = None
        self._steps: dict[int, Generator[object, Response, object]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: object = None

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer until the owner is gone."""
        self._turns.attend()
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(frames.HEAD)
                self.take(frames.read(await reader.readexactly(frames.length(head))))

    def take(self, frame: Frame) -> None:
        """Do what a frame says."""
        self._said.renew()
        number = cast("int", frame["id"])
        if frame["do"] == "drop":
            self._steps.pop(number, None)
            return
        self._arm()
        with self._turns.of(number):
            reply = self._reply(frame)
            if isinstance(reply, Coroutine):
                self._run(frame, reply)
            else:
                self._answer(number, reply)
        if not self._tasks:
            faulthandler.cancel_dump_traceback_later()

    def _reply(self, frame: Frame) -> Reply:
        match frame["do"]:
            case "load":
                return self._load(frame)
            case "send":
                return self._guarded(self._resume, frame)
            case _:
                return self._guarded(self._start, frame)

    # Steps

    def _load(self, frame: Frame) -> Frame:
        path = str(frame["path"])
        try:
            self._module = Module.load(path, str(frame["source"]))
            return {"loaded": self._module.describe()}
        except SyntaxError as error:
            return {"broken": f"line {error.lineno}: {why(error)}"}
        except BaseException as error:  # noqa: BLE001 a file may raise anything
            return {"broken": _broken(path, error)}

    def _start(self, frame: Frame) -> Reply:
        module, name = self._known, str(frame["handler"])
        arguments = cast("Mapping[str, JsonValue]", frame["arguments"])
        made = module.call(name, {**arguments, "client": self._http(frame)})
        if isinstance(made, Coroutine):
            return self._finish(made, frame)
        if not isinstance(made, Generator):
            return ended(made, frame)
        answers = cast("Sequence[JsonValue]", frame["answers"])
        reply = self._advance(made, frame, None)
        for answer in answers:
            if "request" not in reply:
                break
            reply = self._advance(made, frame, frames.response_of(answer))
        return reply

    def _resume(self, frame: Frame) -> Frame:
        steps = self._steps.pop(cast("int", frame["id"]))
        return self._advance(steps, frame, frames.response_of(frame["answer"]))

    def _advance(
        self, steps: Generator[object, Response, object], frame: Frame, answer: Response | None
    ) -> Frame:
        try:
            made = next(steps) if answer is None else steps.send(answer)
        except StopIteration as end:
            return {"end": None, **outcomes(end.value, frame)}
        if not isinstance(made, Request):
            raise AuthorError(f"it yielded {type(made).__name__}, not a Request")
        self._steps[cast("int", frame["id"])] = steps
        return {"request": frames.request_data(made)}

    async def _finish(self, made: Coroutine[object, object, object], frame: Frame) -> Frame:
        async with asyncio.timeout(self._seconds):
            return ended(await made, frame, sends=True)

    def _http(self, frame: Frame) -> object:
        """The client of async handlers, made once, when one first asks."""
        if frame.get("kind") == "async" and self._client is None:
            import httpx

            self._client = httpx.AsyncClient(timeout=self._seconds)
        return self._client

    # Answers

    def _guarded(self, step: Callable[[Frame], Reply], frame: Frame) -> Reply:
        try:
            return step(frame)
        except BaseException as error:  # noqa: BLE001 a handler may raise anything
            return self._failed(error, frame)

    def _run(self, frame: Frame, made: Coroutine[object, object, Frame]) -> None:
        async def answer() -> None:
            try:
                reply = await made
            except BaseException as error:  # noqa: BLE001 a handler may raise anything
                reply = self._failed(error, frame)
            self._answer(cast("int", frame["id"]), reply)

        task = asyncio.create_task(answer())
        self._tasks.add(task)
        task.add_done_callback(self._done)
        self._beat()

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not self._tasks:
            faulthandler.cancel_dump_traceback_later()

    def _beat(self) -> None:
        """While async handlers run, see to it that the loop does."""
        if self._tasks:
            self._arm()
            asyncio.get_running_loop().call_later(self._seconds / BEATS, self._beat)

    def _failed(self, error: BaseException, frame: Frame) -> Frame:
        where = self._known.where(error, str(frame["handler"]))
        return {"outcome": frames.outcome_data(judged(error, where, self._seconds))}

    def _answer(self, number: int, reply: Frame) -> None:
        try:
            data = frames.frame({"id": number, **reply})
        except UnfitError as error:
            outcome = Discarded(f"{self._known.path}: what it made cannot be sent: {error}", BAD)
            data = frames.frame({"id": number, "outcome": frames.outcome_data(outcome)})
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]

    def _arm(self) -> None:
        """End this process, with a trace, unless the step has ended by then."""
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=2)

    @property
    def _known(self) -> Module:
        assert self._module is not None
        return self._module


def _broken(path: str, error: BaseException) -> str:
    """Why a file does not load, with its line where that is known."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == path]
    if frames and not isinstance(error, AuthorError):
        return f"line {frames[-1].lineno}: {why(error)}"
    return str(error) if isinstance(error, AuthorError) else why(error)


def confine(memory: int) -> None:
    """Let this process have so many bytes more than it has, where the system knows such a limit."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):
        status = Path("/proc/self/status").read_text()
        (held,) = re.findall(r"VmData:\s+(\d+) kB", status)
        limit = int(held) * 1024 + memory
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


async def serve(seconds: float, room: int, page: int) -> None:
    """Take the pipes away from whatever the function may do to standard input and output; answer."""
    turns = Turns(page)
    os.close(page)
    incoming, out = os.fdopen(os.dup(0), "rb", buffering=0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    said = Said()
    sys.stdout = sys.stderr = said
    faulthandler.enable(file=2)
    confine(room)
    reader = asyncio.StreamReader(limit=2 * LARGEST)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, incoming)
    await Child(out, said, turns, seconds=seconds).serve(reader)


def main() -> None:
    """Serve until the owner closes the pipe."""
    seconds, room, *page = sys.argv[1:]
    asyncio.run(serve(float(seconds), int(room), int(page[0]) if page else memory()))
    os._exit(0)


if __name__ == "__main__":
    main()
