"""One child process as its owner sees it: started when it is first needed, killed when it must be."""

import asyncio
import logging
import os
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from math import inf
from signal import SIGKILL, Signals
from typing import Final, cast

from segue.functions import frames
from segue.functions.frames import Frame, UnfitError
from segue.functions.launch import GRACE, Limits, command, environment
from segue.functions.model import FunctionFile
from segue.functions.results import MEMORY, TIMEOUT
from segue.functions.trace import is_late, last_place
from segue.functions.turns import Turns, memory
from segue.http import redact
from segue.outcome import OutcomeError, Retry


log: Final = logging.getLogger("segue.functions")

ROOM: Final = 16
"""So many async calls share a process at once. Other steps have it for themselves, one by one."""

TAIL: Final = 8_000
SAID: Final = 8_000
"""Characters of a step that are logged: what goes around ``print``, as os.write does, is bounded here."""

LULL: Final = 0.02
STARTING: Final = 30.0
LAST: Final = 1.0
FIRST_PAUSE: Final = 0.1
LAST_PAUSE: Final = 5.0
"""A process that came to nothing is followed by another after a pause, each twice as long."""
BROKEN: Final = "BAD_DEPLOY"
CRASHED: Final = "INVOKE_ERROR"

_DUMP: Final = ("Timeout (", "Thread 0x", "Current thread 0x", '  File "')


class GoneError(Exception):
    """The process ended, and this step has no part in it: another process can take it.

    ``cut``: it may have begun.
    """

    def __init__(self, *, cut: bool = False) -> None:
        self.cut = cut
        super().__init__("the process has ended")


class FunctionProcess:
    """Runs steps of one function.

    Once it has ended, ``over`` is true and nothing begins in it any more. It starts after ``pause``
    seconds.
    """

    def __init__(self, file: FunctionFile, limits: Limits, *, pause: float = 0.0) -> None:
        self.file, self._limits = file, limits
        self._secrets: tuple[str, ...] = ()
        self._pause, self._good, self._ending = pause, False, asyncio.Event()
        self.over = False
        self._turn, self._room = asyncio.Lock(), asyncio.Semaphore(ROOM)
        self._process: Process | None = None
        self._turns: Turns | None = None
        self._starting: asyncio.Task[None] | None = None
        self._attending: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._steps: set[asyncio.Task[Frame]] = set()
        self._used = asyncio.get_running_loop().time()
        self._tail, self._asked, self._late = "", "", False
        self._unsaid = SAID

    @property
    def idle_since(self) -> float:
        """When the last step ended, by the loop's clock."""
        return inf if self._steps else self._used

    @property
    def next_pause(self) -> float:
        """How long the process after this one should wait: nothing if this one was of any use."""
        return 0.0 if self._good else min(max(2 * self._pause, FIRST_PAUSE), LAST_PAUSE)

    def know(self, secrets: tuple[str, ...]) -> None:
        """Keep these out of the log too; other settings may be in force by now."""
        if not set(secrets).issubset(self._secrets):
            self._secrets = (*self._secrets, *secrets)

    async def step(self, frame: Frame, *, alone: bool) -> Frame:
        """Have a step made; ``alone`` while no other is. Whoever stops waiting does not stop it.

        Raises GoneError; OutcomeError when the process ends before the step; UnfitError.
        """
        task = asyncio.create_task(self._step(frame, alone=alone))
        self._steps.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def drop(self, number: int) -> None:
        """Forget a step that waits for an answer which will never come."""
        if not self.over:
            self._write({"id": number, "do": "drop"})

    async def close(self) -> None:
        """Kill it, and wait until it is gone."""
        self.over = True
        self._ending.set()
        while self._steps or self._starting or self._attending:
            self._kill()
            await asyncio.gather(*self._steps, return_exceptions=True)
            ends = filter(None, [self._starting, self._attending])
            await asyncio.gather(*ends, return_exceptions=True)
            self._starting = self._attending = None

    def _done(self, task: "asyncio.Task[Frame]") -> None:
        self._steps.discard(task)
        self._used = asyncio.get_running_loop().time()
        if not task.cancelled():
            task.exception()  # whoever waited may be gone

    # Steps

    async def _step(self, frame: Frame, *, alone: bool) -> Frame:
        async with self._turn if alone else self._room:
            if self._starting is None and not self.over:
                self._starting = asyncio.create_task(self._start())
            if self._starting is not None:  # all who wait learn why it does not start
                await asyncio.shield(self._starting)
            return await self._exchange(frame, self._limits.seconds + GRACE)

    async def _exchange(self, frame: Frame, seconds: float) -> Frame:
        """Send a frame and wait for its answer; kill a process that has none in time."""
        if self.over:
            raise GoneError
        number = cast("int", frame["id"])
        answer = asyncio.get_running_loop().create_future()
        self._write(frame)
        self._unsaid = SAID
        self._waiting[number], self._asked = answer, str(frame.get("handler", ""))
        done, _ = await asyncio.wait([answer], timeout=seconds)
        self._good |= bool(done) and answer.exception() is None and number > 0
        if not done:
            self._late = True
            self._kill()
        reply: Frame = await answer
        return reply

    async def _start(self) -> None:
        """Start the process and have it load the file. Raises OutcomeError."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._ending.wait()
        if self.over:
            raise GoneError
        try:
            self._process = await self._spawn()
        except OSError as error:
            self.over = True
            why = f"{self.file.path.name} does not start: {error}"
            raise OutcomeError(Retry(why, CRASHED)) from None
        self._attending = asyncio.create_task(self._attend(self._process))
        if self.over:  # closed meanwhile
            self._kill()
        await self._load()

    async def _spawn(self) -> Process:
        page = memory()
        try:
            self._turns = Turns(page)
            return await asyncio.create_subprocess_exec(
                *command(self._limits, page),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=environment(),
                cwd=self.file.path.parent,
                start_new_session=True,
                pass_fds=(page,),
            )
        finally:
            os.close(page)

    async def _load(self) -> None:
        path, source = str(self.file.path), self.file.source
        load: Frame = {"id": 0, "do": "load", "path": path, "source": source}
        reply = await self._exchange(load, self._limits.seconds + STARTING)
        if "broken" in reply:
            self.over = True
            self._kill()
            raise OutcomeError(Retry(f"{self.file.path.name}: {reply['broken']}", BROKEN))

    def _write(self, frame: Frame) -> None:
        """Raises UnfitError for a frame that is too large."""
        data = frames.frame(frame, limit=2 * frames.LARGEST)
        if self._process is not None and self._process.stdin is not None:
            with suppress(ConnectionError, RuntimeError):  # it has ended: that is told elsewhere
                self._process.stdin.write(data)

    # Its end

    async def _attend(self, process: Process) -> None:
        """Take what comes until it ends; then tell whoever still waits how it did."""
        reading = asyncio.create_task(self._read(process))
        listening = asyncio.create_task(self._listen(process))
        ending = asyncio.create_task(process.wait())
        await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
        self.over = True
        await asyncio.wait([ending], timeout=LAST)  # by itself, if it can: it may say why
        self._kill()
        code = await ending
        await asyncio.wait([reading, listening], timeout=LAST)
        for task in (reading, listening):
            task.cancel()
        await asyncio.gather(reading, listening, return_exceptions=True)
        self._bury(code)

    def _bury(self, code: int) -> None:
        """Tell the step whose turn it was how the process ended; nobody knows: all who wait."""
        error = OutcomeError(self._verdict(code))
        turn = 0 if self._turns is None else self._turns.current
        blamed = {turn} if turn in self._waiting else self._waiting.keys()
        for number, answer in self._waiting.items():
            if not answer.done():
                answer.set_exception(error if number in blamed else GoneError(cut=True))
        if self._waiting:
            log.warning("%s: %s", self.file.slug, error.outcome.why)
        self._waiting.clear()

    def _verdict(self, code: int) -> Retry:
        """What became of the steps that a process ended with."""
        where = last_place(self._tail, self.file.path, self._asked)
        if self._late or is_late(self._tail):
            why = f"{where}: it took longer than {self._limits.seconds:g} s and was stopped"
            return Retry(why, TIMEOUT, ambiguous=True)
        how = f"by {Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return Retry(f"{where}: its process ended {how}", CRASHED, ambiguous=True)

    async def _read(self, process: Process) -> None:
        reader = process.stdout
        assert reader is not None
        try:
            while True:
                size = frames.length(await reader.readexactly(frames.HEAD))
                self._settle(frames.read(await reader.readexactly(size)))
        except asyncio.IncompleteReadError:
            return
        except ValueError as error:
            self._tail += f"\nit answered out of turn: {error}"

    def _settle(self, reply: Frame) -> None:
        number = reply.get("id")
        answer = self._waiting.pop(number, None) if isinstance(number, int) else None
        if answer is None:
            raise UnfitError("nobody asked")
        if _is_worn(reply):  # what it ran out of, others would
            self.over = True
            self._kill()
        answer.set_result(reply)

    async def _listen(self, process: Process) -> None:
        """Log what it prints, not faster than a person could ever read."""
        reader = process.stderr
        assert reader is not None
        begun = b""  # of a line: half a secret would not be known for one
        while data := await reader.read(TAIL):
            lines, end, begun = (begun + data).rpartition(b"\n")
            if len(begun) > TAIL:
                lines, begun = lines + end + begun, b""
            self._log(lines)
            if not self.over:
                await asyncio.sleep(LULL)
        self._log(begun)

    def _log(self, lines: bytes) -> None:
        said = redact(lines.decode(errors="replace"), self._secrets)
        self._tail = f"{self._tail}{said}\n"[-TAIL:]
        for line in said.splitlines():
            if line.startswith(_DUMP):
                log.debug("%s: %s", self.file.slug, line)
            elif self._unsaid > 0:
                more = " … (more is left out)" if len(line) >= self._unsaid else ""
                log.info("%s: %s%s", self.file.slug, line[: self._unsaid], more)
                self._unsaid -= len(line) + 1

    def _kill(self) -> None:
        """Kill it with all it started."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, SIGKILL)


def _is_worn(reply: Frame) -> bool:
    outcome = reply.get("outcome")
    return isinstance(outcome, dict) and outcome.get("code") == MEMORY
