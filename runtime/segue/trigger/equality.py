"""Type-strict equality of JSON values: neither a boolean nor a text is ever a number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, TypeGuard


Pair: TypeAlias = tuple[object, object]

# A union would be built anew at every call.
NUMBERS: Final = (int, float)
LISTS: Final = (list, tuple)


def is_number(value: object) -> TypeGuard[int | float]:
    """True for a number; booleans are none."""
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """True for what JSON calls an array."""
    return isinstance(value, LISTS)


def same(left: object, right: object) -> bool:
    """Equal in type and value, containers member by member.

    Works without recursion, so that no depth breaks it, and looks at a pair of containers once,
    so that no cycle holds it.
    """
    pending: list[Pair] = [(left, right)]
    seen: set[tuple[int, int]] = set()
    while pending:
        one, other = pending.pop()
        if one is other or (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if not _alike(one, other):
            return False
        pending.extend(_members(one, other))
    return True


def _alike(left: object, right: object) -> bool:
    """Equal, members aside."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if is_number(left) and is_number(right):
        return left == right
    if is_list(left) and is_list(right):
        return len(left) == len(right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys()
    return False


def _members(left: object, right: object) -> Iterator[Pair]:
    if is_list(left) and is_list(right):
        yield from zip(left, right, strict=True)
    elif isinstance(left, Mapping) and isinstance(right, Mapping):
        yield from ((left[key], right[key]) for key in left)
