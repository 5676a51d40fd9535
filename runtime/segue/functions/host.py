"""The processes of all functions, and asking them."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias, TypeVar, cast

from segue.functions import frames
from segue.functions.frames import Frame, UnfitError
from segue.functions.launch import Limits
from segue.functions.masking import mask
from segue.functions.model import FunctionFile, Handler
from segue.functions.process import CRASHED, FunctionProcess, GoneError
from segue.functions.results import BAD
from segue.http import Request, Response
from segue.json import JsonObject, JsonValue
from segue.outcome import Discarded, Held, Outcome, OutcomeError, Retry


T = TypeVar("T")
Role: TypeAlias = Literal["deliver", "transform"]

IDLE: Final = 300.0
"""A process that nobody has needed for so many seconds ends."""


@dataclass(frozen=True, slots=True)
class Call:
    """A handler with what it is given. ``owner`` names the connection: each has processes of its own.

    ``count`` is the number of events of a batch. ``secrets`` are kept out of logs.
    """

    file: FunctionFile
    handler: Handler
    owner: str
    arguments: JsonObject = field(repr=False)
    role: Role = "deliver"
    count: int | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Host:
    """Runs functions inside ``async with``; nothing of them is left when the block ends."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._processes: dict[tuple[str, FunctionFile], FunctionProcess] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._numbers = count(1)
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all processes; nothing is asked of them any more."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        processes = list(self._processes.values())
        self._processes.clear()
        await asyncio.gather(*(one.close() for one in processes), *self._closing)

    async def keep(self, files: Collection[FunctionFile]) -> None:
        """End the processes of all other files."""
        over = [key for key in self._processes if key[1] not in files]
        await asyncio.gather(*(self._processes.pop(key).close() for key in over))

    def script(self, call: Call) -> "FunctionScript":
        """The requests of a call, one by one."""
        return FunctionScript(self, call, next(self._numbers))

    async def transform(self, call: Call) -> JsonObject:
        """What an insert function makes of an event. Raises OutcomeError."""
        script = self.script(call)
        await script.ask(None)
        if script.event is None:
            raise _odd(call, "it made no event")
        return script.event

    async def step(self, call: Call, make: "MakeFrame") -> Frame:
        """Have a step made in the call's process, in another if that one is gone.

        Raises OutcomeError.
        """
        cut = False
        while not self._closed:
            try:
                return await self._try(call, self._process(call), make)
            except GoneError as gone:
                cut = cut or gone.cut
            except OutcomeError as error:
                raise OutcomeError(_doubtful(error.outcome) if cut else error.outcome) from None
        over = Retry("the processes of functions have been ended", CRASHED, ambiguous=cut)
        raise OutcomeError(over)

    async def _try(self, call: Call, process: FunctionProcess, make: "MakeFrame") -> Frame:
        try:
            reply = await process.step(make(process), alone=call.handler.kind != "async")
        except UnfitError as error:
            raise _odd(call, f"it cannot be given this: {error}") from None
        if "outcome" in reply:
            raise OutcomeError(_read(call, frames.failure_of, reply["outcome"]))
        return reply

    def _process(self, call: Call) -> FunctionProcess:
        key = call.owner, call.file
        process = self._processes.get(key)
        if process is None or process.over:
            pause = 0.0 if process is None else process.next_pause
            self._retire(process)
            process = FunctionProcess(call.file, self.limits, pause=pause)
            self._processes[key] = process
        process.know(call.secrets)
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep())
        return process

    async def _sweep(self) -> None:
        """End what has been idle for long."""
        while True:
            await asyncio.sleep(IDLE / 5)
            since = asyncio.get_running_loop().time() - IDLE
            for key, process in list(self._processes.items()):
                if process.idle_since < since:
                    self._retire(self._processes.pop(key))

    def _retire(self, process: FunctionProcess | None) -> None:
        if process is not None:
            task = asyncio.create_task(process.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


class FunctionScript:
    """One call, step by step. Its generator lives in the process; another one catches up first.

    ``outcomes`` are those of a batch, ``event`` is what a function made of an event.
    """

    def __init__(self, host: Host, call: Call, number: int) -> None:
        self.outcomes: Sequence[Outcome] | None = None
        self.event: JsonObject | None = None
        self._host, self._call, self._number = host, call, number
        self._answers: list[Frame] = []
        self._process: FunctionProcess | None = None

    async def ask(self, answer: Response | None) -> Request | None:
        """The next request, made of the answer to the last one. Raises OutcomeError."""
        if answer is not None and self._call.handler.kind != "generator":
            return None
        if answer is not None:
            self._answers.append(frames.response_data(answer))
        reply = await self._host.step(self._call, self._frame)
        if "request" in reply:
            request = _read(self._call, frames.request_of, reply["request"])
            settings = cast("JsonObject", self._call.arguments["settings"])
            return mask(request, settings, self._call.secrets)
        self._process = None
        if "outcomes" in reply:
            self.outcomes = _read(self._call, _outcomes, reply["outcomes"])
        self.event = cast("JsonObject | None", reply.get("event"))
        return None

    def close(self) -> None:
        """Nothing more will be asked."""
        if self._process is not None and self._call.handler.kind == "generator":
            self._process.drop(self._number)

    def _frame(self, process: FunctionProcess) -> Frame:
        if self._process is process:
            return {"id": self._number, "do": "send", "answer": self._answers[-1], **self._shape}
        self._process = process
        return {
            "id": self._number,
            "do": "start",
            "arguments": self._call.arguments,
            "answers": self._answers,
            **self._shape,
        }

    @property
    def _shape(self) -> Frame:
        call, handler = self._call, self._call.handler
        told: Frame = {"handler": handler.name, "kind": handler.kind}
        return {**told, "role": call.role, "count": call.count}


MakeFrame: TypeAlias = Callable[[FunctionProcess], Frame]


def _read(call: Call, read: Callable[[JsonValue], T], data: JsonValue) -> T:
    """What a process answered. Raises OutcomeError for what is not of its shape."""
    try:
        return read(data)
    except ValueError as error:
        raise _odd(call, f"it made what cannot be used: {error}") from None


def _doubtful(outcome: Retry | Discarded | Held) -> Retry | Discarded | Held:
    """The outcome of what may have been done by a process before."""
    return replace(outcome, ambiguous=True) if isinstance(outcome, Retry) else outcome


def _outcomes(data: JsonValue) -> Sequence[Outcome]:
    return [frames.outcome_of(one) for one in cast("Sequence[JsonValue]", data)]


def _odd(call: Call, why: str) -> OutcomeError:
    return OutcomeError(Discarded(f"{call.file.path.name} in {call.handler.name}: {why}", BAD))
