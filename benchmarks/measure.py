"""Rounds in which both sides do every case in turn, so that a noisy moment strikes both."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from cases import Case
from worker import Worker


Column = str  # "segue", "reference", or "parsed once": the reference where it may parse ahead


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure: in each round ``slices`` of about ``slice`` seconds, after ``warm`` seconds."""

    rounds: int
    slice: float
    slices: int
    warm: float


@dataclass(frozen=True, slots=True)
class Row:
    """One case measured. ``rounds`` hold the seconds of one iteration by column."""

    case: Case
    rounds: Sequence[Mapping[Column, float]]

    def seconds(self, column: Column) -> list[float]:
        return [times[column] for times in self.rounds if column in times]

    def typical(self, column: Column) -> float | None:
        seconds = self.seconds(column)
        return median(seconds) if seconds else None

    def ratios(self, column: Column) -> list[float]:
        """How many times faster than that column Segue was, round by round."""
        return [times[column] / times["segue"] for times in self.rounds if column in times]


@dataclass(slots=True)
class Entrant:
    """One case in one column, prepared in its process."""

    column: Column
    worker: Worker
    case: Case
    work: str
    iterations: int = field(default=1, init=False)

    @property
    def name(self) -> str:
        return f"{self.case.name}, {self.column}"

    def prepare(self) -> None:
        self.worker.prepare(self.name, self.work, dict(self.case.inputs))

    def result(self) -> str:
        return json.dumps(self.worker.result(self.name), sort_keys=True)

    def warm(self, plan: Plan) -> None:
        """Run for a while, and find how many iterations fill a slice."""
        seconds, spent = 0.0, 0.0
        while seconds < plan.slice or spent < plan.warm:
            seconds = self.worker.time(self.name, self.iterations)
            spent += seconds
            if seconds < plan.slice:
                growth = min(10, 1.2 * plan.slice / max(seconds, 1e-6))
                self.iterations = int(self.iterations * growth) + 1

    def slice(self) -> float:
        """Seconds for one iteration."""
        return self.worker.time(self.name, self.iterations) / self.iterations


def measure(cases: Sequence[Case], ours: Worker, peer: Worker | None, plan: Plan) -> list[Row]:
    """Raises SystemExit where the two sides do not come to the same result."""
    fields = [entrants(case, ours, peer) for case in cases]
    for each in fields:
        ready(each, plan)
    turns = [[lap(each, turn, plan.slices) for each in fields] for turn in range(plan.rounds)]
    return [Row(case, times) for case, *times in zip(cases, *turns, strict=True)]


def entrants(case: Case, ours: Worker, peer: Worker | None) -> list[Entrant]:
    found = [Entrant("segue", ours, case, case.work)]
    if peer:
        found.append(Entrant("reference", peer, case, case.work))
    if peer and case.parsed:
        found.append(Entrant("parsed once", peer, case, f"{case.work}, parsed once"))
    return found


def ready(entrants: Sequence[Entrant], plan: Plan) -> None:
    for entrant in entrants:
        entrant.prepare()
    results = {entrant.name: entrant.result() for entrant in entrants}
    if len(set(results.values())) > 1:
        raise SystemExit("These must be equal.\n" + "\n".join(map(": ".join, results.items())))
    for entrant in entrants:
        entrant.warm(plan)


def lap(entrants: Sequence[Entrant], turn: int, slices: int) -> dict[Column, float]:
    """One round of one case: slice by slice in turn, the best of each; what else runs here only adds.

    Every other round the other side begins.
    """
    order = entrants[::-1] if turn % 2 else entrants
    times = [{entrant.column: entrant.slice() for entrant in order} for _ in range(slices)]
    return {column: min(each[column] for each in times) for column in times[0]}
