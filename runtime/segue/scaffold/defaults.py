"""Default mappings of published fields: those that are right, and one for each field that needs one."""

from segue.fields import compile_fields
from segue.fields.schema import properties, required
from segue.json import JsonObject, JsonValue, quote
from segue.mapping import check_mapping
from segue.scaffold.definition import Note, Notes, shown


def mapped(schema: JsonObject, trigger: str, notes: Notes) -> JsonObject:
    """The schema with those default mappings that are right, and one for each required field."""
    parts: dict[str, JsonObject] = {}
    for key, part in properties(schema).items():
        kept = {word: value for word, value in part.items() if word != "mapping"}
        bare: JsonObject = {"type": "object", "properties": {key: kept}}
        wrong = _misfit(key, part["mapping"], bare) if "mapping" in part else None
        if wrong:
            notes.append(Note(f"fields/{key}", f"its default {shown(part['mapping'])}: {wrong}"))
        elif "mapping" in part:
            kept["mapping"] = part["mapping"]
        if "mapping" not in kept and key in required(schema):
            kept["mapping"] = _guess(key, trigger)
            notes.append(
                Note(f"fields/{key}", "it is required and has no default; its mapping is a guess")
            )
        parts[key] = kept
    rest = {word: value for word, value in schema.items() if word not in {"$schema", "properties"}}
    return {**rest, "properties": parts}


def _misfit(key: str, mapping: JsonValue, schema: JsonObject) -> str | None:
    """What is wrong with a default mapping."""
    problems = check_mapping({key: mapping}) or [*compile_fields(schema).check({key: mapping})]
    return problems[0].message if problems else None


def _guess(key: str, trigger: str) -> JsonValue:
    """Where an event would have it, if it had it."""
    part = "traits" if "identify" in trigger or "group" in trigger else "properties"
    step = f".{key}" if key.isidentifier() else f"[{quote(key)}]"
    return {"@path": f"$.{part}{step}"}
