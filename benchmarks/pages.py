"""How long the console's pages take, with a large store behind them.

``python benchmarks/pages.py`` fills a store with 1,000,000 deliveries for a workspace of 500
mappings, opens every page again and again, and prints the 95th percentile of each beside the bar;
``--quick`` takes a twentieth. ``--saves`` changes that workspace instead, with few deliveries. ``--intake`` measures instead what the tracking API's answers take while
nobody looks at the console, and while four people reload its pages as fast as they come.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from socket import socket
from statistics import median, quantiles
from typing import Final

import httpx
import table
from sending import Events
from serving import Served
from workspace import CONNECTIONS, generate

from segue.console.forms.draft import Draft, Said
from segue.console.forms.names import inputs
from segue.http import Request, Response
from segue.plugins import load_plugins
from segue.store import Arrival, Attempt, NewDelivery, Settlement, SqliteStore, State
from segue.workspace import parse_workspace
from segue.workspace.saving import revision


MAPPINGS: Final = 500
DELIVERIES: Final = 1_000_000
USERS: Final = 50_000
BATCH: Final = 1_000
ADDRESS: Final = re.compile(r"http://[^\s/;\"]+:\d+")
LAPS: Final = 40
BAR: Final = 0.150
SAVED: Final = 0.400
"""The bar of a change, in seconds."""

PUT: Final = Request.post("/events/send", json={"email": "a@b.test", "eventName": "x" * 100})
ENDS: Final = (
    *[(State.DELIVERED, "OK", 200)] * 17,
    (State.DEAD, "BAD_REQUEST", 400),
    (State.DISCARDED, "PAYLOAD_VALIDATION_FAILED", 422),
    (State.DEAD, "NOT_FOUND", 404),
)

PAGES: Final = (
    "/connections",
    "/connections/loops-0",
    "/connections/loops-0?period=month",
    "/connections/loops-0/mappings",
    "/connections/loops-0/mappings/step-3",
    "/connections/loops-0/test",
    "/connections/loops-0/deliveries",
    "/connections/loops-0/filters",
    "/connections/loops-0/settings",
    "/catalogue",
    "/catalogue/loops",
    "/sources",
    "/events",
    "/events/rows?q=Step+7",
    "/events?unmatched=yes",
    "/events/77",
    "/deliveries",
    "/deliveries?state=dead",
    "/deliveries?user=user-77",
    "/deliveries?code=NOT_FOUND&connection=loops-3",
    "/deliveries?code=NOTHING_LIKE_IT",
    "/deliveries?message=m77",
    "/deliveries/77",
    "/deliveries/replay?state=dead&connection=loops-3",
    "/history",
)


PEOPLE: Final = 4
PACE: Final = 0.02
"""Each of eight callers sends an event in so many seconds."""

LIGHT: Final = (
    "/connections",
    "/connections/loops-0",
    "/deliveries",
    "/events",
    "/catalogue/loops",
)


@dataclass(frozen=True, slots=True)
class Timed:
    """What one page took, in seconds, and its bytes."""

    page: str
    seconds: Sequence[float]
    size: int

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1]


def arrivals(first: int) -> list[Arrival]:
    """A batch of events; most lead to one delivery, some to none."""
    return [_arrival(number) for number in range(first, first + BATCH)]


def _arrival(number: int) -> Arrival:
    step, user = number % MAPPINGS, f"user-{number % USERS}"
    event = {
        "type": "track",
        "event": f"Step {step} Completed",
        "messageId": f"m{number}",
        "userId": user,
        "properties": {"total": number, "email": f"{user}@harbour.example", "items": ["x" * 200]},
    }
    place = NewDelivery(f"loops-{step // (MAPPINGS // CONNECTIONS)}", f"step-{step}")
    return Arrival("website", user, f"m{number}", json.dumps(event).encode(), (place,))


async def fill(directory: Path, deliveries: int) -> None:
    """A store with so many deliveries, all but the last of each connection settled."""
    async with SqliteStore(directory) as store:
        for first in range(0, deliveries, BATCH):
            await store.queue.append(arrivals(first))
        await asyncio.gather(*(settle(store, f"loops-{at}") for at in range(CONNECTIONS)))


async def settle(store: SqliteStore, connection: str) -> None:
    """End what is due, each as the number of its event says."""
    while claims := await store.queue.claim(connection, fresh=BATCH):
        ends = [(claim, *ENDS[claim.event_id // 7 % len(ENDS)]) for claim in claims]
        await store.queue.settle(
            [
                Settlement(
                    claim,
                    state,
                    code,
                    "" if status == 200 else f"{status} from Loops",
                    attempts=(_attempt(state, code, status),),
                )
                for claim, state, code, status in ends
            ]
        )


def _attempt(state: State, code: str, status: int) -> Attempt:
    answer = Response(status, {"content-type": "application/json"}, b'{"success":true}')
    return Attempt(time.time(), 0.08, state is State.DELIVERED, code, "", status, PUT, answer)


@contextmanager
def console(folder: Path) -> Iterator[str]:
    """The console as it is started by anybody; its address."""
    command = [sys.executable, "-m", "segue", "-w", str(folder / "segue.yaml")]
    command += ["--data", str(folder / "data"), "console", "--port", "0"]
    environ = {**os.environ, "LOOPS_API_KEY": "k"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.wait()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    for line in process.stdout:
        if (found := ADDRESS.search(line)) is not None:
            return found[0]
    raise SystemExit("the console did not start")


def laps(client: httpx.Client, page: str, number: int) -> Timed:
    """One page, so many times; the first is not counted."""
    size = len(client.get(page).raise_for_status().content)
    return Timed(page, [_lap(client, page) for _ in range(number)], size)


def _lap(client: httpx.Client, page: str) -> float:
    start = time.perf_counter()
    client.get(page).raise_for_status()
    return time.perf_counter() - start


def saves(client: httpx.Client, file: Path, number: int) -> list[Timed]:
    """Each kind of a change of a large workspace, so many times; the first is not counted."""
    at = "/connections/loops-0/mappings"
    found = re.search(r'name="token" value="([^"]+)"', client.get(at).text)
    assert found
    token = {"token": found[1]}

    def put(path: str, **form: str) -> float:
        start = time.perf_counter()
        answer = client.post(f"{at}/{path}", data={**token, **form})
        seconds = time.perf_counter() - start
        assert answer.status_code in {200, 303}, answer.text
        client.get(at)  # it is read once, and not in the time of the next
        return seconds

    rounds = [
        (
            put("step-3/disable"),
            put("step-3/enable"),
            put("step-3", **typed(file, f"properties.total > {lap + 100}")),
            put("step-4/duplicate"),
            put("step-4-copy/delete"),
        )
        for lap in range(number + 1)
    ]
    names = ("switch off", "switch on", "save in the editor", "copy", "delete")
    columns = zip(*rounds[1:], strict=True)
    return [Timed(name, column, 0) for name, column in zip(names, columns, strict=True)]


def typed(file: Path, trigger: str) -> dict[str, str]:
    """The editor's form, with another trigger in it."""
    text = file.read_text()
    workspace = parse_workspace(text, load_plugins(), environ={"LOOPS_API_KEY": "k"})
    mappings = workspace.connections["loops-0"].mappings
    said = Said.by(next(one for one in mappings if one.name == "step-3"))
    fields = dict(inputs(Draft.of(said).root, "f"))
    return {
        **fields,
        "base": said.text(),
        "trigger": trigger,
        "trigger.was": said.trigger,
        "revision": revision(text),
        "do": "save",
    }


def changing(number: int) -> list[Timed]:
    """Changes of a workspace of 500 mappings."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "segue.yaml").write_text(generate(MAPPINGS))
        asyncio.run(fill(folder / "data", BATCH))
        with console(folder) as address:
            origin = {"origin": address}
            with httpx.Client(base_url=address, timeout=60, headers=origin) as client:
                return saves(client, folder / "segue.yaml", number)


def measure(deliveries: int, number: int) -> list[Timed]:
    """Every page of a console with so many deliveries in its store."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "segue.yaml").write_text(generate(MAPPINGS))
        start = time.perf_counter()
        asyncio.run(fill(folder / "data", deliveries))
        print(f"{deliveries:,} deliveries in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        with console(folder) as address, httpx.Client(base_url=address, timeout=60) as client:
            return [laps(client, page, number) for page in PAGES]


async def sent(port: int, seconds: float) -> list[float]:
    """What single events take at a steady pace over eight connections."""
    events, found = Events(), list[float]()

    async def caller(client: httpx.AsyncClient) -> None:
        until = time.perf_counter() + seconds
        while (start := time.perf_counter()) < until:
            body = events.single()
            (await client.post("/v1/track", content=body)).raise_for_status()
            found.append(time.perf_counter() - start)
            await asyncio.sleep(PACE - (time.perf_counter() - start))

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await asyncio.gather(*(caller(client) for _ in range(8)))
    return found


@contextmanager
def looked_at(address: str, pages: list[int]) -> Iterator[None]:
    """Four processes that reload pages for as long as the block runs, which begins when all do.

    How many pages each of them got is appended to ``pages``.
    """
    command = ["nice", "-n", "19", sys.executable, __file__, "--reload", address]
    people = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(PEOPLE)]
    try:
        for one in people:
            assert one.stdout is not None
            one.stdout.readline()
        yield
    finally:
        for one in people:
            one.kill()
            pages.append(len(one.communicate()[0].splitlines()))


def reload(address: str) -> None:
    """Open one page after the other until killed, with a line for each that came."""
    with httpx.Client(base_url=address, timeout=60) as client:
        for page in cycle(LIGHT):
            print(client.get(page).raise_for_status().status_code, flush=True)


def beside(rounds: int = 3, seconds: float = 8.0) -> int:
    """The answers of the tracking API without and with somebody at the console."""
    alone, shared, pages = list[float](), list[float](), list[int]()
    with tempfile.TemporaryDirectory() as home, socket() as spot:
        spot.bind(("127.0.0.1", 0))
        port = spot.getsockname()[1]
        spot.close()
        served = Served(Path(home, "s"), generate(MAPPINGS, "    enabled: false"))
        with served.start("--console-port", str(port)):
            address = f"http://127.0.0.1:{port}"
            _open(address)
            asyncio.run(sent(served.port, 2.0))
            for _ in range(rounds):
                alone += asyncio.run(sent(served.port, seconds))
                # Browsers have machines of their own, so those who play them give way.
                with looked_at(address, pages):
                    shared += asyncio.run(sent(served.port, seconds))
    for name, found in (("nobody at the console", alone), ("four at the console", shared)):
        p50, p95 = median(found) * 1000, quantiles(found, n=20)[-1] * 1000
        print(f"{name:22} {len(found):6,} events, median {p50:5.1f} ms, p95 {p95:5.1f} ms")
    print(f"The four got {sum(pages) / rounds / seconds:.0f} pages a second. {table.machine()}.")
    return 0


def _open(address: str) -> None:
    """Wait until the console answers."""
    for _ in range(300):
        with suppress(httpx.TransportError):
            httpx.get(f"{address}/connections", timeout=60).raise_for_status()
            return
        time.sleep(0.1)
    raise SystemExit("the console did not start")


def main() -> int:
    parser = ArgumentParser(description="The console's pages, timed.")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the deliveries")
    parser.add_argument("--deliveries", type=int)
    parser.add_argument("--saves", action="store_true", help="changes of the workspace instead")
    parser.add_argument("--intake", action="store_true", help="the tracking API beside it")
    parser.add_argument("--reload", metavar="URL", help="reload its pages until killed")
    options = parser.parse_args()
    if options.reload:
        reload(options.reload)
    if options.intake:
        return beside()
    wanted = options.deliveries or DELIVERIES // (20 if options.quick else 1)
    found = changing(LAPS) if options.saves else measure(wanted, LAPS)
    bar = SAVED if options.saves else BAR
    width = max(len(one.page) for one in found)
    for one in sorted(found, key=lambda one: -one.p95):
        middle, slow = median(one.seconds) * 1000, one.p95 * 1000
        mark = "" if one.p95 < bar else "  over the bar"
        print(f"{one.page:{width}}  {middle:6.1f} ms  p95 {slow:6.1f} ms  {one.size:8,} B{mark}")
    every = [seconds for one in found for seconds in one.seconds]
    p95 = quantiles(every, n=20)[-1]
    print(f"All: p95 {p95 * 1000:.1f} ms, bar {bar * 1000:.0f} ms. {table.machine()}.")
    return 0 if p95 < bar else 1


if __name__ == "__main__":
    raise SystemExit(main())
