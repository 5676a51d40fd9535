"""Published fields without rules that nothing could obey, and field specs in which each field has a title."""

from collections.abc import Mapping
from typing import cast

from segue.compat.definitions import TYPES
from segue.compat.requirements import OPERATORS
from segue.errors import PayloadError
from segue.fields import compile_fields
from segue.fields.schema import properties
from segue.json import JsonObject, JsonValue
from segue.scaffold.definition import Note, Notes, shown


def sound(
    fields: Mapping[str, JsonObject], above: tuple[str, ...], notes: Notes
) -> dict[str, JsonObject]:
    """The fields without rules that nothing could obey."""
    return {key: _sound_field(one, (*above, key), notes) for key, one in fields.items()}


def _sound_field(given: JsonObject, keys: tuple[str, ...], notes: Notes) -> JsonObject:
    """One field."""
    made, where = dict(given), "/".join(("fields", *keys))
    least, most = given.get("minimum"), given.get("maximum")
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        notes.append(Note(where, f"its limits are {least:g} and {most:g}, which leave nothing"))
        del made["minimum"], made["maximum"]
    if isinstance(given.get("choices"), list):
        made["choices"] = _choices(given, where, notes)
    rule = given.get("required")
    if isinstance(rule, Mapping):
        wrong = _odd_rule(rule)
        if wrong:
            notes.append(Note(where, f"it is required only if {wrong}; see to it in the function"))
            made["required"] = False
    nested = given.get("properties")
    if isinstance(nested, Mapping):
        made["properties"] = sound(cast("Mapping[str, JsonObject]", nested), keys, notes)
    return made


def _odd_rule(rule: JsonObject) -> str | None:
    """Why a condition cannot be carried over, None where it can."""
    asked = rule.get("conditions")
    if not isinstance(asked, list) or not asked:
        return "something holds that the definition does not say"
    for one in asked:
        if not isinstance(one, Mapping) or not isinstance(one.get("fieldKey"), str):
            return "something holds of the mapping, such as its sync mode"
        if one.get("operator") not in OPERATORS:
            return f"a condition with {shown(one.get('operator'))} holds"
    return None


def _choices(given: JsonObject, where: str, notes: Notes) -> list[JsonValue]:
    """Those values to choose from that the field can hold, brought to its type."""
    kept: list[JsonValue] = []
    spec = compile_fields(
        {"type": "object", "properties": {"value": _single(given)}, "required": ["value"]}
    )
    for one in cast("list[JsonValue]", given["choices"]):
        value = one.get("value") if isinstance(one, Mapping) else one
        label = one.get("label") if isinstance(one, Mapping) else None
        try:
            held = {} if isinstance(value, list | Mapping) else spec.coerce({"value": value})
        except PayloadError:
            held = {}
        if held:
            kept.append({**held, **({"label": label} if isinstance(label, str) else {})})
        else:
            notes.append(Note(where, f"it can never hold its choice {shown(value)}"))
    return kept


def _single(given: JsonObject) -> JsonObject:
    return TYPES.get(given.get("type"), {})


def titled(schema: JsonObject) -> JsonObject:
    """The schema, each field with a title."""
    parts = {
        key: part if str(part.get("title", "")).strip() else _called(key, part)
        for key, part in properties(schema).items()
    }
    return {**schema, "properties": parts}


def _called(key: str, part: JsonObject) -> JsonObject:
    rest = {word: value for word, value in part.items() if word != "title"}
    return {"title": key.strip() or "Field", **rest}
