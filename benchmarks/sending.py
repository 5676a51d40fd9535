"""Events over HTTP from a client that costs little, so that what is measured is the other end."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from itertools import count
from time import perf_counter
from typing import Any, Final

from worker import HERE


KEY: Final = "wk_website"
ACCEPTED: Final = b'{"success":true}'
BATCH: Final = 100

_SENT_AT: Final = "2025-11-25T09:30:00.123456+00:00"


class Events:
    """Bodies of events that differ in messageId and user, so that each is new and nobody waits."""

    def __init__(self, **changes: Any) -> None:
        text = (HERE / "events" / "track.json").read_text(encoding="utf-8")
        event = {**json.loads(text), **changes, "messageId": "bench-@@", "userId": "usr_@@"}
        self._parts = _written(event).split(b"@@")
        self._numbers = count()

    def batch(self, size: int = BATCH) -> bytes:
        """The body of ``/v1/batch``."""
        head = _written({"writeKey": KEY, "sentAt": _SENT_AT})[:-1]
        return head + b',"batch":[' + b",".join(self._next() for _ in range(size)) + b"]}"

    def single(self) -> bytes:
        """The body of ``/v1/track``."""
        return _written({"writeKey": KEY, "sentAt": _SENT_AT})[:-1] + b"," + self._next()[1:]

    def _next(self) -> bytes:
        return str(next(self._numbers)).encode().join(self._parts)


class Client(asyncio.Protocol):
    """Sends a request, waits for its answer, sends the next, until there is none."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.answers, self._heard, self._requests = 0, b"", requests
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self._heard.endswith(ACCEPTED):
            self.answers, self._heard = self.answers + 1, b""
            self._send()
        elif b"\r\n\r\n" in self._heard and not self._heard.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(ConnectionError(self._heard.decode(errors="replace")))
            self.transport.abort()

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self.transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)


def request(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def send(port: int, requests: Iterator[bytes], connections: int) -> float:
    """The seconds until all requests are answered, over so many connections."""
    loop, start = asyncio.get_running_loop(), perf_counter()
    opened = [
        await loop.create_connection(lambda: Client(requests), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.done for _, client in opened))
    seconds = perf_counter() - start
    for transport, _ in opened:
        transport.abort()
    return seconds


def batches(events: Events, number: int) -> Sequence[bytes]:
    """Requests that carry so many events in all."""
    return [request("/v1/batch", events.batch()) for _ in range(number // BATCH)]


def singles(events: Events, number: int) -> Sequence[bytes]:
    """As many requests as events."""
    return [request("/v1/track", events.single()) for _ in range(number)]


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
