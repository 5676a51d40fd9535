"""uvicorn's HTTP protocol with bounds that it lacks: on connections, on a request's head, on its time.

Without them senders could fill the memory, or hold connections for nothing, before the first line
of the application runs. Give the class to uvicorn as ``http``.
"""

import asyncio
import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import count
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from segue.ingest.answers import CLOSE, Refusal, full, malformed


MAX_HEAD: Final = 64 * 1024
"""Bytes of the first line and the headers together, and a little more."""

HEAD_SECONDS: Final = 30.0
"""For the whole head, from the connection or from the first byte of a later request."""

MAX_CONNECTIONS: Final = 2_000
"""At once. One more takes the place of the one that has been silent longest between two requests."""

_OFFER: Final = re.compile(rb"(?<=\r\n)upgrade(?=:)", re.IGNORECASE)


def _declined(data: bytes) -> bytes:
    """The start of a connection without an offer to go on in another protocol.

    Java and curl make one (h2c) on a plain connection with the first request, whose body the
    parser would then not read.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"X-Declined", head) + end + rest if _OFFER.search(head) else data


class Protocol(HttpToolsProtocol):
    """What is wrong on this level is answered as everything else is: ``{code, message}``."""

    max_head, head_seconds, max_connections = MAX_HEAD, HEAD_SECONDS, MAX_CONNECTIONS
    _arrived, _begun = 0, False
    _turns: ClassVar[Iterator[int]] = (
        count()
    )  # uvloop's clock has the same time for a whole millisecond
    _turn = 0  # of its making or its last request, whichever was later
    _timer: asyncio.TimerHandle | None = None  # runs while a head is awaited

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._turn = next(self._turns)
        if len(self.connections) > self.max_connections:
            self._make_room()
        if not transport.is_closing():
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._end_head()
        self._begun, self._turn = True, next(self._turns)
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data if self._timer is None else _declined(data))
        if self._timer is None or self.transport.is_closing():
            return
        self._arrived += len(data)
        if self._arrived > self.max_head:
            why = f"the headers are over {self.max_head:,} bytes"
            self._refuse(malformed(why, status=431, close=True))

    @property
    def _silent(self) -> bool:
        """Whether nothing of a request is here or awaits its answer."""
        if self.transport.is_closing():
            return False
        if not self._begun:
            return not self._arrived
        return self._timer is None and self.cycle.response_complete

    def _make_room(self) -> None:
        others = (one for one in self.connections if isinstance(one, Protocol) and one is not self)
        silent = {one._turn: one for one in others if one._silent}  # noqa: SLF001 of the same class
        if silent:
            silent[min(silent)].transport.close()
        else:
            self._refuse(full(1.0, close=True))

    def send_400_response(self, msg: str) -> None:
        self._refuse(malformed(msg, close=True))

    def _await_head(self) -> None:
        self._arrived = 0
        self._timer = self.loop.call_later(self.head_seconds, self._late)

    def _end_head(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if self._arrived:
            why = f"the headers did not arrive within {self.head_seconds:g} s"
            self._refuse(Refusal(408, "timeout", why, headers=CLOSE))
        else:
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        response = refusal.answer()
        lines = [f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}".encode()]
        lines += [b": ".join(header) for header in response.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.close()
