"""What a mapping reads: every path in it, and where it stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from segue.errors import pointer
from segue.json import JsonValue
from segue.mapping.paths import split_path
from segue.mapping.shapes import ROOT, At, directives
from segue.mapping.templates import placeholders


@dataclass(frozen=True, slots=True)
class Reading:
    """One path that a mapping reads.

    ``path`` is as written and ``keys`` what it is cut into; both are None where another directive
    makes the path at run time, so that it may lead anywhere. ``pointer`` leads to where it stands.
    ``within`` is None where the path starts at the event. Else it is the pointer of what the path
    starts at: an @arrayPath, for each of its items, or the "apply" of a @transform, for its result.
    """

    pointer: str
    path: str | None
    keys: tuple[str, ...] | None
    within: str | None = None


Read: TypeAlias = Callable[[JsonValue, At, str | None], Iterator[Reading]]


def mapping_paths(mapping: JsonValue) -> list[Reading]:
    """Every path that a mapping which passes the check reads, in the order they stand in it."""
    return list(_root(mapping, (), None))


def first_path(value: JsonValue) -> tuple[str, ...]:
    """The first path of the event that a value of a mapping reads, () if it reads none."""
    first = next(iter(mapping_paths({"value": value})), None)
    return first.keys or () if first is not None and first.within is None else ()


def _root(mapping: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    """A whole mapping; where its root names a @transform, the other keys read from that."""
    if not isinstance(mapping, Mapping) or ROOT not in mapping:
        yield from _read(mapping, at, within)
        return
    entry = mapping[ROOT]
    yield from _read(entry, (*at, ROOT), within)
    applied = (*at, ROOT, "@transform", "apply")
    inner = pointer(*applied) if isinstance(entry, Mapping) and "@transform" in entry else within
    yield from _read({key: value for key, value in mapping.items() if key != ROOT}, at, inner)


def _read(value: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    match value:
        case Mapping() as members:
            names = directives(members)
            for key, item in members.items():
                read = READ.get(key, _read) if key in names else _read
                if not names or key in names:
                    yield from read(item, (*at, key), within)
        case list() | tuple() as items:
            for index, item in enumerate(items):
                yield from _read(item, (*at, index), within)
        case _:
            pass


def _found(path: str, at: At, within: str | None) -> Reading:
    return Reading(pointer(*at), path, split_path(path), within)


def _path(operand: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    if isinstance(operand, str):
        yield _found(operand, at, within)
    else:
        yield Reading(pointer(*at), None, None, within)
        yield from _read(operand, at, within)


def _template(operand: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    if isinstance(operand, str):
        yield from (_found(path, at, within) for path in placeholders(operand))
    else:
        yield from _path(operand, at, within)


def _liquid(operand: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    if isinstance(operand, str):
        from segue.mapping.liquid import liquid_paths  # as in `directives`

        yield from (_found(path, at, within) for path in liquid_paths(operand))


def _array_path(operand: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    if isinstance(operand, list | tuple):
        for index, part in enumerate(operand):
            here = (*at, index)
            if index == 0:
                yield from (_path if isinstance(part, str) else _read)(part, here, within)
            else:
                yield from _read(part, here, pointer(*at))


def _transform(operand: JsonValue, at: At, within: str | None) -> Iterator[Reading]:
    if isinstance(operand, Mapping):
        for key, part in operand.items():
            here = (*at, key)
            if key == "apply":
                yield from _root(part, here, within)
            else:
                yield from _read(part, here, pointer(*at, "apply"))


READ: Final[Mapping[str, Read]] = {
    "@path": _path,
    "@template": _template,
    "@liquid": _liquid,
    "@arrayPath": _array_path,
    "@transform": _transform,
}
