"""What is to be said of a change of a mapping before it is saved."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segue.check import Finding, inspect
from segue.check import Report as Checked
from segue.console.bench import Bench, View
from segue.console.forms.draft import Said
from segue.diff import Report, compare
from segue.json import JsonValue, Missing, script
from segue.workspace.model import ActionMapping


SOME: Final = 300
"""Events that are tried before a save which nobody wants to wait for."""

PATIENCE: Final = 15.0
"""Seconds that a check or a comparison may take."""

SLOW: Final = "the mapping takes too long"


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be said of a change before it is saved. ``why`` says why there is no comparison.

    ``late`` says that the check was given up.
    """

    findings: tuple[Finding, ...] = ()
    report: Report | None = None
    why: str = ""
    late: bool = False

    @property
    def loud(self) -> Sequence[Finding]:
        """What should be looked at before it is saved."""
        return [one for one in self.findings if one.severity != "note"]

    @property
    def notes(self) -> Sequence[Finding]:
        """What is worth a look some time."""
        return [one for one in self.findings if one.severity == "note"]

    @property
    def errors(self) -> bool:
        """Whether some event would make the mapping fail, or nobody can tell in time."""
        return self.late or any(one.severity == "error" for one in self.findings)


async def check(bench: Bench, mapping: ActionMapping, *, budget: float | None = None) -> Review:
    """What ``segue check`` says of the mapping: in so many seconds, or after a few events."""
    name = f"{bench.connection.name}/{bench.name}"
    workspace = bench.changed(mapping)

    def work() -> Checked:
        raw = bench.reading.raw
        return inspect(workspace, budget=budget, most=SOME, only=(name,), raw=raw)

    try:
        return Review((await bench.desk.turns.take(work, PATIENCE)).findings)
    except TimeoutError:
        return Review(why=SLOW, late=True)


async def review(view: View, mapping: ActionMapping, budget: float) -> Review:
    """The findings, and what the last events would send differently."""
    bench = view.bench
    found = await check(bench, mapping, budget=budget)
    if bench.fresh or not view.samples.real or found.late:
        return found
    old, new = bench.changed(bench.mapping), bench.changed(mapping)
    events = [(one.source, one.event) for one in view.samples.events]

    def work() -> Report:
        of = bench.connection.name
        return compare(old, new, events, connection=of, mapping=bench.name, examples=1)

    try:
        return replace(found, report=await bench.desk.turns.take(work, PATIENCE))
    except TimeoutError:
        return replace(found, why=SLOW)
    except Exception as error:  # noqa: BLE001 an author's code may raise anything
        return replace(found, why=f"{type(error).__name__}: {error}")


def differences(one: Said, other: Said) -> list[str]:
    """What differs between two sayings, line by line."""
    found = difflib.unified_diff(_lines(one), _lines(other), lineterm="", n=2)
    return [line for line in found if not line.startswith(("---", "+++"))]


def _lines(said: Said) -> list[str]:
    fields = json.dumps(said.fields, indent=2, ensure_ascii=False, sort_keys=True).split("\n")
    return [f"trigger: {said.trigger}", *_chosen(said), *fields]


def _chosen(said: Said) -> Iterator[str]:
    for key in ("sync_mode", "matching_key"):
        if getattr(said, key):
            yield f"{key}: {getattr(said, key)}"


def groups(found: Review) -> Sequence[Mapping[str, object]]:
    """The kinds of differences, each with a value before and after."""
    return [
        {
            "where": group.place or "event",
            "what": f"{group.kind}: {group.detail}" if group.detail else group.kind,
            "count": group.count,
            "old": _short(group.examples[0].old) if group.examples and group.place else "",
            "new": _short(group.examples[0].new) if group.examples and group.place else "",
        }
        for one in (found.report.mappings if found.report else ())
        for group in one.groups
    ]


def _short(value: JsonValue | Missing) -> str:
    text = "nothing" if isinstance(value, Missing) else script(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
