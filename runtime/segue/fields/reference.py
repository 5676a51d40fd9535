"""The reference validator: jsonschema, told our formats, patterns and numbers.

Its errors come in the order of the schema and name the key they are about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing.jsonschema import EMPTY_REGISTRY, SchemaRegistry

from segue.fields.coercion import KINDS
from segue.fields.formats import CHECKS
from segue.fields.patterns import matcher
from segue.fields.schema import Path, properties
from segue.json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that a value breaks.

    ``path`` leads from the judged value to ``found``, which is not what ``rule`` asks. ``key`` is the
    member that is missing or too many. ``way`` leads through the schema to the rule, ``about`` is the
    schema that states it, and ``causes`` say why no alternative fits.
    """

    path: Path
    rule: str
    asked: Any
    found: Any
    key: str
    way: Path
    about: JsonObject
    causes: tuple["Failure", ...]


Judge: TypeAlias = Callable[[JsonValue], Iterator[Failure]]
_Errors: TypeAlias = Iterator[ValidationError]


def compile_reference(schema: JsonObject, registry: SchemaRegistry = EMPTY_REGISTRY) -> Judge:
    """A schema as a function that finds every failure of a value."""
    validator = _Validator(schema, registry=registry, format_checker=_FORMATS)
    return lambda value: map(_failure, validator.iter_errors(_veiled(value, _REACH)))


def _failure(error: ValidationError) -> Failure:
    return Failure(
        path=tuple(error.relative_path),
        rule=str(error.validator),
        asked=error.validator_value,
        found=error.instance,
        key=error.message,
        way=tuple(error.relative_schema_path),
        about=cast("JsonObject", error.schema),
        causes=tuple(map(_failure, error.context)),
    )


_REACH: Final = 64
"""Levels of a value that a schema of the profile can look at, and more."""


_LONGEST: Final = 13_000
"""Bits of a whole number that Python still writes."""


class _Object(dict[str, JsonValue]):
    def __repr__(self) -> str:
        return "{…}"


class _List(list[JsonValue]):
    def __repr__(self) -> str:
        return "[…]"


class _Whole(int):
    def __repr__(self) -> str:
        return "…"


def _veiled(value: JsonValue, reach: int) -> JsonValue:
    """A value whose parts have a short repr.

    jsonschema writes the repr of what it refuses into a message; a very deep container and a number
    of thousands of digits have none.
    """
    if isinstance(value, dict) and reach:
        return _Object({key: _veiled(member, reach - 1) for key, member in value.items()})
    if isinstance(value, list) and reach:
        return _List([_veiled(item, reach - 1) for item in value])
    return _Whole(value) if isinstance(value, int) and value.bit_length() > _LONGEST else value


def _required(_: object, keys: Iterable[str], instance: object, __: object) -> _Errors:
    if isinstance(instance, dict):
        yield from (ValidationError(key) for key in keys if key not in instance)


def _dependent(_: object, needs: Mapping[str, list[str]], instance: object, __: object) -> _Errors:
    if isinstance(instance, dict):
        needed = (key for given, keys in needs.items() if given in instance for key in keys)
        yield from (ValidationError(key) for key in needed if key not in instance)


def _additional(validator: Any, rule: object, instance: object, schema: JsonObject) -> _Errors:
    if not isinstance(instance, dict):
        return
    for key in (key for key in instance if key not in properties(schema)):
        if rule is False:
            yield ValidationError(key)
        elif rule is not True:
            yield from validator.descend(instance[key], rule, path=key)


def _pattern(_: object, pattern: str, instance: object, __: object) -> _Errors:
    if isinstance(instance, str) and not matcher(pattern)(instance):
        yield ValidationError("pattern")


def _unique(_: object, rule: object, instance: object, __: object) -> _Errors:
    if rule and isinstance(instance, list) and not _all_differ(instance):
        yield ValidationError("uniqueItems")


def _all_differ(values: list[object]) -> bool:
    """Are there no two equal items? Items nested over 255 levels equal nothing."""
    try:
        return _different(values)
    except ValueError:
        return True


_different: Final = jsonschema_rs.validator_for({"uniqueItems": True}).is_valid


def _on_text(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)


def _of_kind(fits: Callable[[JsonValue], bool]) -> Callable[[object, object], bool]:
    return lambda _, value: fits(cast("JsonValue", value))


_FORMATS: Final = FormatChecker(formats=())
_FORMATS.checkers = {name: (_on_text(check), ()) for name, check in CHECKS.items()}

_extend: Final = cast("Callable[..., type[Draft202012Validator]]", validators.extend)
_Validator: Final = _extend(
    Draft202012Validator,
    {
        "required": _required,
        "dependentRequired": _dependent,
        "additionalProperties": _additional,
        "pattern": _pattern,
        "uniqueItems": _unique,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {name: _of_kind(kind.fits) for name, kind in KINDS.items()}
    ),
)
