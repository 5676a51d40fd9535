"""Reading a body: bounded in size, also once inflated, and in time."""

import asyncio
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from starlette.requests import Request

from segue.ingest.answers import Refusal, full, malformed, slow


PATIENCE: Final = 16
"""How many times its limit a body that is too large is read to its end, and only then refused.

A sender that is still sending may not see an answer; it would take it for a broken connection and
try again.
"""

_GZIP: Final = 16 + zlib.MAX_WBITS

Take: TypeAlias = Callable[[int], None]
"""Is told how many more bytes are held. Raises Refusal when there is no room for them."""


@dataclass(slots=True)
class Room:
    """Where the bodies of all requests are held; ``size`` in bytes.

    Without it many senders at once, each within its limit, could fill the memory.
    """

    size: int
    used: int = 0

    @contextmanager
    def share(self) -> Generator[Take]:
        """Room for one body, given back when the block ends."""
        mine = 0

        def take(count: int) -> None:
            nonlocal mine
            if self.used + count > self.size:
                raise full(1.0)
            mine += count
            self.used += count

        try:
            yield take
        finally:
            self.used -= mine


async def read(request: Request, limit: int, seconds: float, take: Take = lambda _: None) -> bytes:
    """The body, inflated if it came as gzip.

    Raises Refusal when it is over ``limit`` bytes, is not the gzip it claims to be, or is not here
    after ``seconds``, and what ``take`` raises; starlette's ClientDisconnect when the sender hangs
    up.
    """
    body = _receiver(request.headers.get("content-encoding"), Plain(limit, take), limit)
    received = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                received += len(chunk)
                if received > PATIENCE * limit:
                    raise _large(limit, close=True)
                body.add(chunk)
    except TimeoutError:
        raise slow(seconds) from None
    return body.finish()


class Receiver(Protocol):
    """Collects the pieces of a body, of one that is too large no more than its limit."""

    def add(self, chunk: bytes) -> None: ...
    def finish(self) -> bytes: ...


class Plain:
    """A body as it is."""

    def __init__(self, limit: int, take: Take) -> None:
        self._limit, self._size, self._take = limit, 0, take
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= self._limit:
            self._take(len(chunk))
            self._chunks.append(chunk)

    def finish(self) -> bytes:
        if self._size > self._limit:
            raise _large(self._limit)
        return b"".join(self._chunks)


class Gzip:
    """A body of one gzip member. Inflates no further than one byte over the limit."""

    def __init__(self, inflated: Plain, limit: int) -> None:
        self._inflated, self._left = inflated, limit + 1
        self._stream = zlib.decompressobj(_GZIP)
        self._sound = True

    def add(self, chunk: bytes) -> None:
        if not self._sound or not self._left:
            return
        try:
            piece = self._stream.decompress(chunk, self._left)
        except zlib.error:
            self._sound = False
            return
        self._left -= len(piece)
        self._inflated.add(piece)

    def finish(self) -> bytes:
        body = self._inflated.finish()
        if not (self._sound and self._stream.eof) or self._stream.unused_data:
            raise malformed("the body is not the gzip that its Content-Encoding says")
        return body


def _receiver(encoding: str | None, plain: Plain, limit: int) -> Receiver:
    match (encoding or "identity").strip().lower():
        case "identity":
            return plain
        case "gzip" | "x-gzip":
            return Gzip(plain, limit)
        case _:
            raise malformed("the body's Content-Encoding is not known here; use gzip or none")


def _large(limit: int, *, close: bool = False) -> Refusal:
    return malformed(f"the body is over {limit:,} bytes; send fewer events at once", close=close)
