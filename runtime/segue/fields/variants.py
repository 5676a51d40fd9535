"""A schema without its alternatives: what `anyOf`, `oneOf`, `allOf` and `if` come to, one by one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from segue.json import JsonObject, JsonValue


MOST: Final = 64
"""Variants of one schema that are looked at."""

NEVER: Final[JsonObject] = {"enum": []}
"""What `false` says as a schema."""

_ALTERNATIVES: Final = frozenset(("allOf", "anyOf", "oneOf", "if", "then", "else"))


def variants(schema: JsonValue) -> list[JsonObject]:
    """Schemas without alternatives; a value of one of them is most often a value of the whole.

    What they leave out (`not`, "exactly one") is for a validator to judge.
    """
    whole = schema_of(schema)
    found: list[JsonObject] = [
        {word: value for word, value in whole.items() if word not in _ALTERNATIVES}
    ]
    for choice in _choices(whole):
        found = list(islice((merge(one, other) for one in found for other in choice), MOST))
    return found


def schema_of(value: JsonValue) -> JsonObject:
    """A schema as an object, also where it is written as true or false."""
    if isinstance(value, Mapping):
        return value
    return NEVER if value is False else {}


def _choices(schema: JsonObject) -> Iterable[list[JsonObject]]:
    for part in _listed(schema, "allOf"):
        yield variants(part)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            yield [one for part in _listed(schema, word) for one in variants(part)]
    if "if" in schema:
        given, then = variants(schema["if"]), variants(schema.get("then", {}))
        yield [merge(one, other) for one in given for other in then] + variants(
            schema.get("else", {})
        )


def _listed(schema: JsonObject, word: str) -> Sequence[JsonValue]:
    return cast("Sequence[JsonValue]", schema.get(word, ()))


def merge(one: JsonObject, other: JsonObject) -> JsonObject:
    """A schema that asks for both; of two patterns or formats it keeps the first."""
    merged = {**other, **one}
    for word in one.keys() & other.keys():
        if word in _MERGED:
            merged[word] = _MERGED[word](one[word], other[word])
    return merged


def _members(one: Any, other: Any) -> JsonValue:
    return {
        **one,
        **{key: _both(one[key], schema) if key in one else schema for key, schema in other.items()},
    }


def _both(one: JsonValue, other: JsonValue) -> JsonValue:
    return merge(schema_of(one), schema_of(other))


def _union(one: Any, other: Any) -> JsonValue:
    return list(dict.fromkeys([*one, *other]))


def _common(one: Any, other: Any) -> JsonValue:
    return [value for value in one if value in other]


def _types(one: Any, other: Any) -> JsonValue:
    names, others = ({*([each] if isinstance(each, str) else each)} for each in (one, other))
    if "number" in names:
        names.add("integer")
    if "number" in others:
        others.add("integer")
    common = sorted(names & others)
    return [name for name in common if name != "integer" or "number" not in common]


def _needs(one: Any, other: Any) -> JsonValue:
    return {key: _union(one.get(key, ()), other.get(key, ())) for key in {**one, **other}}


_MERGED: Final[Mapping[str, Callable[[Any, Any], JsonValue]]] = {
    "type": _types,
    "enum": _common,
    "required": _union,
    **dict.fromkeys(("properties", "patternProperties"), _members),
    "dependentRequired": _needs,
    **dict.fromkeys(("items", "additionalProperties", "propertyNames"), _both),
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"), min),
}
