"""The durable path: ``segue serve`` as it is started by anybody, its defaults, a disk, real sockets.

Events come over HTTP, are on disk before they are answered, and go to a vendor that says yes. The
reference has no queue: its events begin in memory and end there.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final, TypeAlias

import cores
import store
import uvloop
from cases import event, inputs
from load import MAPPINGS
from measure import Column
from sending import BATCH, Events, batches, send, singles
from serving import Served
from vendor import Vendor, vendor
from worker import Worker
from workspace import generate, single, unpaced


CONNECTIONS: Final = 8
CALLERS: Final = 32
RESTARTS: Final = 3

RATE, SIZE, TIME, COST = "/s", " B", " ms", " µs"
ALONE: Final = ", a core each"
USED: Final = "Processor time of a delivery"
CLAIMED: Final = "Claim of ten among"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much to measure: so many rounds of so many deliveries, and then a backlog.

    A backlog's memory is measured from ``few`` events on.
    """

    rounds: int
    deliveries: int
    few: int
    backlog: int

    @property
    def chunk(self) -> int:
        """So many events are accepted for one figure."""
        return max(10_000, self.backlog // 20)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. ``rounds`` hold what was measured by column, of a rate the more the better."""

    title: str
    subject: str
    unit: str
    rounds: Sequence[Mapping[Column, float]]

    def values(self, column: Column) -> list[float]:
        return [each[column] for each in self.rounds if column in each]

    def typical(self, column: Column) -> float | None:
        values = self.values(column)
        return median(values) if values else None

    def best(self, column: Column) -> float:
        """What the machine can do when nothing else takes its time."""
        return (max if self.unit == RATE else min)(self.values(column))

    def ratios(self) -> list[float]:
        """How many times as fast as the reference, or as cheap, round by round."""
        found = [one["segue"] / one["reference"] for one in self.rounds if "reference" in one]
        return found if self.unit == RATE else [1 / one for one in found]


def measure(amount: Amount, peer: Worker | None) -> list[Figure]:
    """Raises SystemExit where something was not delivered, or more than once."""
    with vendor() as destination, TemporaryDirectory() as home:
        rows = [*deliveries(destination, Path(home), amount, peer)]
        rows += backlog(destination, Path(home, "backlog"), amount)
    return [*rows, *claims(amount)]


# Deliveries


Side: TypeAlias = tuple[Callable[[], float], int]
"""What takes so many seconds, and the process that does it."""


@dataclass(frozen=True, slots=True)
class Lap:
    """Deliveries per second, and microseconds of processor time for each."""

    rates: Mapping[Column, float]
    costs: Mapping[Column, float]


@dataclass(frozen=True, slots=True)
class Way:
    """Deliveries with so many in flight, by a process of ours and by the reference."""

    subject: str
    in_flight: int
    number: int
    served: Served
    events: Events
    vendor: Vendor
    peer: Worker | None
    apart: bool = False

    def lap(self, turn: int) -> "Lap":
        """Both at it. Every other round the other side begins."""
        sides: dict[Column, Side] = {"segue": (self.ours, self.served.pid)}
        if self.peer:
            sides["reference"] = self.theirs, self.peer.pid
        order = list(sides.items())[:: -1 if turn % 2 else 1]
        with self._cores():
            timed = {column: self._timed(*side) for column, side in order}
        rates = {column: self.number / seconds for column, (seconds, _) in timed.items()}
        costs = {column: used / self.number * 1e6 for column, (_, used) in timed.items()}
        return Lap(rates, costs)

    def _timed(self, work: Callable[[], float], pid: int) -> tuple[float, float]:
        """Seconds on the clock, and of processors."""
        before = cores.used(pid) if cores.measurable() else 0.0
        seconds = work()
        return seconds, cores.used(pid) - before if cores.measurable() else 0.0

    def _cores(self) -> AbstractContextManager[None]:
        if not self.apart:
            return nullcontext()
        sides = [self.served.pid, *([self.peer.pid] if self.peer else [])]
        return cores.apart(sides, [self.vendor.pid, os.getpid()])

    def ours(self) -> float:
        """From the first byte of the first event to the vendor's last answer, in seconds."""
        sent, before = batches(self.events, self.number), self.vendor.answers

        async def run() -> float:
            start = perf_counter()
            await send(self.served.port, iter(sent), CONNECTIONS)
            return await self.vendor.reached(before + self.number) - start

        return uvloop.run(run())

    def theirs(self) -> float:
        assert self.peer
        before = self.vendor.answers
        seconds = self.peer.time("deliver", self.number, in_flight=self.in_flight)
        assert self.vendor.answers - before == self.number
        return seconds

    def check(self, laps: int) -> None:
        """Everything was delivered once and at the first try, by the store's own count."""
        stats = {one["connection"]: one for one in self.served.ask("stats")}
        if stats["loops-0"]["firstTry"] != laps * self.number:
            raise SystemExit(f"not what was sent: {stats['loops-0']}")


def deliveries(
    destination: Vendor, home: Path, amount: Amount, peer: Worker | None
) -> Iterator[Figure]:
    with ExitStack() as processes:
        ways = list(_ways(destination, home, amount.deliveries, peer))
        for way in ways:
            processes.enter_context(way.served).start()
        if peer:
            url = f"{destination.url}/events/send"
            peer.prepare("deliver", "deliver", {**inputs("sendEvent", event("track")), "url": url})
        for way in ways:
            way.lap(0)  # warm
        laps = [[way.lap(turn) for way in ways] for turn in range(amount.rounds)]
        for way, *times in zip(ways, *laps, strict=True):
            way.check(amount.rounds + 1)
            yield Figure("Deliveries", way.subject, RATE, [one.rates for one in times])
            if way.peer and cores.measurable():
                yield Figure(USED, way.subject, COST, [one.costs for one in times])


def _ways(destination: Vendor, home: Path, number: int, peer: Worker | None) -> Iterator[Way]:
    for in_flight, share, apart in ((50, 1, False), (50, 1, True), (1, 10, False)):
        if apart and not cores.several():
            continue
        subject = f"{in_flight} in flight" + (ALONE if apart else "")
        alone = ["--processes", "1"] if apart else []  # as by itself on a machine with one core
        served = Served(home / subject, single(destination.url, concurrency=in_flight), *alone)
        yield Way(subject, in_flight, number // share, served, Events(), destination, peer, apart)
    among = generate(MAPPINGS, *unpaced(destination.url))
    one = Events(event="Step 4 Completed", properties={**event("track")["properties"], "total": 5})
    subject = f"50 in flight, among {MAPPINGS:,} mappings"
    yield Way(subject, 50, number, Served(home / "among", among), one, destination, None)


# A backlog


def backlog(destination: Vendor, home: Path, amount: Amount) -> Iterator[Figure]:
    """Events that wait, since their connection is held: taken in, kept, and begun with again."""
    events = Events()
    with Served(home, single(destination.url, concurrency=50)).start() as served:
        served.run("hold", "loops-0")
        alone = [_accept(served, singles(events, amount.few // 10), CALLERS) for _ in range(3)]
        _accept(served, batches(events, amount.few), CONNECTIONS)
        before, disk = served.memory, served.disk
        number = amount.backlog - amount.few
        chunks = range(0, number, amount.chunk)
        many = [_accept(served, batches(events, amount.chunk), CONNECTIONS) for _ in chunks]
        many = [rate * BATCH for rate in many]
        number = len(chunks) * amount.chunk
        grown = (served.memory - before) / number
        yield Figure("Events accepted", f"batches of {BATCH}", RATE, _ours(many))
        yield Figure("Events accepted", "single calls", RATE, _ours(alone))
        span = f"{amount.few:,} to {amount.backlog:,}"
        yield Figure("Memory of a queued event", span, SIZE, _ours([grown]))
        yield Figure("Disk of a queued event", span, SIZE, _ours([(served.disk - disk) / number]))
        served.run("resume", "loops-0")
        again = [_restart(served, destination) * 1e3 for _ in range(RESTARTS)]
        subject = f"after kill -9, {amount.backlog:,} queued"
        yield Figure("First delivery", subject, TIME, _ours(again))


def _accept(served: Served, requests: Sequence[bytes], connections: int) -> float:
    """Requests per second."""
    return len(requests) / uvloop.run(send(served.port, iter(requests), connections))


def _restart(served: Served, destination: Vendor) -> float:
    """Seconds from the start of the process to its first delivery."""
    served.kill()
    before, start = destination.answers, perf_counter()
    served.launch()
    first = uvloop.run(destination.reached(before + 1)) - start
    served.ready()
    return first


# Claims


def claims(amount: Amount) -> Iterator[Figure]:
    """A claim of ten with a hundredth of a backlog, and with all of it."""
    for name in store.BACKLOGS:
        found = store.run(name, amount.backlog)
        for size in ("small", "large"):
            subject = f"{found[f'{size}_size']:,.0f}, {name.replace('_', ' ')}"
            yield Figure(CLAIMED, subject, TIME, _ours([found[size] * 1e3]))


def _ours(values: Sequence[float]) -> list[dict[Column, float]]:
    return [{"segue": value} for value in values]
