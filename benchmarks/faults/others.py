"""The same kinds of faults in other places, which nobody looked at while the check was improved."""

from itertools import groupby
from multiprocessing import Pool
from random import Random
from typing import Any, Final, TypeAlias

from faults.catches import SOUGHT, WAYS, caught, rate
from faults.catching import seen
from faults.corpus import Case, cases
from faults.hidden import hidden
from faults.operators import Fault, faults
from faults.oracle import judge, problems


Row: TypeAlias = dict[str, Any]

MOST: Final = 12
"""Faults of a kind in a mapping; the study has fewer."""

EVENTS: Final = 4_000
"""Events that a fault is judged with; fewer than in the study, so that some count as not detectable."""


def said(count: int) -> str:
    """A sentence with what is caught of ``count`` faults that load, chosen at random."""
    picked = sorted(Random(1).sample(_fresh(), count))  # noqa: S311 the same each time
    tasks = [(at, [index for _, index in some]) for at, some in groupby(picked, lambda one: one[0])]
    with Pool(2) as pool:
        rows = [row for found in pool.imap_unordered(_rows, tasks) for row in found]
    counted = [row for row in rows if row["word"] in SOUGHT and not row["hidden"]]
    told = ", ".join(f"{rate(counted, way):.1%} {way} schema" for way in WAYS)
    return f"Faults in other places: {count}, of which {len(counted)} count; caught {told}."


def _more(case: Case) -> list[Fault]:
    """Faults of a mapping that are not in the study, and load."""
    known = {repr((one.trigger, one.fields)) for one in faults(case)}
    made = [one for one in faults(case, MOST) if repr((one.trigger, one.fields)) not in known]
    return [one for one in made if not problems(case, one)]


def _fresh() -> list[tuple[int, int]]:
    return [(at, index) for at, case in enumerate(cases()) for index in range(len(_more(case)))]


def _rows(task: tuple[int, list[int]]) -> list[Row]:
    at, chosen = task
    case = cases()[at]
    every = _more(case)
    made = [every[index] for index in chosen]
    known = {way: seen(case, schemas=way == "with") for way in WAYS}
    return [
        {
            "word": verdict.word,
            "hidden": hidden(case, fault, verdict.word),
            **caught(case, fault, known),
        }
        for fault, verdict in zip(made, judge(case, made, EVENTS), strict=True)
    ]
