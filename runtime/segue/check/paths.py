"""Paths that lead nowhere, and required fields that only such or optional paths feed."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from segue.check.grounds import PART_OF, Ground, Known
from segue.check.model import Finding, Severity
from segue.check.subject import Keys, Subject, spelled
from segue.fields.schema import required


DIGITS: Final = "0123456789"


def unknown_paths(subject: Subject, counts: Mapping[Keys, int]) -> Iterator[Finding]:
    """S005: paths that no schema has. ``counts`` say how often the workspace reads each."""
    told: set[tuple[str, Keys]] = set()
    for name, keys, reading in subject.readings:
        if (name, keys) not in told:
            told.add((name, keys))
            own = name in subject.mapping.own_fields
            dead = _alone(subject, name, keys)
            beside = {
                other for field, other, _ in subject.readings if field == name and other != keys
            }
            others = {one: count for one, count in counts.items() if one not in beside}
            yield from _unknown(subject, keys, subject.where(reading.pointer), own, dead, others, name)  # fmt: skip
    for keys in subject.spoken if subject.mapping.own_trigger else ():
        yield from _unknown(subject, keys, subject.trigger_place(), True, False, counts, "")  # noqa: FBT003


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
    counts: Mapping[Keys, int],
    name: str,
) -> Iterator[Finding]:
    known: list[Known] = [one.knows(keys) for one in subject.grounds]
    near = nearest(keys, subject.grounds, counts, known)
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
    message = f"{spelled(keys)} is in no schema of {kinds}{more}: {what}"
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


def nearest(
    keys: Keys, grounds: Sequence[Ground], counts: Mapping[Keys, int], known: Sequence[Known]
) -> str | None:
    """The path that was most likely meant: one key differs, and that a little."""
    beside = {(*keys[:-1], name) for one in grounds for name in one.beside(keys)}
    for depth in range(len(keys)):
        beside |= {
            (*keys[:depth], name, *keys[depth + 1 :])
            for one in grounds
            for name in one.beside(keys[: depth + 1])
        }
    if all(one in {"free", "unlisted"} for one in known):
        beside |= {
            one
            for one, count in counts.items()
            if len(one) == len(keys) and count >= counts.get(keys, 0)
        }
    close = sorted((one for one in beside if one != keys and _slip(keys, one)), key=spelled)
    if not close and _swapped(keys, grounds):
        close = [(part, *keys[1:]) for part in sorted(_swapped(keys, grounds))]
    return spelled(close[0]) if close else None


def _swapped(keys: Keys, grounds: Sequence[Ground]) -> set[str]:
    """The part that the events have, where the path starts at the one that they have not."""
    parts = {PART_OF[one.type] for one in grounds}
    if keys[0] not in {"properties", "traits"} or keys[0] in parts or len(keys) == 1:
        return set()
    return parts - {""}


def _slip(one: Keys, other: Keys) -> bool:
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and _misspelled(*differing[0])


def _misspelled(one: str, other: str) -> bool:
    """Whether two names differ by case and punctuation only, or by one slip of the hand."""
    plain, known = (text.casefold().replace("_", "").replace("-", "") for text in (one, other))
    if plain == known:
        return True
    if min(len(plain), len(known)) < 4 or plain.rstrip(DIGITS) == known.rstrip(DIGITS):
        return False
    if sorted(plain) == sorted(known):
        return sum(a != b for a, b in zip(plain, known, strict=True)) == 2
    blocks = SequenceMatcher(None, plain, known, autojunk=False).get_matching_blocks()
    common, longest = sum(block.size for block in blocks), max(len(plain), len(known))
    if plain + "s" == known or known + "s" == plain:
        return False
    return common == longest - 1


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
        message = f'the required field "{name}" is fed by {spelled(keys)} alone, which {lacking[0]} need not have'
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
        if not above or any(key not in required(one) for one in above):
            return True
    return False
