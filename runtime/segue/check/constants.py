"""Literals that are most likely meant otherwise: of another type than their field, or a path without @path."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from segue.check.model import Finding, Severity
from segue.check.places import Place
from segue.check.shapes import SINGLE
from segue.check.subject import Subject
from segue.fields.schema import kinds
from segue.json import JsonValue, script


def constants(subject: Subject) -> Iterator[Finding]:
    """S020 and S021."""
    for place in subject.places:
        if isinstance(place.value, str) and _PATH.fullmatch(place.value):
            yield _path(subject, place)
        elif place.role == "value" and place.value is not None and not place.directive:
            yield from _type(subject, place)


_PATH: Final = re.compile(r"\$\.[A-Za-z_][\w-]*(?:(?:\.|\[)[\w-]+\]?)*")
"""A path as people write it; a price such as "$.50" is none."""


def _path(subject: Subject, place: Place) -> Finding:
    message = f"{script(place.value)} is a text here, and looks like a path: every event gets this very text"
    remedy = f'write {{"@path": {script(place.value)}}}'
    return _find(subject, place, "S021", message, remedy)


def _type(subject: Subject, place: Place) -> Iterator[Finding]:
    wanted, given = {*kinds(place.schema)} - {"null"}, _kind(place.value)
    several = not wanted <= SINGLE and given in {"array", "object"}
    if not wanted or several or given in wanted or (given == "integer" and "number" in wanted):
        return
    title = str(place.schema.get("title") or place.name)
    message = f'the literal {script(place.value)} is {_SAID[given]}, and "{title}" takes {_listed(wanted)}: it is changed or refused'
    yield _find(subject, place, "S020", message, "write it in the type of the field")


def _find(subject: Subject, place: Place, code: str, message: str, remedy: str) -> Finding:
    severity: Severity = "warning" if subject.owns(place) else "note"
    where = subject.where(place.pointer)
    return subject.find(code, severity, message, remedy, where, field=place.field)


def _kind(value: JsonValue) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case Mapping():
            return "object"
        case list() | tuple():
            return "array"
        case _:
            return "string"


_SAID: Final = {
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _listed(kinds: set[str]) -> str:
    return " or ".join(dict.fromkeys(_SAID[one] for one in sorted(kinds - {"null"})))
