"""The bars the figures are held against."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from cases import NAMED, WORKS
from diffing import Figures
from durable import ALONE, CLAIMED, RATE, Figure
from load import MAPPINGS, Load
from measure import Row
from plugins import PLUGINS, Loaded
from table import factor, quantity


@dataclass(frozen=True, slots=True)
class Bar:
    sentence: str
    found: str
    passed: bool

    def __str__(self) -> str:
        return f"{'PASS' if self.passed else 'FAIL'}  {self.sentence}: {self.found}"


FASTER = {WORKS["payload"]: 5.0, WORKS["alike"]: 5.0, WORKS["all"]: 3.0}
GROWTH = 1.5
LOAD = 2.0  # seconds
WAKE = 1.0  # seconds
HOLD = 60  # MiB

DELIVERIES: Mapping[str, float] = {"50 in flight": 2.0, f"50 in flight{ALONE}": 1.5}
"""Times the reference's: as it is shipped, and in one process on one core."""

LIMITS: Mapping[str, float] = {
    "Events accepted, batches of 100": 25_000,
    "Memory of a queued event": 100,
    "First delivery": 2_000,
}
CLAIM = 1.5
COMPARED = 20_000  # events/s
STEADY = 1.1  # times the memory for ten times the events
HAND_OVER = 0.1  # ms from thread to thread and back, as the kernel places them
SHARED = 0.4
"""Of a rate, so much is asked of a short run on a machine that others use too."""


def bars(rows: Sequence[Row], loads: Sequence[Load]) -> Iterator[Bar]:
    yield from faster(rows)
    yield growth({row.case.subject: row for row in rows if row.case.title == NAMED})
    best = min(load.seconds for load in loads)
    yield Bar(f"{MAPPINGS:,} mappings load in under {LOAD:g} s", f"{best:.2f} s", best < LOAD)


def plugins(loaded: Sequence[Loaded]) -> Iterator[Bar]:
    seconds = min(one.seconds for one in loaded)
    what = f"{PLUGINS} plugins with {loaded[0].actions} actions"
    yield Bar(f"{what} load in under {WAKE:g} s", f"{seconds:.2f} s", seconds < WAKE)
    grown = [one.bytes for one in loaded if one.bytes is not None]
    held = median(grown) / 2**20 if grown else 0
    found = f"{held:.0f} MiB" if grown else "not measured"
    yield Bar(f"{what} hold less than {HOLD} MiB", found, bool(grown) and held < HOLD)


def faster(rows: Sequence[Row]) -> Iterator[Bar]:
    for row in rows:
        limit, ratios = FASTER.get(row.case.title), row.ratios("reference")
        if limit:
            sentence = f"{row.case.name}: at least {limit:g}x the reference's speed"
            typical = median(ratios) if ratios else 0
            yield Bar(sentence, factor(typical) if ratios else "not measured", typical >= limit)


def growth(by_size: dict[str, Row]) -> Bar:
    """Among 1,000 against among one, round by round."""
    few, many = by_size["1"].seconds("segue"), by_size["1,000"].seconds("segue")
    typical = median(after / before for before, after in zip(few, many, strict=True))
    sentence = f"Matching among 1,000 mappings costs at most {GROWTH}x of among one"
    return Bar(sentence, factor(typical), typical <= GROWTH)


def durable(figures: Sequence[Figure], *, quick: bool) -> Iterator[Bar]:
    """The best round counts: whatever else the machine does only takes away."""
    share = SHARED if quick else 1.0
    for one in figures:
        name = f"{one.title}, {one.subject}"
        limit = next((limit for start, limit in LIMITS.items() if name.startswith(start)), None)
        if one.unit == RATE and one.subject in DELIVERIES:
            yield delivered(one, DELIVERIES[one.subject] * share)
        elif limit is not None and one.unit == RATE:
            yield at_least(name, one, limit * share)
        elif limit is not None:
            yield at_most(name, one, limit)
    claims = [one for one in figures if one.title == CLAIMED]
    for small, large in zip(claims[::2], claims[1::2], strict=True):
        allowed = CLAIM * small.best("segue") + HAND_OVER
        yield at_most(f"{large.title} {large.subject}", large, allowed)


def compared(found: Figures, *, quick: bool) -> Iterator[Bar]:
    limit = COMPARED * (SHARED if quick else 1.0)
    for name, one in (("a file", found.file), ("the store", found.store)):
        what = f"{one.events:,} events from {name} are compared"
        yield Bar(f"{what} at {limit:,.0f}/s at least", f"{one.rate:,.0f}/s", one.rate >= limit)
    grown = found.file.bytes / found.few.bytes
    sentence = (
        f"{found.file.events:,} events need at most {STEADY}x the memory of {found.few.events:,}"
    )
    yield Bar(sentence, factor(grown), grown <= STEADY)


def delivered(figure: Figure, limit: float) -> Bar:
    sentence = f"Deliveries, {figure.subject}: at least {limit:g}x the reference's"
    if not figure.ratios():
        return Bar(sentence, "not measured", passed=False)
    best = figure.best("segue") / figure.best("reference")
    return Bar(sentence, factor(best), best >= limit)


def at_least(name: str, figure: Figure, limit: float) -> Bar:
    best = figure.best("segue")
    sentence = f"{name}: at least {quantity(limit, figure.unit)}"
    return Bar(sentence, quantity(best, figure.unit), best >= limit)


def at_most(name: str, figure: Figure, limit: float) -> Bar:
    best = figure.best("segue")
    sentence = f"{name}: at most {quantity(limit, figure.unit)}"
    return Bar(sentence, quantity(best, figure.unit), best <= limit)
