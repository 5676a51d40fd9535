"""The study: every fault of the corpus judged, kept in a file, and counted by kind."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Final, TypeAlias

from faults import baseline
from faults.corpus import Case, cases
from faults.operators import KINDS, Fault, faults
from faults.oracle import EFFECTS, EXCLUDED, judge, judge_loose


Row: TypeAlias = dict[str, Any]

FILE: Final = Path(__file__).parent / "verdicts.jsonl"
FULL: Final = 100_000
QUICK: Final = 5_000
LOOSE: Final = 10
"""Of so many events of the plan, one is loosened where no event of the plan shows a fault."""


def study(count: int, known: Sequence[Row] = (), processes: int = 2) -> Iterator[list[Row]]:
    """Rows for every fault, complete but for those that are still being judged; more each time.

    A mapping is not judged again whose faults are ``known`` after as many events.
    """
    rows = {case: [*own] for case, own in groupby(known, lambda row: str(row["case"]))}
    names = [case.name for case in cases()]
    tasks = [(at, count) for at, case in enumerate(cases()) if _is_new(case, rows, count)]
    with Pool(processes) as pool:
        for found in pool.imap_unordered(_rows, tasks):
            rows[found[0]["case"]] = found
            yield [row for name in names for row in rows.get(name, ())]


def _is_new(case: Case, rows: Mapping[str, Sequence[Row]], count: int) -> bool:
    known = rows.get(case.name, ())
    made = [json.loads(json.dumps(name(fault))) for fault in faults(case)]
    same = [{key: row[key] for key in one} for one, row in zip(made, known, strict=False)]
    return made != same or len(made) != len(known) or any(row["events"] < count for row in known)


def _rows(task: tuple[int, int]) -> list[Row]:
    at, count = task
    case = cases()[at]
    made = [*faults(case)]
    verdicts = judge(case, made, count)
    loose = judge_loose(case, made, count // LOOSE)
    samples = {"sample": baseline.shipped(case), "first": baseline.first(case)}
    return [
        {
            **name(fault),
            "events": count,
            **asdict(verdict),
            "loose": verdict.detectable or found,
            **{
                which: baseline.seen(case, fault, event, loads=verdict.word != "load")
                for which, event in samples.items()
            },
        }
        for fault, verdict, found in zip(made, verdicts, loose, strict=True)
    ]


def name(fault: Fault) -> Row:
    """What tells a fault from the others."""
    return {key: getattr(fault, key) for key in ("case", "kind", "at", "was", "now")}


def load() -> list[Row]:
    """The rows that are stored."""
    if not FILE.exists():
        return []
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def save(rows: Iterable[Row]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    fresh = FILE.with_suffix(".new")
    fresh.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    fresh.replace(FILE)


def mutants() -> Iterator[tuple[Case, Fault]]:
    """Every fault with its mapping, for those who judge it in another way."""
    for case in cases():
        for fault in faults(case):
            yield case, fault


# Tables


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The study as Markdown: verdicts by kind, what is excluded and why, what a sample event shows."""
    yield from lines(
        [
            "kind",
            "faults",
            *EFFECTS,
            "**detectable**",
            "emptied only at times",
            *EXCLUDED,
            "**excluded**",
        ],
        (_counted(kind, own) for kind, own in _by_kind(rows)),
    )
    yield ""
    yield from lines(
        [
            "kind",
            "detectable, loads",
            "shipped sample: refused",
            "… seen",
            "first event: refused",
            "… seen",
            "also without schema",
        ],
        (_caught(kind, own) for kind, own in _by_kind(rows)),
    )


def _by_kind(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        if own:
            yield kind, own
    yield "**all**", [*rows]


def _counted(kind: str, rows: Sequence[Row]) -> list[object]:
    words: Mapping[str, int] = Counter(row["word"] for row in rows)
    found, left = (sum(words[one] for one in group) for group in (EFFECTS, EXCLUDED))
    times = sum(row["word"] == "emptied" and not row["always"] for row in rows)
    told = [*(words[one] for one in EFFECTS), found, times, *(words[one] for one in EXCLUDED)]
    return [kind, len(rows), *told, f"{left} ({left / len(rows):.0%})"]


def _caught(kind: str, rows: Sequence[Row]) -> list[object]:
    sought = [row for row in rows if row["word"] in EFFECTS and row["word"] != "load"]
    told: list[object] = []
    for which in ("sample", "first"):
        told += (
            sum(row[which] == "refused" for row in sought),
            sum(row[which] != "" for row in sought),
        )
    more = sum(row["loose"] for row in rows if row["word"] in EXCLUDED)
    return [kind, len(sought), *told, more]


def lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
