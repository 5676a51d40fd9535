"""How many events the tracking API takes in: ``python benchmarks/ingest.py``.

Without a store: an intake that keeps nothing shows what HTTP, JSON and checking cost. First without
a network, per second of processor time; then over loopback, per second on the wall, with uvicorn in a
process of its own and a client that only counts.
"""

import asyncio
import json
import multiprocessing
import socket
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import uvicorn
import uvloop

from segue.events import Event, Rejected
from segue.ingest import create_app
from segue.ingest.protocol import Protocol
from segue.workspace.model import Source


SOURCE: Final = Source("bench", "wk_bench")
DONE: Final = b'{"success":true}'
BATCH: Final = 100


class Nowhere:
    """An intake that keeps nothing."""

    async def take(self, _: Source, events: Sequence[Event]) -> Sequence[bool]:
        return [True] * len(events)

    def refuse(self, _: Source | None, rejected: Rejected) -> None:
        raise SystemExit(str(rejected))


def app() -> Any:
    return create_app(sources={SOURCE.write_key: SOURCE}.get, intake=Nowhere())


def bodies() -> dict[str, tuple[str, bytes, int]]:
    """What is sent: path, body and number of events."""
    text = Path(__file__).with_name("events").joinpath("track.json").read_text(encoding="utf-8")
    event = {**json.loads(text), "timestamp": "2025-11-25T09:29:59.123456+00:00"}
    many = [{**event, "messageId": f"bench-{at}"} for at in range(BATCH)]
    sent_at = "2025-11-25T09:30:00.123456+00:00"
    batch = {"writeKey": SOURCE.write_key, "batch": many, "sentAt": sent_at}
    one = {"writeKey": SOURCE.write_key, "sentAt": sent_at, **event}
    return {
        f"batch of {BATCH}": ("/v1/batch", written(batch), BATCH),
        "single call": ("/v1/track", written(one), 1),
    }


def written(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def in_process(path: str, body: bytes, seconds: float) -> float:
    """Requests per second of this processor."""
    api, answers = app(), 0

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal answers
        answers += message.get("body") == DONE

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    base = {"type": "http", "method": "POST", "path": path, "headers": headers}
    start = process_time()
    while process_time() - start < seconds:
        await api({**base, "client": ("127.0.0.1", 1)}, receive, send)
    return answers / (process_time() - start)


class Client(asyncio.Protocol):
    """Sends the same request again and again, and counts."""

    def __init__(self, request: bytes) -> None:
        self.request, self.answers, self.heard = request, 0, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if self.heard.endswith(DONE):
            self.answers, self.heard = self.answers + 1, b""
            self.transport.write(self.request)


def over_loopback(port: int, connections: int) -> Callable[[str, bytes, float], Awaitable[float]]:
    async def measure(path: str, body: bytes, seconds: float) -> float:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        loop = asyncio.get_running_loop()
        clients = [Client(head.encode() + body) for _ in range(connections)]
        lines = [
            (await loop.create_connection(lambda one=one: one, "127.0.0.1", port))[0]
            for one in clients
        ]
        before, start = sum(one.answers for one in clients), perf_counter()
        await asyncio.sleep(seconds)
        rate = (sum(one.answers for one in clients) - before) / (perf_counter() - start)
        for line in lines:
            line.abort()
        return rate

    return measure


def serve(door: socket.socket) -> None:
    config = uvicorn.Config(app(), http=Protocol, ws="none", log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[door])


@contextmanager
def served() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1_024)
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(door,))
        process.start()
        try:
            yield door.getsockname()[1]
        finally:
            process.terminate()
            process.join()


def main() -> None:
    parser = ArgumentParser(description="Events per second that the tracking API takes in.")
    parser.add_argument("--seconds", type=float, default=3.0, help="per figure (3)")
    parser.add_argument("--connections", type=int, default=32, help="over loopback (32)")
    options = parser.parse_args()
    print(f"{'':<28}{'requests/s':>12}{'events/s':>12}{'µs an event':>14}")
    with served() as port:
        ways = {"in process": in_process, "loopback": over_loopback(port, options.connections)}
        for way, measure in ways.items():
            for name, (path, body, events) in bodies().items():
                rate = uvloop.run(measure(path, body, options.seconds))
                each = 1e6 / rate / events
                print(f"{f'{name}, {way}':<28}{rate:>12,.0f}{rate * events:>12,.0f}{each:>14.1f}")


if __name__ == "__main__":
    main()
