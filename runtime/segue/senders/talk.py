"""One connection to a host: a request goes out, its answer comes in. llhttp reads it, by httptools."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from segue.errors import UnreachableError
from segue.http import Response
from segue.senders.wire import LARGEST, incoming, inflate


HEAD: Final = 1 << 18
"""Bytes that may come before the headers are complete; llhttp itself counts none."""

MOST: Final = 8 * LARGEST
"""Bytes that an answer may take in all, most of them the frames of tiny chunks."""

_FRAMED: Final = frozenset({"content-length", "transfer-encoding"})


class Talk(asyncio.Protocol):
    """Carries one request at a time; ``idle_since`` is for who keeps it in between.

    Whatever is not as it should be ends it: an answer that is cut, late or not waited for any more,
    one that came before the request was written, bytes that nobody asked for. ``gone`` is told.
    """

    _raw: list[tuple[bytes, bytes]]
    _headers: Mapping[str, str]

    def __init__(self, host: str, gone: Callable[["Talk"], None]) -> None:
        self.idle_since = 0.0
        self._host, self._gone = host, gone
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._answer: asyncio.Future[Response] | None = None
        self._begin(bodiless=False)

    @property
    def open(self) -> bool:
        """Whether it can carry another request."""
        return not self._transport.is_closing()

    async def ask(self, method: str, data: bytes, end: float) -> Response:
        """Send a request as these bytes; its answer.

        Raises TimeoutError if that is not complete by ``end`` on the loop's clock, and
        UnreachableError.
        """
        self._begin(bodiless=method == "HEAD")
        answer: asyncio.Future[Response] = self._loop.create_future()
        self._answer = answer
        timer = self._loop.call_at(end, self._late)
        self._transport.write(data)
        try:
            return await answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        """End it at once."""
        self._end(UnreachableError(f"the connection to {self._host} was closed here"))

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its type

    def data_received(self, data: bytes) -> None:
        """Part of an answer came, or what nobody asked for."""
        if self._answer is None:
            self.close()
            return
        self._heard += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._fail("did not answer in HTTP")
        if self._heard > (MOST if self._headed else HEAD):
            self._fail("did not answer in HTTP")

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, which ends a body that is framed in no other way."""
        self._gone(self)
        if exc is None and self._headed and not self._headers.keys() & _FRAMED:
            self._finish()
        else:
            self._fail("hung up before its answer was complete")

    # What the parser tells

    def on_message_begin(self) -> None:
        """An answer begins, or a word ahead of it. Raises ValueError where there is one already."""
        if self._answer is None:
            raise ValueError

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or what trails a body, which is passed over."""
        if not self._headed:
            self._raw.append((name, value))

    def on_headers_complete(self) -> None:
        """The body follows, or what comes after a word ahead of the answer (RFC 9110 §15.2)."""
        if self._parser.get_status_code() < 200:
            self._raw.clear()
            return
        self._headed, self._headers = True, incoming(self._raw)
        if self._bodiless:
            self._finish()

    def on_body(self, body: bytes) -> None:
        """Part of the body."""
        self._body += body
        if len(self._body) >= LARGEST:
            self._finish()

    def on_message_complete(self) -> None:
        """All of it is there."""
        if self._headed:
            self._finish()

    def _begin(self, *, bodiless: bool) -> None:
        self._bodiless, self._heard, self._headed = bodiless, 0, False
        self._raw, self._headers = [], {}
        self._body = bytearray()

    def _finish(self) -> None:
        """Give the answer; go on only if what comes next cannot be the rest of it."""
        answer, self._answer = self._answer, None
        whole, self._body = self._body, bytearray()
        if answer is None or answer.done():
            return
        cut = self._bodiless or len(whole) >= LARGEST
        unsent = self._transport.get_write_buffer_size() > 0
        if cut or unsent or not self._parser.should_keep_alive():
            self._transport.abort()
        del whole[LARGEST:]
        body = inflate(bytes(whole), self._headers.get("content-encoding", ""))
        answer.set_result(Response(self._parser.get_status_code(), self._headers, body))

    def _late(self) -> None:
        self._end(TimeoutError())

    def _fail(self, how: str) -> None:
        self._end(UnreachableError(f"{self._host} {how}"))

    def _end(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        self._transport.abort()
        if answer is not None and not answer.done():
            answer.set_exception(error)
