"""Finding whoever owns a data directory, or becoming its owner."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from segue.control.ask import Tell
from segue.control.channel import LINE, address
from segue.control.office import Office
from segue.control.operations import perform
from segue.errors import SegueError, StoreError, StoreLockedError, StoreUnavailableError
from segue.json import JsonObject, decode, encode


PATIENCE: Final = 50
PAUSE: Final = 0.1
SILENCE: Final = 10.0
"""Seconds that an owner may take to say that it is there."""

NONSENSE: Final = "says what makes no sense"

OpenOffice: TypeAlias = Callable[[], AbstractAsyncContextManager[Office]]


class AnsweredError(SegueError):
    """What the running process said went wrong, with the exit code that goes with it."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class SilentError(StoreError):
    """Whoever owns the data directory does not answer, or says what makes no sense."""

    def __init__(self, directory: Path, what: str = "does not answer") -> None:
        super().__init__(
            f"the process that owns {directory} {what}; it may be very busy, or stopped:"
            " look at it, and start it again if it stays so"
        )


class Control(Protocol):
    """Whoever carries operations out. ``office`` is None when that is another process."""

    @property
    def office(self) -> Office | None: ...

    async def do(self, name: str, given: JsonObject, tell: Tell = ...) -> JsonObject:
        """Carry out an operation; ``tell`` hears how far it has come. Raises SegueError."""
        ...


def ignore(_: JsonObject) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Local:
    """Operations in the process that asks."""

    office: Office

    async def do(self, name: str, given: JsonObject, tell: Tell = ignore) -> JsonObject:
        return await perform(self.office, name, given, tell)


@dataclass(frozen=True, slots=True)
class Remote:
    """The process behind the socket of a directory."""

    directory: Path
    office: None = None

    async def do(self, name: str, given: JsonObject, tell: Tell = ignore) -> JsonObject:
        reader, writer = await _connect(self.directory)
        try:
            writer.write(encode({"do": name, "with": given}) + b"\n")
            await writer.drain()
            return await _answer(reader, tell)
        except ConnectionError:
            raise _gone() from None
        except ValueError:  # a line that is not JSON, or never ends
            raise SilentError(self.directory, NONSENSE) from None
        finally:
            writer.close()


@asynccontextmanager
async def open_control(directory: Path, open_office: OpenOffice) -> AsyncGenerator[Control]:
    """The owner of a directory, this process if there is none.

    An owner that does not answer yet, or no longer, is waited for a little. Raises StoreLockedError, and
    SilentError for one that is there and says nothing.
    """
    async with AsyncExitStack() as stack:
        yield await _find(directory, open_office, stack)


async def find_running(directory: Path, silence: float = SILENCE) -> Control | None:
    """The process that owns a directory, None if there is none at this moment.

    Raises SilentError for one that says nothing for so many seconds.
    """
    remote = Remote(directory)
    return remote if await _answers(remote, silence) else None


async def _find(directory: Path, open_office: OpenOffice, stack: AsyncExitStack) -> Control:
    remote = Remote(directory)
    for _ in range(PATIENCE):
        if await _answers(remote):
            return remote
        with suppress(StoreLockedError):
            return Local(await stack.enter_async_context(open_office()))
        await asyncio.sleep(PAUSE)
    return Local(await stack.enter_async_context(open_office()))


async def _answers(remote: Remote, silence: float = SILENCE) -> bool:
    try:
        async with asyncio.timeout(silence):
            said = await remote.do("hello", {})
    except TimeoutError:
        raise SilentError(remote.directory) from None
    except (OSError, StoreUnavailableError):
        return False
    if not isinstance(said.get("pid"), int):
        raise SilentError(remote.directory, NONSENSE)
    return True


async def _connect(directory: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with address(directory) as path:
        return await asyncio.open_unix_connection(path, limit=LINE)


async def _answer(reader: asyncio.StreamReader, tell: Tell) -> JsonObject:
    while line := await reader.readline():
        match decode(line):
            case {"progress": dict() as progress}:
                tell(progress)
            case {"done": dict() as done}:
                return done
            case {"error": {"message": str() as message, "exit_code": int() as exit_code}}:
                raise AnsweredError(message, exit_code)
            case _:
                pass  # a newer process may say more
    raise _gone()


def _gone() -> StoreUnavailableError:
    return StoreUnavailableError("the running process went away before it answered")
