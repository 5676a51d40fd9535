"""The JSON Schema of the workspace file for the plugins installed, by which an editor completes it.

It is one document: few editors follow a reference to another.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from segue.destination import Destination
from segue.fields.mapping_schema import mapping_schema
from segue.fields.schema import kinds, properties, required
from segue.json import JsonObject, JsonValue
from segue.plugins import Catalogue
from segue.workspace.model import AnyAction
from segue.workspace.shape import STATIC
from segue_schemas import REGISTRY


_DIRECTIVE: Final[JsonObject] = {"$ref": "#/$defs/directive"}
_FILLED: Final[JsonObject] = {"type": "string", "pattern": r"\$\{"}
_INTERNAL: Final = "__segment_internal_"
_NOTES: Final = ("title", "description", "examples", "default")


def workspace_schema(catalogue: Catalogue) -> JsonObject:
    """The static schema, and for each destination its settings, for each action its fields."""
    static = cast("Mapping[str, JsonObject]", STATIC["$defs"])
    directive = _moved(
        cast("JsonObject", REGISTRY.contents("urn:segue:directive")), "#/$defs/directive"
    )
    defs = {**static, "directive": cast("JsonObject", directive)}
    for destination in catalogue.destinations.values():
        actions = catalogue.actions_of(destination)
        defs[f"connection:{destination.slug}"] = _connection(destination)
        defs[f"mapping:{destination.slug}"] = _mapping(static["mapping"], actions)
        for action in actions:
            defs[action.name] = _action(action)
    defs["connection"] = _connections(static["connection"], list(catalogue.destinations.values()))
    return {**STATIC, "$defs": defs}


def _connections(static: JsonObject, destinations: Sequence[Destination]) -> JsonObject:
    """Any connection: what it may hold depends on its destination."""
    slugs = {one.slug: f"{one.title}: {one.description}" for one in destinations}
    forms = [
        _when("destination", [one.slug], {"$ref": f"#/$defs/connection:{one.slug}"})
        for one in destinations
    ]
    return _narrowed(static, {"destination": _choice(slugs)}, forms)


def _connection(destination: Destination) -> JsonObject:
    mappings: JsonObject = {"additionalProperties": {"$ref": f"#/$defs/mapping:{destination.slug}"}}
    needed = list(required(destination.settings))
    settings: JsonObject = {
        "required": needed,
        "properties": {
            key: _setting(schema) for key, schema in properties(destination.settings).items()
        },
        "additionalProperties": destination.settings.get("additionalProperties", False)
        is not False,
    }
    return {
        "required": ["settings"] if needed else [],
        "properties": {"settings": settings, "mappings": mappings},
    }


def _setting(schema: JsonObject) -> JsonObject:
    """A setting as the file may have it: a value, or text that is filled in when it is loaded."""
    notes = {word: schema[word] for word in _NOTES if word in schema}
    deep = {"object", "array"} & {*kinds(schema)}
    value: JsonObject = {"type": schema["type"]} if deep else schema
    return {**notes, "anyOf": [value, _FILLED]}


def _mapping(static: JsonObject, actions: Sequence[AnyAction]) -> JsonObject:
    """A mapping of one destination: what it may hold depends on its action."""
    names = {name: one.description for one in actions for name in (one.slug, one.name)}
    forms = [
        _when("action", [one.slug, one.name], {"$ref": f"#/$defs/{one.name}"}) for one in actions
    ]
    return _narrowed(static, {"action": _choice(names)}, forms)


def _action(action: AnyAction) -> JsonObject:
    """A mapping to one action. Keys that only Segment's own tools write are allowed, not offered."""
    whole = cast("list[JsonObject]", mapping_schema(action.fields, _DIRECTIVE)["anyOf"])[1]
    offers = {
        key: _with_default(offer, key, action)
        for key, offer in properties(whole).items()
        if not key.startswith(_INTERNAL)
    }
    rest = whole["additionalProperties"]
    override: JsonObject = {
        "properties": {key: _or_null(offer) for key, offer in offers.items()},
        "patternProperties": {f"^{_INTERNAL}": {}},
        "additionalProperties": _or_null(rest) if isinstance(rest, Mapping) else rest,
    }
    fields = {**whole, "properties": offers, "patternProperties": {f"^{_INTERNAL}": {}}}
    return {
        "properties": {
            "trigger": {"default": action.trigger},
            "sync_mode": _modes(action),
            "fields": {"anyOf": [_DIRECTIVE, fields]},
            "override": override,
        }
    }


def _modes(action: AnyAction) -> JsonValue:
    """The sync modes to choose from; where there are none, the key is wrong."""
    offered = list[JsonValue](action.sync_modes)
    return {"enum": offered, "default": offered[0]} if offered else False


def _with_default(offer: JsonObject, key: str, action: AnyAction) -> JsonObject:
    return {**offer, "default": action.mapping[key]} if key in action.mapping else offer


def _or_null(offer: JsonObject) -> JsonObject:
    """An offer that null takes back; what editors show of it is still on top."""
    notes = {word: value for word, value in offer.items() if word in _NOTES}
    return {**notes, "anyOf": [offer, {"type": "null"}]}


def _narrowed(
    static: JsonObject, choice: Mapping[str, JsonObject], forms: Sequence[JsonObject]
) -> JsonObject:
    """A static schema with the values that one of its properties may have, and a form for each."""
    ((name, values),) = choice.items()
    known = properties(static)
    rules = [*cast("list[JsonObject]", static.get("allOf", [])), *forms]
    return {**static, "properties": {**known, name: {**known[name], **values}}, "allOf": rules}


def _choice(names: Mapping[str, str]) -> JsonObject:
    """Some texts; the second keyword is what editors show beside them."""
    return {"enum": list(names), "enumDescriptions": list(names.values())}


def _when(name: str, values: Sequence[str], form: JsonObject) -> JsonObject:
    return {
        "if": {"properties": {name: {"enum": list(values)}}, "required": [name]},
        "then": form,
    }


def _moved(value: JsonValue, to: str) -> JsonValue:
    """A schema at another place of a document: its references follow, its identity stays behind."""
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if key not in {"$id", "$schema"}}
        return {key: _reference(key, item, to) for key, item in kept.items()}
    if isinstance(value, list):
        return [_moved(item, to) for item in value]
    return value


def _reference(key: str, value: JsonValue, to: str) -> JsonValue:
    if key == "$ref" and isinstance(value, str):
        return to + value.removeprefix("#")
    return _moved(value, to)
