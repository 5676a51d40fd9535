"""Two validators of one field spec, made to agree.

jsonschema-rs gives the verdict in well under a microsecond. jsonschema is the reference, and its
error trees are what people read. Both know the same formats and run patterns on the same engine.
"""

from collections.abc import Callable
from typing import Any, Final, cast

import jsonschema_rs

from segue.fields.formats import FUNCTIONS, SPELLED
from segue.fields.patterns import translate
from segue.fields.reference import Judge, compile_reference
from segue.fields.schema import additional, closed, properties, rebuild
from segue.json import JsonObject


ASSERTIONS: Final = (
    *("allOf", "if", "then", "else", "anyOf", "oneOf", "not", "type", "enum", "const"),
    *("minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"),
    *("pattern", "format", "minItems", "maxItems", "uniqueItems"),
    *("required", "dependentRequired", "minProperties", "maxProperties", "propertyNames"),
    *("properties", "additionalProperties", "items"),
)
"""Every keyword that asserts, in the order in which errors are reported."""


def compile_verdict(schema: JsonObject) -> Callable[[object], bool]:
    """Is a value valid? Raises ValueError for one that cannot be read, as with a lone surrogate."""
    return jsonschema_rs.validator_for(
        cast("dict[str, Any]", rebuild(assertions(schema), _respell)),
        formats=dict(FUNCTIONS),
        validate_formats=True,
        ignore_unknown_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
    ).is_valid


def compile_judge(schema: JsonObject) -> Judge:
    """Every failure of a value, in the order of the schema."""
    return compile_reference(assertions(schema))


def assertions(schema: JsonObject) -> JsonObject:
    """What of a schema is asserted, its keywords in the order of reporting."""
    return rebuild(schema, lambda part: {word: part[word] for word in ASSERTIONS if word in part})


def without_blanks(schema: JsonObject) -> JsonObject:
    """A schema that is satisfied only by payloads from which cleaning would remove nothing.

    The types of fields see to all but the empty texts at the top.
    """
    named = {key: _not_blank(field) for key, field in properties(schema).items()}
    rest = False if closed(schema) else _not_blank(additional(schema))
    return {**schema, "properties": named, "additionalProperties": rest}


def _not_blank(field: JsonObject) -> JsonObject:
    return {**field, "minLength": max(1, cast("int", field.get("minLength", 0)))}


def _respell(schema: JsonObject) -> JsonObject:
    """A schema as jsonschema-rs should read it: our patterns, and formats that are patterns."""
    spelled = {word: value for word, value in schema.items() if word not in {"pattern", "format"}}
    name = cast("str", schema.get("format"))
    if name in FUNCTIONS:
        spelled["format"] = name
    if name in SPELLED:
        spelled["pattern"] = SPELLED[name]
    if "pattern" not in schema:
        return spelled
    own = {"pattern": translate(cast("str", schema["pattern"]))}
    return {"allOf": [spelled, own]} if "pattern" in spelled else {**spelled, **own}
