"""A destination that says yes to everything at little cost, in a process of its own, and counts."""

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import Structure, c_double, c_uint64
from multiprocessing.sharedctypes import RawValue
from time import perf_counter
from typing import Any, Final

import uvloop


ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n"
    b'{"success":true}'
)


class Count(Structure):
    """What the vendor's process tells others: its answers so far, and when it gave the last one."""

    _fields_ = (("answers", c_uint64), ("last", c_double))


class Yes(asyncio.Protocol):
    """Says yes to every request with a body of a stated length; nothing is pipelined."""

    def __init__(self, count: Count) -> None:
        self.count, self.heard = count, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) >= int(length):
            self.heard = b""
            self.transport.write(ANSWER)
            self.count.answers += 1
            self.count.last = perf_counter()


class Vendor:
    """A vendor that runs. ``perf_counter`` is the same clock in all processes."""

    def __init__(self, port: int, pid: int, count: Any) -> None:
        self.url, self.pid, self._count = f"http://127.0.0.1:{port}", pid, count

    @property
    def answers(self) -> int:
        return int(self._count.answers)

    async def reached(self, answers: int, patience: float = 60.0) -> float:
        """When it had given so many answers."""
        end = perf_counter() + patience
        while self.answers < answers:
            if perf_counter() > end:
                raise SystemExit(
                    f"{answers - self.answers:,} of {answers:,} deliveries did not come"
                )
            await asyncio.sleep(0.002)
        return float(self._count.last)


@contextmanager
def vendor() -> Iterator[Vendor]:
    context = multiprocessing.get_context("spawn")
    count = RawValue(Count)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1_024)
        process = context.Process(target=_run, args=(door, count), daemon=True)
        process.start()
        assert process.pid
        try:
            yield Vendor(door.getsockname()[1], process.pid, count)
        finally:
            process.kill()
            process.join()


def _run(door: socket.socket, count: Any) -> None:
    uvloop.run(_serve(door, count))


async def _serve(door: socket.socket, count: Any) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Yes(count), sock=door)
    await server.serve_forever()
