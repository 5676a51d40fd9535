"""The study of the check: what it says of every fault, kept in a file, and counted by kind."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeAlias

from faults.catching import Seen, fresh, seen
from faults.corpus import Case, cases
from faults.hidden import hidden
from faults.operators import KINDS, Fault, faults
from faults.replaying import agrees, replayable
from faults.study import lines, load, name
from segue.check import Finding
from segue.errors import ConfigError


Json: TypeAlias = Any
Row: TypeAlias = dict[str, Any]

FILE: Final = Path(__file__).parent / "catches.jsonl"

SOUGHT: Final = frozenset({"refused", "emptied", "coerced"})
"""The verdicts that make a fault detectable and leave something to search."""

WAYS: Final = ("with", "without")


def study(processes: int = 2) -> Iterator[list[Row]]:
    """Rows of a mapping at a time: of itself, then of each of its faults."""
    with Pool(processes) as pool:
        yield from pool.imap(rows, range(len(cases())))


def rows(at: int) -> list[Row]:
    """What the check says of one mapping of the corpus and of its faults."""
    case = cases()[at]
    known = {way: seen(case, schemas=way == "with") for way in WAYS}
    words = [row["word"] for row in load() if row["case"] == case.name]
    made = [_original(case, known)]
    for fault, word in zip(faults(case), words, strict=True):
        made.append(
            {**name(fault), "hidden": hidden(case, fault, word), **caught(case, fault, known)}
        )
    return made


def _original(case: Case, known: Mapping[str, Seen]) -> Row:
    told = {way: [_told(one) for one in known[way].every] for way in WAYS}
    return {"case": case.name, "kind": "", **told, **_replayed(known)}


def caught(case: Case, fault: Fault, known: Mapping[str, Seen]) -> Row:
    """What is said of a fault, and was not of its original, which is ``known``."""
    try:
        made = {way: seen(case, fault, schemas=way == "with") for way in WAYS}
    except ConfigError:
        return {"load": True}
    new = {way: fresh(made[way].every, known[way].every) for way in WAYS}
    early = fresh(made["with"].static, known["with"].static)
    return {
        "static": [_told(one) for one in early],
        **{way: [_told(one) for one in new[way]] for way in WAYS},
        "keys": [extra(case, one.event) for one in new["with"] if one.event is not None],
        **_replayed(made),
    }


def _told(finding: Finding) -> str:
    return f"{finding.severity} {finding.code} {finding.field} {finding.rule}".rstrip()


def _replayed(made: Mapping[str, Seen]) -> Row:
    """How many counterexamples were replayed through the runtime, and how many went otherwise."""
    shown = [
        (made[way].workspace, one) for way in WAYS for one in made[way].every if replayable(one)
    ]
    return {"replayed": len(shown), "otherwise": sum(not agrees(*one) for one in shown)}


# How small a counterexample is


def extra(case: Case, event: Json) -> int:
    """The keys of an event, at any depth, beyond those that its schema or the specification asks for.

    One id is asked for by every schema, whichever it is.
    """
    said = f"track {event.get('event')}" if event["type"] == "track" else event["type"]
    schema = case.schemas.get(
        said, {"required": ["type", *(["event"] if event["type"] == "track" else [])]}
    )
    found = _extra(event, schema)
    ids = {"userId", "anonymousId"}
    return found - (1 if ids & event.keys() and not ids & {*schema["required"]} else 0)


def _extra(value: Json, schema: Json) -> int:
    if isinstance(value, list):
        return sum(_extra(one, schema.get("items", {})) for one in value)
    if not isinstance(value, dict):
        return 0
    needed, parts = schema.get("required", ()), schema.get("properties", {})
    own = sum(key not in needed for key in value)
    return own + sum(_extra(inner, parts.get(key, {})) for key, inner in value.items())


# Kept


def stored() -> list[Row]:
    """The rows that are stored."""
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def save(made: Iterable[Row]) -> None:
    """Keep the rows."""
    FILE.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), "utf-8")


# Tables


def joined(verdicts: Sequence[Row], catches: Sequence[Row]) -> list[Row]:
    """Verdict and catch of each fault in one row."""
    own = [row for row in catches if row["kind"]]
    return [{**verdict, **catch} for verdict, catch in zip(verdicts, own, strict=True)]


def counted(row: Row) -> bool:
    """Whether a fault counts: detectable, some event is needed to tell, and some schema could."""
    return row["word"] in SOUGHT and not row["hidden"]


def rate(found: Sequence[Row], way: str) -> float:
    """The share of faults that are caught."""
    return sum(bool(row[way]) for row in found) / len(found) if found else 1.0


def table(faulty: Sequence[Row]) -> Iterator[str]:
    """What is caught, by kind, as Markdown."""
    head = [
        *("kind", "faults", "do not load", "twice", "not detectable", "no schema could reveal", "**counted**"),
        *("static", "with schema", "", "as errors", "without schema", "", "one event: refused", "… seen"),
    ]  # fmt: skip
    yield from lines(head, (_counted(kind, own) for kind, own in _by_kind(faulty)))


def _by_kind(faulty: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    for kind in KINDS:
        yield kind, [row for row in faulty if row["kind"] == kind]
    yield "**all**", faulty


def _counted(kind: str, own: Sequence[Row]) -> list[object]:
    words = [row["word"] for row in own]
    out = len([word for word in words if word not in {*SOUGHT, "load", "twice"}])
    beyond = sum(row["word"] in SOUGHT and row["hidden"] for row in own)
    found = [row for row in own if counted(row)]
    errors = sum(any(one.startswith("error") for one in row["with"]) for row in found)
    return [
        *(kind, len(own), words.count("load"), words.count("twice"), out, beyond, len(found)),
        sum(bool(row["static"]) for row in found),
        *_share(found, "with"),
        errors,
        *_share(found, "without"),
        sum(row["first"] == "refused" for row in found),
        sum(row["first"] != "" for row in found),
    ]


def _share(found: Sequence[Row], way: str) -> tuple[int, str]:
    return sum(bool(row[way]) for row in found), f"{rate(found, way):.0%}" if found else "-"


def notes(faulty: Sequence[Row], originals: Sequence[Row]) -> Iterator[str]:
    """What stands beside the table: what does not count, the good mappings, the counterexamples."""
    strict = [row for row in faulty if row["word"] in SOUGHT]
    told = ", ".join(f"{rate(strict, way):.1%} {way} schema" for way in WAYS)
    yield f"With those counted that no schema could reveal: {told}, of {len(strict)}."
    for word, said in (
        ("twice", "are sent twice"),
        ("dead", "read a dead path and change nothing else"),
    ):
        own = [row for row in faulty if row["word"] == word]
        yield f"Apart: {sum(bool(row['with']) for row in own)} of {len(own)} that {said} are caught."
    rest = [row for row in faulty if row["word"] not in SOUGHT | {"load", "twice", "dead"}]
    wrong = sum(any(one.startswith("error") for one in row["with"]) for row in rest)
    yield f"Not detectable otherwise: {len(rest)}; {sum(bool(row['with']) for row in rest)} get a finding with schema, {wrong} an error."
    yield from _good(originals)
    keys = sorted(one for row in faulty if counted(row) for one in row["keys"])
    yield f"Counterexamples with schema: {len(keys)}; keys beyond the required: median {median(keys):g}, nine in ten at most {keys[len(keys) * 9 // 10]}, the most {keys[-1]}."
    both = [*faulty, *originals]
    shown, other = (sum(row.get(key, 0) for row in both) for key in ("replayed", "otherwise"))
    yield f"Replayed through the runtime: {shown:,}; {other} went otherwise than said."


def _good(originals: Sequence[Row]) -> Iterator[str]:
    for way in WAYS:
        errors, warnings = (
            [sum(one.startswith(word) for one in row[way]) for row in originals]
            for word in ("error", "warning")
        )
        yield f"Good mappings {way} schema: {sum(errors)} errors; warnings {sum(warnings)}, median {median(warnings):g} a mapping, the most {max(warnings)}."
    named = [
        (row["case"], sum(one.startswith("warning") for one in row["with"])) for row in originals
    ]
    yield (
        "Warnings with schema: "
        + ", ".join(f"{case} {count}" for case, count in named if count)
        + "; none of the others."
    )
