"""A workspace, checked: from its file to a report."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final, cast

from segue.check import regressions
from segue.check.aims import aims
from segue.check.branches import idle_branches
from segue.check.constants import constants
from segue.check.literals import secrets, wrong_literals
from segue.check.model import Evidence, Finding, Report, ranked
from segue.check.paths import fed_by_optional, unknown_paths
from segue.check.searching import MOST, Search
from segue.check.shapes import wrong_shapes
from segue.check.subject import Subject
from segue.check.triggers import triggers
from segue.check.twins import twins
from segue.json import JsonObject
from segue.workspace import Workspace, yaml


ENDLESS: Final = 1_000_000
"""Events for each mapping where time is what ends a search."""


def inspect(
    workspace: Workspace,
    *,
    seed: int = 0,
    budget: float | None = None,
    most: int = MOST,
    clock: Callable[[], float] = monotonic,
    folder: Path | None = None,
    only: Collection[str] = (),
    raw: JsonObject | None = None,
) -> Report:
    """Everything that is to be said of the mappings of a workspace that was read from a file.

    The same seed finds the same, however fast the machine is: ``most`` events are tried of each
    mapping. With a ``budget``, in seconds, time decides instead. ``folder`` holds events that failed
    before, ``checks`` beside the file unless told otherwise. With ``only``, names such as
    ``emails/orders``, the others are read, and nothing is said of them. ``raw`` is the value of the
    file, for those who have read it and need no lines of it.
    """
    text = workspace.file.read_text(encoding="utf-8") if workspace.file and raw is None else ""
    known = [*subjects(workspace, text)] if raw is None else [*_subjects(workspace, raw)]
    every = [one for one in known if not only or one.name in only]
    found = list(static(workspace, known, every))
    kept = folder or (workspace.file.parent / regressions.FOLDER if workspace.file else None)
    evidence: list[Evidence] = []
    start = clock()
    for index, subject in enumerate(every):
        until = None if budget is None else start + budget * (index + 1) / len(every)
        search = Search(
            subject,
            seed,
            most if until is None else ENDLESS,
            _known(kept, subject),
            _never if until is None else _past(clock, until),
        )
        findings, seen = search.run()
        found += findings
        evidence.append(seen)
    return _report(workspace, every, _settled(found), evidence, seed)


def _never() -> bool:
    return False


def _past(clock: Callable[[], float], until: float) -> Callable[[], bool]:
    return lambda: clock() >= until


def _known(folder: Path | None, subject: Subject) -> list[JsonObject]:
    if folder is None:
        return []
    return regressions.load(folder, subject.connection.name, subject.mapping.name)


def subjects(workspace: Workspace, text: str) -> Iterator[Subject]:
    """The mappings that are switched on, each with what the text says of it, and where."""
    document = yaml.read(text)

    def locate(where: str) -> tuple[int, int]:
        place = document.places.find(where, key=True)
        return place.line, place.column

    return (replace(one, locate=locate) for one in _subjects(workspace, document.value))


def _subjects(workspace: Workspace, raw: object) -> Iterator[Subject]:
    for connection in workspace.connections.values():
        said = _member(raw, "connections", connection.name, "mappings")
        for mapping in connection.mappings if connection.enabled else ():
            if mapping.enabled:
                text = _member(said, mapping.name)
                yield Subject(connection, mapping, workspace.schemas, text)


def _member(value: object, *keys: str) -> JsonObject:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return cast("JsonObject", value) if isinstance(value, Mapping) else {}


def static(
    workspace: Workspace, known: Sequence[Subject], every: Sequence[Subject]
) -> Iterator[Finding]:
    """What can be told of ``every`` subject without an event, given all that are ``known``."""
    reads = [keys for one in known for _, keys, _ in one.readings]
    counts = Counter([*reads, *(keys for one in known for keys in one.spoken)])
    for subject in every:
        yield from triggers(subject, workspace.schemas)
        yield from aims(subject)
        yield from unknown_paths(subject, counts)
        yield from fed_by_optional(subject)
        yield from wrong_literals(subject)
        yield from constants(subject)
        yield from wrong_shapes(subject, known)
        yield from idle_branches(subject)
        yield from secrets(subject)
    yield from twins(known, {one.name for one in every})


def _settled(found: Sequence[Finding]) -> list[Finding]:
    """Without what another finding about the same field says better."""
    known = {
        (one.subject, one.field, *said)
        for one in found
        for said in ((one.code, ""), (one.code, one.rule), (one.code, one.severity))
    }
    return [
        one
        for one in found
        if not any((one.subject, one.field, *better) in known for better in _better(one))
    ]


def _better(one: Finding) -> Iterator[tuple[str, str]]:
    """Codes, of any kind, of one rule or of one severity, beside which a finding says nothing new."""
    yield from _BETTER.get(one.code, ())
    rule = one.rule.removesuffix(":empty")
    if rule != one.rule:
        yield one.code, rule
    if one.code == "S013" and not one.rule.endswith(":unread"):
        yield one.code, f"{rule}:unread"


_BETTER: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "S007": (("S011", ""),),
    "S016": (("S005", ""),),
    "S022": (("S010", "error"),),
}


def _report(
    workspace: Workspace,
    every: Sequence[Subject],
    found: Sequence[Finding],
    evidence: Sequence[Evidence],
    seed: int,
) -> Report:
    """The findings, apart from those that the workspace ignores."""
    reasons = {
        (one.connection.name, one.mapping.name, code): str(reason)
        for one in every
        for code, reason in _member(one.text, "ignore").items()
    }
    told = [(one, reasons.get((one.connection, one.mapping, one.code))) for one in found]
    ignored = [replace(one, ignored=reason) for one, reason in told if reason is not None]
    used = {(one.connection, one.mapping, one.code) for one in ignored}
    idle = [_idle(one, code) for one in every for code in _member(one.text, "ignore") if (one.connection.name, one.mapping.name, code) not in used]  # fmt: skip
    left = [one for one, reason in told if reason is None]
    file = str(workspace.file or "")
    return Report(file, ranked([*left, *idle]), tuple(evidence), ranked(ignored), seed)


def _idle(subject: Subject, code: str) -> Finding:
    where = f"{subject.where()}/ignore/{code}"
    message = f"{code} is ignored here, and there is none"
    return subject.find("S009", "note", message, "remove the line", where, rule=code)
