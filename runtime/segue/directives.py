"""Directives as an author writes them in a field spec's ``mapping``.

Each function returns the plain JSON that the mapping language reads; nothing is hidden in them.
"""

from collections.abc import Mapping
from functools import reduce

from segue.json import MISSING, JsonObject, JsonValue, Missing


def path(where: str) -> JsonObject:
    """The event's value at a path: ``path("$.traits.email")``."""
    return {"@path": where}


def template(text: str) -> JsonObject:
    """Text with ``{{path}}`` placeholders: ``template("{{traits.firstName}} ({{userId}})")``."""
    return {"@template": text}


def literal(value: JsonValue) -> JsonObject:
    """A value that is always the same, also one that looks empty."""
    return {"@literal": value}


def when(
    condition: JsonObject, then: JsonValue, otherwise: JsonValue | Missing = MISSING
) -> JsonObject:
    """``then`` if the condition's value is there and not null, else ``otherwise``."""
    branches: Mapping[str, JsonValue] = {"exists": condition, "then": then}
    return {"@if": branches if otherwise is MISSING else {**branches, "else": otherwise}}


def first_of(*paths: str, default: JsonValue | Missing = MISSING) -> JsonValue:
    """The first of these paths that is there and not null, else ``default``."""
    *rest, last = paths
    tail = path(last) if default is MISSING else when(path(last), path(last), default)
    return reduce(lambda found, where: when(path(where), path(where), found), reversed(rest), tail)
