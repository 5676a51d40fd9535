"""Triggers that match nothing, or events that nobody has declared."""

from collections.abc import Iterator
from difflib import get_close_matches

from segue.check.contradiction import impossible
from segue.check.model import Finding, Severity
from segue.check.subject import Subject
from segue.schemas import Schemas
from segue.solving import ways
from segue.trigger import Compare, List, Path, Text, Trigger


def triggers(subject: Subject, schemas: Schemas) -> Iterator[Finding]:
    """S001 and S002."""
    trigger = subject.mapping.trigger
    reason = impossible(trigger)
    if reason is not None or not subject.grounds:
        message = f"the trigger can never match: {reason or _ruled_out(subject)}"
        remedy = "correct the trigger, or set enabled: false"
        yield subject.find("S001", "error", message, remedy, subject.trigger_place())
        return
    if not schemas.track:
        return
    for name in [one for one in names(trigger) if one not in schemas.track]:
        near = get_close_matches(name, schemas.track, n=1, cutoff=0.75)
        severity: Severity = "warning" if near else "note"
        message = f'no schema is declared for the track event "{name}"'
        remedy = f'did you mean "{near[0]}"?' if near else "declare one, so that it can be checked"
        yield subject.find("S002", severity, message, remedy, subject.trigger_place(), rule=name)


def _ruled_out(subject: Subject) -> str:
    return f'the schemas rule out every event that "{subject.mapping.trigger}" asks for'


def names(trigger: Trigger) -> list[str]:
    """The names of events that a trigger asks for."""
    found: list[str] = []
    for way in ways(trigger):
        for node, wanted in way:
            if wanted and isinstance(node, Compare) and node.left == Path(("event",)):
                found += _texts(node)
        if len(found) > 500:
            break
    return list(dict.fromkeys(found))


def _texts(node: Compare) -> list[str]:
    if node.operator == "=" and isinstance(node.right, Text):
        return [node.right.value]
    if node.operator == "in" and isinstance(node.right, List):
        return [one.value for one in node.right.items if isinstance(one, Text)]
    return []
