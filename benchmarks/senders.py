"""Requests a second through each sender, to a server in a process of its own.

python benchmarks/senders.py [--rounds 3] [--seconds 2] [--uvloop]
"""

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median

import aiohttp
import httpx
from vendor import vendor

from segue import Request, Response
from segue.http import Sender
from segue.senders import HttpxSender, direct
from segue.senders import aiohttp as through_aiohttp


BODY = {"email": "ada@example.com", "userId": "u1", "plan": "pro", "note": "x" * 400}
IN_FLIGHT = (1, 50)


@asynccontextmanager
async def open_httpx() -> AsyncGenerator[Sender]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        yield HttpxSender(client)


@dataclass(frozen=True, slots=True)
class Bare:
    """What aiohttp can do at most: no checks, no bounds, no redirects, no deadline of ours."""

    session: aiohttp.ClientSession

    async def send(self, request: Request) -> Response:
        async with self.session.request(
            request.method, request.url, data=request.content(), headers=request.headers
        ) as answer:
            return Response(answer.status, answer.headers, await answer.read())


@asynccontextmanager
async def open_bare() -> AsyncGenerator[Sender]:
    async with aiohttp.ClientSession() as session:
        yield Bare(session)


SENDERS: Mapping[str, Callable[[], AbstractAsyncContextManager[Sender]]] = {
    "httpx": open_httpx,
    "aiohttp": partial(through_aiohttp.open_sender, environ={}),
    "bare": open_bare,
    "direct": partial(direct.open_sender, environ={}),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """Requests a second, and seconds of processor time for each."""

    rate: float
    cost: float


async def figure(sender: Sender, request: Request, in_flight: int, seconds: float) -> Figure:
    done, started, busy = 0, time.perf_counter(), time.process_time()

    async def go() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            assert (await sender.send(request)).status == 200
            done += 1

    await asyncio.gather(*(go() for _ in range(in_flight)))
    passed = time.perf_counter() - started
    return Figure(done / passed, (time.process_time() - busy) / done)


Found = Mapping[tuple[str, int], Sequence[Figure]]


async def measure(url: str, rounds: int, seconds: float) -> Found:
    """By sender and number in flight; the senders take turns, so that a busy moment strikes all."""
    request = Request.put(url, json=BODY, headers={"Authorization": "Bearer k"})
    found: dict[tuple[str, int], list[Figure]] = {}
    for _ in range(rounds):
        for in_flight in IN_FLIGHT:
            for name, opened in SENDERS.items():
                async with opened() as sender:
                    await figure(sender, request, in_flight, seconds / 10)  # the connections
                    each = found.setdefault((name, in_flight), [])
                    each.append(await figure(sender, request, in_flight, seconds))
    return found


def show(found: Found) -> None:
    print("requests/s, median [least-greatest], and processor time for one")
    for in_flight in IN_FLIGHT:
        for name in SENDERS:
            each = found[name, in_flight]
            rates = [one.rate for one in each]
            spread = f"[{min(rates):,.0f}-{max(rates):,.0f}]"
            cost = median(one.cost for one in each) * 1e6
            line = f"{in_flight:>2} in flight, {name:<7} {median(rates):>7,.0f} {spread:<15}"
            print(f"{line} {cost:>7,.0f} µs")
        print(f"   direct is {ratio(found, in_flight, 'httpx'):.1f}x httpx, ", end="")
        print(f"{ratio(found, in_flight, 'bare'):.2f}x bare aiohttp")


def ratio(found: Found, in_flight: int, other: str) -> float:
    pairs = zip(found["direct", in_flight], found[other, in_flight], strict=True)
    return median(ours.rate / theirs.rate for ours, theirs in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure of a round")
    parser.add_argument("--uvloop", action="store_true", help="which must be installed")
    options = parser.parse_args()
    factory = None
    if options.uvloop:
        import uvloop

        factory = uvloop.new_event_loop
    with vendor() as destination, asyncio.Runner(loop_factory=factory) as runner:
        url = f"{destination.url}/contacts"
        show(runner.run(measure(url, options.rounds, options.seconds)))


if __name__ == "__main__":
    main()
