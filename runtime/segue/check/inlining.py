"""Schemas without references: what they refer to stands in their place, as deep as it is of use.

`true` and `false` are spelt as objects where a schema has a name, so that all of them can be read alike.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from typing import Final, TypeAlias, cast
from urllib.parse import unquote

from segue.fields.patterns import PatternError, matcher
from segue.fields.schema import patterned, properties
from segue.fields.variants import merge, schema_of
from segue.json import JsonObject, JsonValue, index_like


DEPTH: Final = 12
"""References into each other that are followed."""

SIZE: Final = 10_000
"""Schemas that references may add; of one that grows further, the deeper references are not followed."""

Inline: TypeAlias = Callable[[JsonValue], JsonValue]


class _TooManyError(Exception):
    """References lead to more than anybody can look at."""


def inlined(schema: JsonObject) -> JsonObject:
    """A schema without references to its own definitions.

    A schema that holds itself several times over grows with each level, so it gets fewer of them.
    """
    for depth in range(DEPTH, 0, -1):
        try:
            return _Inlining(depth).schema(schema, schema)
        except _TooManyError:
            continue
    return _Inlining(0).schema(schema, schema)


class _Inlining:
    """One pass over a schema, which follows references to a certain depth."""

    def __init__(self, depth: int) -> None:
        self._depth, self._below, self._added = depth, 0, 0

    def schema(self, value: JsonObject, root: JsonObject) -> JsonObject:
        self._added += self._below > 0
        if self._added > SIZE and self._depth:
            raise _TooManyError
        base = value if "$id" in value else root

        def inline(inner: JsonValue) -> JsonValue:
            return self.schema(inner, base) if isinstance(inner, Mapping) else inner

        plain = {
            word: _INSIDE[word](said, inline) if word in _INSIDE else said
            for word, said in value.items()
            if word not in _LEFT_OUT
        }
        if "patternProperties" in plain:
            plain = {**plain, "properties": _patterned(plain)}
        reference = value.get("$ref")
        if not isinstance(reference, str) or self._below >= self._depth:
            return plain
        found = schema_of(_referred(base, reference))
        self._below += 1
        there = self.schema(found, base)
        self._below -= 1
        return merge(plain, there)


def _patterned(schema: JsonObject) -> JsonObject:
    """The properties of a schema, with what is said of names like theirs."""
    every = patterned(schema).items()
    return {
        name: reduce(merge, (inner for pattern, inner in every if named(pattern, name)), one)
        for name, one in properties(schema).items()
    }


def named(pattern: str, name: str) -> bool:
    """Whether a pattern is one of a name; one that cannot be run here may be."""
    try:
        return _matcher(pattern)(name)
    except PatternError:
        return True


_matcher: Final = lru_cache(maxsize=256)(matcher)


def _named(value: JsonValue, inline: Inline) -> JsonValue:
    if not isinstance(value, Mapping):
        return value
    return {name: inline(schema_of(one)) for name, one in value.items()}


def _listed(value: JsonValue, inline: Inline) -> JsonValue:
    return [inline(schema_of(one)) for one in value] if isinstance(value, list) else value


def _alone(value: JsonValue, inline: Inline) -> JsonValue:
    return inline(value)


_INSIDE: Final[Mapping[str, Callable[[JsonValue, Inline], JsonValue]]] = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _named),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _listed),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames", "contains"), _alone),
    **dict.fromkeys(("not", "if", "then", "else"), _alone),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems"), _alone),
}
"""The keywords that hold schemas; what stands under others is data, whatever it looks like."""

_LEFT_OUT: Final = frozenset({"$ref", "$defs", "definitions", "$id", "$schema"})


def _referred(root: JsonObject, reference: str) -> JsonValue:
    """What a JSON pointer in a fragment leads to (RFC 6901, section 6); of others nothing is known."""
    if reference != "#" and not reference.startswith("#/"):
        return {}
    found: JsonValue = root
    for step in unquote(reference).split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and index_like(key) and int(key) < len(found):
            found = cast("list[JsonValue]", found)[int(key)]
        else:
            found = found.get(key, {}) if isinstance(found, Mapping) else {}
    return found
