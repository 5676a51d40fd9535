"""How fast ``segue diff`` compares recorded events, of a file and of the store, and what it holds.

    python benchmarks/diffing.py [EVENTS]

The command runs as anybody runs it, its start included. Two of the four mappings differ, so that three
events of eight make another request.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from os import sysconf
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from segue.store import Arrival, NewDelivery, SqliteStore


EVENTS = 1_000_000
FEWER = 50_000  # of a short run
LEAST = 20_000  # fewer are compared without further processes
SHARE = 10  # memory is measured with so much less, too
BATCH = 500
PAGE = sysconf("SC_PAGE_SIZE")

OLD = """
version: 1
sources:
  shop: {write_key: "${SHOP_KEY}"}
connections:
  emails:
    destination: loops
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [shop]
    mappings:
      orders:
        action: sendEvent
        trigger: type = "track" and event = "Order Completed"
        fields:
          eventName: order
          email: {"@path": $.properties.email}
          eventProperties: {"@path": $.properties}
      signups:
        action: sendEvent
        trigger: type = "track" and event = "Signed Up"
        fields:
          eventName: {"@path": $.event}
          email: {"@path": $.properties.email}
          eventProperties: {"@path": $.properties}
      views:
        action: sendEvent
        trigger: type = "track" and event = "Product Viewed"
      people:
        action: createOrUpdateContact
"""
PATH = '{"@path": $.properties.email}'
NEW = OLD.replace(PATH, f'{{"@case": {{operator: lower, value: {PATH}}}}}').replace(
    "eventName: order", "eventName: purchase"
)
NAMES = {"Order Completed": "orders", "Signed Up": "signups", "Product Viewed": "views"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A run of the command: seconds from its start to its end, bytes of all its processes at most.

    ``work`` is the processor time of all of them, in seconds: what else a machine does adds little to it.
    """

    events: int
    seconds: float
    bytes: int
    work: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds


@dataclass(frozen=True, slots=True)
class Figures:
    file: Compared
    store: Compared
    few: Compared
    """A part of the file, for its memory."""


def event(at: int) -> dict[str, object]:
    """Of eight events two are orders, two sign-ups, two views and two about a person."""
    facts = {f"fact{one}": f"value {one} of {at % 977}" for one in range(10)}
    email = f"{'Ada' if at % 8 < 4 else 'ada'}{at}@example.com"
    facts = {"email": email, "total": at % 1000, "currency": "EUR", **facts}
    kept = {"messageId": f"m{at}", "userId": f"u{at % 50_000}", "timestamp": "2026-01-01T00:00:00Z"}
    kept |= {"context": {"ip": "10.0.0.1", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"}}
    if at % 4 == 3:
        return {"type": "identify", **kept, "traits": facts}
    return {"type": "track", "event": list(NAMES)[at % 4], **kept, "properties": facts}


def write(home: Path, events: int) -> None:
    """The two workspaces, a file of events and a store that has the same."""
    (home / "old.yaml").write_text(OLD)
    (home / "new.yaml").write_text(NEW)
    with (home / "events.jsonl").open("w") as file:
        file.writelines(json.dumps(event(at)) + "\n" for at in range(events))
    asyncio.run(record(home / "data", events))


async def record(data: Path, events: int) -> None:
    async with SqliteStore(data) as store:
        left = map(arrival, range(events))
        while batch := list(islice(left, BATCH)):
            await store.queue.append(batch)


def arrival(at: int) -> Arrival:
    one = {**event(at), "receivedAt": "2026-01-01T00:00:00.000Z"}
    mapping = NAMES.get(str(one.get("event")), "people")
    led = (NewDelivery("emails", mapping),)
    return Arrival("shop", f"u{at % 50_000}", f"m{at}", json.dumps(one).encode(), led)


def run(home: Path, events: int, *arguments: str) -> Compared:
    """Raises SystemExit where the command does not find what differs."""
    command = [
        sys.executable,
        "-m",
        "segue",
        "--data",
        str(home / "data"),
        "diff",
        "old.yaml",
        "new.yaml",
    ]
    start, before = perf_counter(), worked()
    with (home / "report.json").open("w+") as report:
        process = subprocess.Popen(
            [*command, *arguments, "--format", "json"], stdout=report, cwd=home
        )
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(held, family(process.pid))))
            sleep(0.05)
        seconds = perf_counter() - start
        report.seek(0)
        found = json.load(report)
    changed = {one["mapping"]: one["changed"] for one in found["mappings"]}
    if found["events"] != events or changed != {"orders": events // 4, "signups": events // 8}:
        raise SystemExit(f"segue diff found something else: {found['events']:,} events, {changed}")
    return Compared(events, seconds, most, worked() - before)


def worked() -> float:
    """Processor seconds of all processes that were started and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(pid: int) -> Iterator[int]:
    """A process and all below it (Linux)."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in below:
            yield from family(int(child))


def held(pid: int) -> int:
    """Bytes of a process that are its own; what it shares with others is counted in none."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * PAGE


def measure(events: int = EVENTS) -> Figures:
    with TemporaryDirectory() as name:
        home = Path(name)
        write(home, events)
        few = max(events // SHARE, LEAST)
        return Figures(
            run(home, events, "--events", "events.jsonl"),
            run(home, events),
            run(home, few, "--events", "events.jsonl", "--limit", str(few)),
        )


def sentence(found: Figures) -> str:
    file, store, few = found.file, found.store, found.few
    return (
        f"segue diff compares {file.events:,} events at {file.rate:,.0f}/s from a file and {store.rate:,.0f}/s from "
        f"the store, with {effort(file)} and {effort(store)} of processor time each; it holds {size(few)} with "
        f"{few.events:,} events, {size(file)} with {file.events:,}, and {size(store)} from the store."
    )


def effort(one: Compared) -> str:
    return f"{one.work / one.events * 1e6:.0f} µs"


def size(one: Compared) -> str:
    return f"{one.bytes / 2**20:.0f} MiB"


def main(arguments: Sequence[str]) -> None:
    print(sentence(measure(int(arguments[0]) if arguments else EVENTS)))


if __name__ == "__main__":
    main(sys.argv[1:])
