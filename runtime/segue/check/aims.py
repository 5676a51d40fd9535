"""Triggers that take more than their mapping is made for."""

from collections.abc import Iterator, Sequence

from segue.check.contradiction import impossible, open_ways
from segue.check.grounds import PART_OF, Ground
from segue.check.model import Finding
from segue.check.subject import Keys, Subject
from segue.errors import pointer
from segue.mapping.paths import join_path
from segue.solving import Literal
from segue.trigger import And, Compare, List, Not, Or, Path, Text, Trigger, trigger_paths


def aims(subject: Subject) -> Iterator[Finding]:
    """S024 and S025, of triggers that the workspace wrote."""
    if subject.mapping.own_trigger:
        yield from _idle(subject)
        yield from _astray(subject)


def _idle(subject: Subject) -> Iterator[Finding]:
    """S024: an alternative of which every event is taken by another one, too."""
    for node in _choices(subject.mapping.trigger):
        for index, one in enumerate(node.conditions):
            first, *others = (*node.conditions[:index], *node.conditions[index + 1 :])
            wider = Or((first, *others)) if others else first
            if subject.grounds and all(_within(one, wider, met) for met in subject.grounds):
                message = f'"{one}" adds nothing: "{wider}" takes these events, and more'
                remedy = 'most likely "and" is meant for "or"; else leave it out'
                yield subject.find("S024", "warning", message, remedy, subject.trigger_place())
                return


def _choices(node: Trigger) -> Iterator[Or]:
    if isinstance(node, Or):
        yield node
    if isinstance(node, And | Or):
        for one in node.conditions:
            yield from _choices(one)


def _within(one: Trigger, other: Trigger, met: Ground) -> bool:
    """Whether every event of a ground that the one condition takes is one of the other."""
    named = any(path.parts[:1] == ("event",) for path in trigger_paths(one))
    if named and met.type != "track":
        return True
    return impossible(And((one, Not(other))), met) is not None


def _astray(subject: Subject) -> Iterator[Finding]:
    """S025: events of any name, or of another type, of which the mapping needs what only some have."""
    needed = [(name, paths) for name in subject.required if (paths := _own(subject, name))]
    for met in subject.grounds:
        name, paths = next((one for one in needed if _lacks(subject, met, one[1])), ("", []))
        if name:
            title = str(subject.fields.get(name, {}).get("title") or name)
            said = f'the required "{title}" is made of {join_path(paths[0])}'
            yield _finding(subject, met, f"{said}, which few of them have", pointer(name))
            return
    particular = sorted(
        {keys for name in subject.mapping.own_fields for keys in _own(subject, name)}
    )
    for met in subject.grounds:
        if met.type == "track" and len(particular) > 1 and _lacks(subject, met, particular):
            several = ", ".join(map(join_path, particular[:3]))
            yield _finding(subject, met, f"it reads {several}, which few of them have", "")
            return


def _finding(subject: Subject, met: Ground, why: str, field: str) -> Finding:
    own = met.type == "track"
    taken = "does not name its track events" if own else f"takes {met.type} events"
    meant = _meant(subject)
    remedy = f'take {meant} events only: type = "{meant}" and (…)'
    if own:
        remedy = 'name the events it is for: and event = "…"'
    message = f"the trigger {taken}, and {why}"
    return subject.find("S025", "warning", message, remedy, subject.trigger_place(), field=field)


def _own(subject: Subject, name: str) -> list[Keys]:
    """The paths that a field is made of, if each is a member of what the sender says."""
    paths = [keys for field, keys, _ in subject.readings if field == name]
    inside = [keys for keys in paths if len(keys) > 1 and keys[0] in {"properties", "traits"}]
    settled = any(
        place.role == "value" and place.at[0] == name and isinstance(place.value, str | int | float)
        for place in subject.places[1:]
    )
    return inside if len(inside) == len(paths) and not settled else []


def _lacks(subject: Subject, met: Ground, paths: list[Keys]) -> bool:
    """Whether most events of a ground have none of the paths, as far as is known."""
    if any(met.knows(one) in {"declared", "spec"} or _asked(subject, one) for one in paths):
        return False
    if not any(map(_loose, open_ways(subject.mapping.trigger, met))):
        return False
    if all(one[0] != PART_OF[met.type] for one in paths):
        return not subject.connection.functions
    return met.type == "track" and met.name is None


def _asked(subject: Subject, keys: Keys) -> bool:
    """Whether the trigger looks at a path, or at something above or below it."""
    return any(one[: len(keys)] == keys or keys[: len(one)] == one for one in subject.spoken)


def _loose(way: Sequence[Literal]) -> bool:
    """Whether a way to satisfy a trigger leaves the name of the event open."""
    return not any(wanted and _names(node) for node, wanted in way)


def _names(node: Trigger) -> bool:
    if not isinstance(node, Compare) or node.left != Path(("event",)):
        return False
    kind = {"=": Text, "in": List}.get(node.operator)
    return kind is not None and isinstance(node.right, kind)


def _meant(subject: Subject) -> str:
    """The type of the events whose part is read."""
    found = (keys[0] for name in subject.required for keys in _own(subject, name))
    part = next(found, "properties")
    types = [one.type for one in subject.grounds if PART_OF[one.type] == part]
    return types[0] if types else "track" if part == "properties" else "identify"
