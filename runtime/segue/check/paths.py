"""Paths that lead nowhere, and required fields that only such or optional paths feed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from segue.check.grounds import Ground, Known, asks
from segue.check.model import Finding, Severity
from segue.check.nearness import Clues
from segue.check.subject import Keys, Subject
from segue.fields.schema import kinds
from segue.mapping import mapping_paths
from segue.mapping.paths import join_path


def unknown_paths(subject: Subject, counts: Mapping[Keys, int]) -> Iterator[Finding]:
    """S005: paths that no schema has. ``counts`` say how often the workspace reads each."""
    told: set[tuple[str, Keys]] = set()
    for name, keys, reading in subject.readings:
        if (name, keys) not in told:
            told.add((name, keys))
            own = name in subject.mapping.own_fields
            dead = _alone(subject, name, keys)
            clues = _clues(subject, name, keys, reading.pointer, counts)
            yield from _unknown(subject, keys, subject.where(reading.pointer), own, dead, clues, name)  # fmt: skip
    clues = Clues(subject.grounds, counts)
    for keys in subject.spoken if subject.mapping.own_trigger else ():
        yield from _unknown(subject, keys, subject.trigger_place(), True, False, clues, "")  # noqa: FBT003


def _clues(
    subject: Subject, name: str, keys: Keys, place: str, counts: Mapping[Keys, int]
) -> Clues:
    """What a path is held against. The other paths of its field are there for when it is missing."""
    beside = {other for field, other, _ in subject.readings if field == name and other != keys}
    read = {one: count for one, count in counts.items() if one not in beside}
    mapped = mapping_paths(subject.mapping.action.mapping)
    usual = tuple(one.keys for one in mapped if one.keys and one.within is None)
    # The innermost place: what leads to it stands before it.
    at = next(
        (one for one in reversed(subject.places) if f"{place}/".startswith(f"{one.pointer}/")), None
    )
    if at is None:
        return Clues(subject.grounds, read, usual)
    many = {"array", "object"} & {*kinds(at.schema)}
    return Clues(subject.grounds, read, usual, at.name, not many)


def _alone(subject: Subject, name: str, keys: Keys) -> bool:
    """Whether a field has this path and nothing else to be made of, which no function may add."""
    if subject.connection.functions:
        return False
    value = subject.mapping.fields.get(name)
    paths = {found for field, found, _ in subject.readings if field == name}
    return paths == {keys} and isinstance(value, dict) and set(value) == {"@path"}


def _unknown(
    subject: Subject,
    keys: Keys,
    where: str,
    own: bool,  # noqa: FBT001
    dead: bool,  # noqa: FBT001
    clues: Clues,
    name: str,
) -> Iterator[Finding]:
    known: list[Known] = [one.knows(keys) for one in subject.grounds]
    meant = clues.near(keys)
    near = join_path(meant) if meant else None
    severity = _severity(known, near, own=own, dead=dead)
    if severity is None:
        return
    kinds = ", ".join(str(one) for one in subject.grounds[:3])
    never = all(one == "never" for one in known)
    what = "no event can have it" if never else "nothing is known of it"
    more = ", …" if len(subject.grounds) > 3 else ""
    remedy = (
        f"did you mean {near}?" if near else "read a path that the schema declares, or declare it"
    )
    message = f"{join_path(keys)} is in no schema of {kinds}{more}: {what}"
    yield subject.find("S005", severity, message, remedy, where, field=f"/{name}" if name else "")


def _severity(
    known: Sequence[Known], near: str | None, *, own: bool, dead: bool
) -> Severity | None:
    if not known or any(one in {"declared", "spec"} for one in known):
        return None
    if all(one == "never" for one in known):
        return "error" if own and dead else "warning" if own else "note"
    if near is not None and own:
        return "warning"
    return "warning" if own and all(one in {"unlisted", "never"} for one in known) else None


def fed_by_optional(subject: Subject) -> Iterator[Finding]:
    """S007: required fields made of one path that an event need not have."""
    for name in subject.required:
        value = subject.mapping.fields.get(name)
        paths = [(keys, one) for field, keys, one in subject.readings if field == name]
        if len(paths) != 1 or not isinstance(value, dict) or set(value) != {"@path"}:
            continue
        ((keys, reading),) = paths
        lacking = [one for one in subject.grounds if _optional(one, keys, subject.spoken)]
        if not lacking or keys in subject.spoken:
            continue
        sure = all(one.declared and one.knows(keys) == "declared" for one in lacking)
        message = f'the required field "{name}" is fed by {join_path(keys)} alone, which {lacking[0]} need not have'
        remedy = 'give it something else with "@if" and "else", or ask for the path in the trigger'
        severity: Severity = "warning" if sure else "note"
        yield subject.find(
            "S007", severity, message, remedy, subject.where(reading.pointer), field=f"/{name}", rule="required"
        )  # fmt: skip


_FILLED: Final = frozenset({"timestamp", "receivedAt", "originalTimestamp", "messageId", "type"})


def _optional(ground: Ground, keys: Keys, spoken: Sequence[Keys]) -> bool:
    """Whether an event of this kind may be without a path.

    Not so where arrival fills it in, nor above what the trigger reads.
    """
    if keys[0] in _FILLED and len(keys) == 1:
        return False
    for depth, key in enumerate(keys):
        if any(one[: depth + 1] == keys[: depth + 1] for one in spoken):
            continue
        above = ground.at(keys[:depth]) if depth else [ground.whole]
        if not above or not all(asks(one, key) for one in above):
            return True
    return False
