"""The bars the figures are held against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from cases import NAMED, WORKS
from load import MAPPINGS, Load
from measure import Row
from table import factor


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


def bars(rows: Sequence[Row], loads: Sequence[Load]) -> Iterator[Bar]:
    yield from faster(rows)
    yield growth({row.case.subject: row for row in rows if row.case.title == NAMED})
    best = min(load.seconds for load in loads)
    yield Bar(f"{MAPPINGS:,} mappings load in under {LOAD:g} s", f"{best:.2f} s", best < LOAD)


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
