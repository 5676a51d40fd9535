"""Mappings that send what another one sends."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from segue.check.model import Finding
from segue.check.subject import Subject
from segue.json import encode
from segue.samples import by_type
from segue.solving import solve
from segue.trigger import And


def twins(subjects: Sequence[Subject], names: Collection[str]) -> Iterator[Finding]:
    """S003 and S004: of two mappings that make the same of the same events, the later one.

    It is told where the ``names`` have it.
    """
    told: set[int] = set()
    groups: dict[tuple[str, bytes], list[Subject]] = {}
    for one in subjects:
        made = (one.mapping.action.name, encode(one.mapping.fields))
        groups.setdefault(made, []).append(one)
    pairs = (pair for group in groups.values() for pair in combinations(group, 2))
    for one, other in pairs:
        if other.name not in names or id(other) in told or not _alike(one, other):
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
    """Whether two mappings with the same fields send to the same account."""
    if one.mapping.sync_mode != other.mapping.sync_mode:
        return False
    left, right = one.connection, other.connection
    return left is right or (
        left.credential == right.credential
        and left.settings == right.settings
        and bool({*left.sources} & {*right.sources})
    )


def _meet(one: Subject, other: Subject) -> bool:
    """Whether some event matches both; one was made that does."""
    if one.mapping.trigger == other.mapping.trigger:
        return True
    both = And((one.mapping.trigger, other.mapping.trigger))
    return solve(both, [*by_type().values()]) is not None
