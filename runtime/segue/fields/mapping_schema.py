"""What a mapping must be to suit a field spec, as JSON Schema: of each field a literal or a directive.

A literal is judged as the payload will be. Of objects and lists only the shape is, because their
directives may yet yield anything or nothing.
"""

from typing import Final, cast

from segue.fields.schema import additional, closed, items, kinds, properties, required
from segue.fields.validation import ASSERTIONS
from segue.json import JsonObject, JsonValue


DIRECTIVE: Final[JsonObject] = {"$ref": "urn:segue:directive"}

DIRECTIVE_LIKE: Final[JsonObject] = {
    "type": "object",
    "not": {"propertyNames": {"not": {"pattern": "^@"}}},
}
"""An object with a key that starts with @, whatever else is wrong with it."""

_ANYTHING: Final[JsonObject] = {}
_NOTES: Final = ("title", "description", "examples", "deprecated")
_PLATFORM: Final[JsonObject] = {
    "__segment_internal_directive": _ANYTHING,
    "__segment_internal_sync_mode": _ANYTHING,
    "__segment_internal_matching_key": _ANYTHING,
}
"""Keys of a mapping that are not fields."""


def mapping_schema(schema: JsonObject, directive: JsonObject = DIRECTIVE) -> JsonObject:
    """The JSON Schema of an action's mapping; ``directive`` is the schema of directives in it."""
    whole = {**_object(schema, directive), **_presence({**schema, "required": []})}
    whole["properties"] = {**cast("JsonObject", whole["properties"]), **_PLATFORM}
    # JSON Schema lets pass what it does not name; in a mapping, written by hand, it is a slip.
    if "additionalProperties" not in schema:
        whole["additionalProperties"] = False
    return {"anyOf": [directive, whole]}


def _offer(field: JsonObject, directive: JsonObject) -> JsonObject:
    notes = {word: field[word] for word in _NOTES if word in field}
    return {**notes, "anyOf": [directive, _literal(field, directive)]}


def _literal(field: JsonObject, directive: JsonObject) -> JsonObject:
    if "object" in kinds(field):
        return {**_object(field, directive), "type": field["type"]}
    if "array" in kinds(field):
        least = {word: field[word] for word in ("minItems",) if word in field}
        return {"type": field["type"], **least, "items": _offer(items(field), directive)}
    return {word: field[word] for word in ASSERTIONS if word in field}


def _object(field: JsonObject, directive: JsonObject) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "required": list(required(field)),
        "properties": {key: _offer(part, directive) for key, part in properties(field).items()},
        "additionalProperties": not closed(field) and _offer(additional(field), directive),
    }


def _presence(schema: JsonObject) -> JsonObject:
    """Which fields must be there, alternatives included.

    A field that is not mapped is not in the payload: what asks for it can be asked of the mapping.
    """
    needs: list[JsonObject] = [{"required": list(required(schema))}] if required(schema) else []
    needs += filter(None, map(_presence, _listed(schema, "allOf")))
    for word in ("anyOf", "oneOf"):
        forms = [_presence(form) for form in _listed(schema, word)]
        if forms and all(forms):
            needs.append({"anyOf": forms})
    return {"allOf": needs} if len(needs) > 1 else needs[0] if needs else {}


def _listed(schema: JsonObject, word: str) -> list[JsonObject]:
    return cast("list[JsonObject]", schema.get(word, []))
