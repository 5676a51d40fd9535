"""Counting what became of deliveries, in slots of five minutes, with bounded memory.

Latencies go into buckets whose bounds grow by a tenth, so a percentile is right within 5 %.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from segue.store.records import Beat, Stats
from segue.store.values import Backlog, Hold, State


SLOT: Final = 300.0
FASTEST: Final = 0.001

Entry: TypeAlias = tuple["Kind", str]


class Kind(StrEnum):
    """What is counted; the key beside it is "" but for a code or a bucket."""

    FIRST = "first"
    RETRIED = "retried"
    DISCARDED = "discarded"
    DEAD = "dead"
    CANCELLED = "cancelled"
    LATENCY = "latency"


TRENDS: Final = frozenset({Kind.FIRST, Kind.RETRIED, Kind.DISCARDED, Kind.DEAD})
"""What a trend is made of; each is a field of Beat."""


def slot(at: float) -> int:
    """The slot of a time."""
    return int(at // SLOT)


def bucket(seconds: float) -> int:
    """The bucket of a latency."""
    return round(10 * math.log(max(seconds, FASTEST)))


def entries(state: State, code: str, *, tries: int, seconds: float) -> Iterator[Entry]:
    """What a settled delivery adds to the counts."""
    match state:
        case State.DELIVERED:
            yield (Kind.FIRST if tries <= 1 else Kind.RETRIED), ""
            yield Kind.LATENCY, str(bucket(seconds))
        case State.DISCARDED:
            yield Kind.DISCARDED, code
        case State.DEAD:
            yield Kind.DEAD, code
        case State.CANCELLED:
            yield Kind.CANCELLED, ""
        case _:
            pass


def stats(counts: Mapping[Entry, int], backlog: Backlog, hold: Hold | None) -> Stats:
    """The figures of one connection."""
    latencies = {int(key): count for key, count in _of(Kind.LATENCY, counts)}
    return Stats(
        first=counts.get((Kind.FIRST, ""), 0),
        retried=counts.get((Kind.RETRIED, ""), 0),
        waiting=backlog.waiting,
        retrying=backlog.retrying,
        held=backlog.held,
        discarded=dict(_of(Kind.DISCARDED, counts)),
        dead=dict(_of(Kind.DEAD, counts)),
        cancelled=counts.get((Kind.CANCELLED, ""), 0),
        p50=percentile(latencies, 0.50),
        p95=percentile(latencies, 0.95),
        hold=hold,
    )


def beats(rows: Iterable[tuple[int, str, Kind, int]], *, every: float) -> dict[str, list[Beat]]:
    """Rows of slot, connection, kind and count, put together in stretches of so many seconds."""
    slots = max(1, math.ceil(every / SLOT))
    counts = defaultdict[tuple[str, int], Counter[str]](Counter)
    for number, connection, kind, count in rows:
        if kind in TRENDS:
            counts[connection, number // slots][kind] += count
    found = defaultdict[str, list[Beat]](list)
    for (connection, stretch), one in sorted(counts.items()):
        found[connection].append(Beat(stretch * slots * SLOT, **one))
    return dict(found)


def opening(since: float, *, every: float) -> int:
    """The first slot of the stretch that a time lies in."""
    slots = max(1, math.ceil(every / SLOT))
    return slot(since) // slots * slots


def percentile(latencies: Mapping[int, int], share: float) -> float | None:
    """The seconds below which this share of the latencies lies; None without any."""
    wanted = math.ceil(share * sum(latencies.values()))
    passed = 0
    for number in sorted(latencies):
        passed += latencies[number]
        if passed >= wanted:
            return math.exp(number / 10)
    return None


def add(counts: Iterable[tuple[Entry, int]]) -> Counter[Entry]:
    """The sum of counts."""
    total = Counter[Entry]()
    for entry, count in counts:
        total[entry] += count
    return total


def _of(kind: Kind, counts: Mapping[Entry, int]) -> Iterator[tuple[str, int]]:
    return ((key, count) for (one, key), count in counts.items() if one is kind)
