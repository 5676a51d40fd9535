"""Paths that lead to an object or a list where the field takes a single value."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from segue.check.grounds import Ground
from segue.check.model import Finding, Severity
from segue.check.places import Place
from segue.check.subject import Keys, Subject
from segue.fields.schema import items, kinds
from segue.json import JsonObject, index_like
from segue.mapping.paths import join_path


SINGLE: Final = frozenset({"string", "number", "integer", "boolean"})


def wrong_shapes(subject: Subject, known: Sequence[Subject]) -> Iterator[Finding]:
    """S022: what a path leads to is known from the schemas, from the spec, or from what others read."""
    read = [(one, keys) for one in known for keys in _read(one)]
    for place in subject.places:
        keys = subject.paths.get(f"{place.pointer}/@path")
        if place.directive != "@path" or place.role != "value" or not keys:
            continue
        longer = ((one, inner) for one, inner in read if inner[: len(keys)] == keys != inner)
        others = {inner for one, inner in longer if _meet(one, subject)}
        shapes = [_shape(one, keys, others) for one in subject.grounds]
        if not shapes or None in shapes or not _single(place.schema, [*map(str, shapes)]):
            continue
        yield _finding(subject, place, keys, str(shapes[0]), others)


def _meet(one: Subject, other: Subject) -> bool:
    """Whether two mappings may get the same events."""
    return bool({*map(str, one.grounds)} & {*map(str, other.grounds)})


def _read(one: Subject) -> set[Keys]:
    return {*(keys for _, keys, _ in one.readings), *one.spoken}


def _single(schema: JsonObject, shapes: Sequence[str]) -> bool:
    """Whether a field takes single values only, or a list of them where it would get an object."""
    wanted = {*kinds(schema)} - {"null"}
    inner = {*kinds(items(schema))} - {"null"}
    if wanted == {"array"} and "array" not in shapes:
        wanted = inner
    return bool(wanted) and wanted <= SINGLE


def _shape(ground: Ground, keys: Keys, read: Collection[Keys]) -> str | None:
    """Whether a path leads to an object or a list; None where it does not, or it is not known.

    ``read`` are paths that lead further.
    """
    said = ground.at(keys)
    types = {kind for one in said for kind in kinds(one)} - {"null"}
    if types:
        return next(iter(types)) if types in ({"object"}, {"array"}) else None
    if ground.knows(keys) == "never":
        return None
    examples = [one for schema in said for one in _examples(schema)]
    if examples:
        return "object" if all(isinstance(one, Mapping) for one in examples) else None
    below = [one[len(keys)] for one in read]
    if not below:
        return None
    return "array" if all(index_like(key) or key == "length" for key in below) else "object"


def _examples(schema: JsonObject) -> list[object]:
    found = schema.get("examples")
    return [*found] if isinstance(found, list) else []


def _finding(
    subject: Subject, place: Place, keys: Keys, shape: str, read: Collection[Keys]
) -> Finding:
    title = str(place.schema.get("title") or place.name)
    said = "an object" if shape == "object" else "a list"
    inner = sorted(map(join_path, read))
    close = next((one for one in inner if one.endswith(f".{place.name}")), next(iter(inner), None))
    remedy = f"read a part of it, such as {close}" if close else "read one of its parts"
    message = f'{join_path(keys)} is {said}, and "{title}" takes a single value'
    severity: Severity = "warning" if subject.owns(place) else "note"
    where = subject.where(place.pointer)
    return subject.find("S022", severity, message, remedy, where, field=place.field)
