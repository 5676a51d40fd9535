"""The socket in the data directory, and the JSON lines that go over it.

A question is one line, ``{"do": name, "with": {...}}``. Lines of ``{"progress": {...}}`` may come
back, then one of ``{"done": {...}}`` or ``{"error": {"message", "exit_code"}}``. The socket is as
private as the directory: whoever can write to it may do everything.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final, cast

from segue.control.ask import AskedWronglyError, Tell
from segue.control.office import Office
from segue.control.operations import perform
from segue.errors import SegueError
from segue.json import JsonError, JsonObject, decode, encode


log: Final = logging.getLogger("segue.control")

NAME: Final = "control.sock"
LINE: Final = 64 * 1024 * 1024
LONGEST: Final = 100
"""Bytes of a path that every system takes for a socket."""


@contextmanager
def address(directory: Path) -> Generator[str]:
    """A path to the socket that is short enough, however long the directory's own is."""
    plain = str(directory / NAME)
    if len(os.fsencode(plain)) <= LONGEST or not Path("/proc/self/fd").is_dir():
        yield plain
        return
    door = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{door}/{NAME}"
    finally:
        os.close(door)


@asynccontextmanager
async def serve_control(directory: Path, office: Office) -> AsyncGenerator[None]:
    """Answer questions while the block runs. The caller owns the directory."""
    listener = _listen(directory)
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await _answer(office, reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(answer, sock=listener, limit=LINE)
    try:
        yield
    finally:
        server.close()
        (directory / NAME).unlink(missing_ok=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _listen(directory: Path) -> socket.socket:
    (directory / NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address(directory) as path:
        os.fchmod(listener.fileno(), 0o600)  # on Linux the file gets the mode of the socket
        listener.bind(path)
        (directory / NAME).chmod(0o600)
    return listener


async def _answer(
    office: Office, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    def tell(progress: JsonObject) -> None:
        writer.write(encode({"progress": progress}) + b"\n")

    try:
        answer: JsonObject = {"done": await _do(office, await reader.readline(), tell)}
    except SegueError as error:
        answer = {"error": {"message": str(error), "exit_code": error.exit_code}}
    except Exception:
        log.exception("an operation failed")
        why = "something went wrong in the running process; its log says what"
        answer = {"error": {"message": why, "exit_code": 1}}
    writer.write(encode(answer) + b"\n")
    with suppress(ConnectionError):
        await writer.drain()


async def _do(office: Office, line: bytes, tell: Tell) -> JsonObject:
    try:
        question = decode(line)
    except JsonError:
        raise AskedWronglyError("the question is not JSON") from None
    match question:
        case {"do": str() as name, "with": dict() as given}:
            return await perform(office, name, cast("JsonObject", given), tell)
        case _:
            raise AskedWronglyError("the question is not an operation with its arguments")
