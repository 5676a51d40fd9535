"""A server on a real socket that does to HTTP whatever a test wants, byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """A request as it came, and what comes after it.

    Header names are lower case; the target is the path, undecoded.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    after: asyncio.StreamReader


Act = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """What it heard, over how many connections, and where it listens."""

    act: Act
    port: int = 0
    scheme: str = "http"
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = asyncio.create_task(self.talk(reader, writer))
        self.talks[talk] = writer
        talk.add_done_callback(self.talks.pop)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while not writer.is_closing() and (heard := await hear(reader)):
                self.heard.append(heard)
                await self.act(heard, writer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(act: Act, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """``act`` is called with each request and the writer of its connection."""
    server = Server(act, scheme="https" if tls else "http")
    listener = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        for _ in range(5):  # Python 3.11 loses a socket that it lets in while it closes the door
            await asyncio.sleep(0)
        listener.close()
        talks = dict(server.talks)
        for talk, writer in talks.items():
            talk.cancel()
            writer.transport.abort()
        await asyncio.gather(*talks, return_exceptions=True)


async def hear(reader: asyncio.StreamReader) -> Heard | None:
    """The next request of a connection, None at its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except asyncio.IncompleteReadError:
        return None
    return Heard(method, target, headers, body, reader)


def head(status: int, *headers: bytes, length: int | None = 0) -> bytes:
    """Status line and headers. Without a length the body ends with the connection."""
    framing = b"connection: close" if length is None else b"content-length: %d" % length
    return b"\r\n".join((b"HTTP/1.1 %d Any reason" % status, framing, *headers, b"", b""))


def answer(status: int = 200, body: bytes = b"", *headers: bytes) -> Act:
    """An act: the same answer to every request."""

    async def act(heard: Heard, writer: asyncio.StreamWriter) -> None:
        sent = b"" if heard.method == "HEAD" else body
        writer.write(head(status, *headers, length=len(body)) + sent)

    return act


async def stall(heard: Heard, writer: asyncio.StreamWriter) -> None:
    """An act: no answer, ever."""
    await asyncio.Event().wait()


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def reset(heard: Heard, writer: asyncio.StreamWriter) -> None:
    """An act: the connection breaks instead of an answer."""
    writer.transport.abort()
