"""Reading a JSON Schema: everything that is wrong with it, and validators that agree about events."""

from collections.abc import Iterable
from typing import Any, Final, cast

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from jsonschema_rs import ValidationError, ValidationErrorKind, Validator

from segue.errors import Problem, pointer
from segue.json import JsonObject


DRAFTS: Final = ("draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12")

_INSIDE: Final = 'a "$ref" may lead to a place in the same file only: "#/$defs/…"'
_TYPES: Final = (
    "a type is string, number, integer, boolean, object, array or null, or a list of these"
)


DEPTH: Final = 100
"""Levels of objects and arrays in a schema; a deeper one is a problem."""


def compile_schema(document: JsonObject) -> Validator:
    """A validator that asserts formats and never asks the network. Raises ValueError."""
    return jsonschema_rs.validator_for(
        cast("dict[str, Any]", document),
        validate_formats=True,
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000),
    )


def check_schema(document: object) -> list[Problem]:
    """What is wrong with a JSON Schema, each with its place in it; nothing if it can be used.

    Without ``$schema`` it is of draft 2020-12. References stay within the document.
    """
    if not isinstance(document, dict):
        return [Problem("", "a schema must be a JSON object")]
    if _deep(document):
        hint = "give the inner parts a name in $defs, and refer to them"
        return [Problem("", f"it is nested over {DEPTH} levels", hint)]
    named = cast("JsonObject", document).get("$schema")
    if named is not None and not (isinstance(named, str) and any(one in named for one in DRAFTS)):
        hint = "write http://json-schema.org/draft-07/schema#, or leave it out for 2020-12"
        return [Problem("/$schema", "this version of JSON Schema is not known", hint)]
    try:
        compile_schema(cast("JsonObject", document))
    except ValueError as error:
        return _problems(cast("JsonObject", document)) or [_problem(error)]
    return []


def _deep(document: object) -> bool:
    """Whether a schema is nested deeper than those that read it can follow."""
    level = [document]
    for _ in range(DEPTH):
        level = [inner for one in level for inner in _inside(one)]
    return any(isinstance(one, dict | list) for one in level)


def _inside(value: object) -> list[object]:
    """What stands directly in an object or an array."""
    if isinstance(value, dict):
        return [*cast("dict[str, object]", value).values()]
    return [*cast("list[object]", value)] if isinstance(value, list) else []


def _problems(document: JsonObject) -> list[Problem]:
    """All that the meta-schema has against it, as the slower validator tells it."""
    kind = validator_for(document, default=Draft202012Validator)
    errors = list(kind(kind.META_SCHEMA).iter_errors(document))
    return [_place(error.absolute_path, error.message) for error in errors]


def _problem(error: ValueError) -> Problem:
    match error:
        case ValidationError(kind=ValidationErrorKind.Referencing()):
            return Problem("", sentence(error), _INSIDE)
        case ValidationError():
            return _place(error.instance_path, sentence(error))
        case _:
            return Problem("", " ".join(str(error).split()))


def _place(path: Iterable[str | int], message: str) -> Problem:
    where = pointer(*path)
    return Problem(where, message, _TYPES if where.endswith("/type") else None)


def sentence(error: ValidationError) -> str:
    """What a validator has to say, on one line."""
    return " ".join(error.message.split())
