"""How many events the tracking API takes in: ``python benchmarks/ingest.py``.

Without a store: an intake that keeps nothing shows what HTTP, JSON and checking cost. First without
a network, per second of processor time; then over loopback, per second on the wall, with uvicorn in a
process of its own and a client that only counts.
"""

import multiprocessing
import socket
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import perf_counter, process_time
from typing import Any, Final

import uvicorn
import uvloop
from sending import ACCEPTED, BATCH, KEY, Events, request, send

from segue.events import Event, Rejected
from segue.ingest import create_app
from segue.ingest.protocol import Protocol
from segue.workspace.model import Source


SOURCE: Final = Source("bench", KEY)


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
    events = Events(timestamp="2025-11-25T09:29:59.123456+00:00")
    return {
        f"batch of {BATCH}": ("/v1/batch", events.batch(), BATCH),
        "single call": ("/v1/track", events.single(), 1),
    }


async def in_process(path: str, body: bytes, seconds: float) -> float:
    """Requests per second of this processor."""
    api, answers = app(), 0

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal answers
        answers += message.get("body") == ACCEPTED

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    base = {"type": "http", "method": "POST", "path": path, "headers": headers}
    start = process_time()
    while process_time() - start < seconds:
        await api({**base, "client": ("127.0.0.1", 1)}, receive, send)
    return answers / (process_time() - start)


def over_loopback(port: int, connections: int) -> Callable[[str, bytes, float], Awaitable[float]]:
    async def measure(path: str, body: bytes, seconds: float) -> float:
        """The same request again and again: this intake forgets."""
        end, sent = perf_counter() + seconds, count()

        def requests() -> Iterator[bytes]:
            while perf_counter() < end:
                next(sent)
                yield request(path, body)

        spent = await send(port, requests(), connections)
        return next(sent) / spent

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
