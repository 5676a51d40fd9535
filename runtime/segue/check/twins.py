"""Mappings that send what another one sends."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from segue.check.model import Finding
from segue.check.subject import Subject
from segue.json import encode
from segue.samples import by_type
from segue.solving import solve
from segue.trigger import And


def twins(subjects: Sequence[Subject]) -> Iterator[Finding]:
    """S003 and S004: of two mappings that make the same of the same events, the later one."""
    told: set[int] = set()
    for one, other in combinations(subjects, 2):
        if id(other) in told or not _alike(one, other):
            continue
        told.add(id(other))
        first = one.mapping.name if one.connection is other.connection else f"{one.connection.name}/{one.mapping.name}"  # fmt: skip
        if one.mapping.trigger == other.mapping.trigger and one.connection is other.connection:
            message = f'it is identical to "{first}": every event is sent twice'
            yield other.find("S003", "error", message, "remove one of the two", other.where())
        elif _meet(one, other):
            message = f'it sends the same as "{first}", and some events match both triggers'
            remedy = "narrow one of the triggers, or remove one of the mappings"
            yield other.find("S004", "warning", message, remedy, other.where())


def _alike(one: Subject, other: Subject) -> bool:
    """Whether both make the same payload for the same action, in the same account."""
    left, right = one.mapping, other.mapping
    same = left.action is right.action and left.sync_mode == right.sync_mode
    account = one.connection is other.connection or (
        one.connection.credential == other.connection.credential
        and one.connection.settings == other.connection.settings
        and bool({*one.connection.sources} & {*other.connection.sources})
    )
    return same and account and encode(left.fields) == encode(right.fields)


def _meet(one: Subject, other: Subject) -> bool:
    """Whether some event matches both; one was made that does."""
    if one.mapping.trigger == other.mapping.trigger:
        return True
    both = And((one.mapping.trigger, other.mapping.trigger))
    return solve(both, [*by_type().values()]) is not None
