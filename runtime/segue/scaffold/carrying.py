"""A published action as Segue can have it; what it cannot is noted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from segue.audience import MATCHING_KEY, SYNC_MODE, SYNC_MODES, SyncMode
from segue.compat.definitions import TYPES
from segue.compat.requirements import OPERATORS
from segue.compat.segment import fields_to_schema
from segue.errors import PayloadError, Problem, TriggerError
from segue.fields import compile_fields, default_mapping
from segue.fields.schema import properties, required
from segue.json import JsonObject, JsonValue, quote, script
from segue.mapping import check_mapping
from segue.presets import Preset
from segue.scaffold.definition import Note, Notes, Published, known_fields
from segue.scaffold.pruning import prune
from segue.trigger import parse_trigger


EVERY: Final = 'type = "track"'
RESERVED: Final = ("enable_batching", "batch_size", "batch_bytes", "batch_keys")

_INTERNAL: Final = "__segment_internal"


@dataclass(frozen=True, slots=True)
class Carried:
    """An action: everything but its function."""

    title: str | None
    description: str
    trigger: str
    fields: JsonObject
    sync_modes: Sequence[SyncMode]
    presets: Sequence[Preset]
    notes: Sequence[Note]


def carry(published: Published) -> Carried:
    """What of a published action there is in Segue too. Raises AuthorError where nothing can be read."""
    notes = [*published.notes]
    action = published.action
    trigger = _trigger(action.get("defaultSubscription"), notes)
    plain = _without_reserved(published, notes)
    fields = prune(fields_to_schema(_sound(plain, (), notes)), notes)
    fields = _mapped(_titled(fields), trigger, notes)
    modes = _sync_modes(action.get("syncMode"), published.fields.get(SYNC_MODE), notes)
    presets = [
        made
        for one in published.presets
        if (made := _preset(one, published.slug, fields, modes, notes)) is not None
    ]
    notes += _left_out(action, published.fields)
    title = action.get("title")
    description = action.get("description")
    return Carried(
        title if isinstance(title, str) and title.strip() else None,
        description if isinstance(description, str) else "",
        trigger,
        fields,
        modes,
        presets,
        list(dict.fromkeys(notes)),
    )


def settings(published: Published, notes: Notes) -> JsonObject:
    """The settings of the action's destination as a field spec."""
    authentication = published.destination.get("authentication")
    given = authentication.get("fields") if isinstance(authentication, Mapping) else None
    members = given if isinstance(given, Mapping) else {}
    known = {key: one for key, one in members.items() if isinstance(one, Mapping)}
    checked = _sound(known_fields(known, ("settings",), notes), (), notes)
    schema = _titled(prune(fields_to_schema(checked), notes))
    plain = {
        key: {("default" if word == "mapping" else word): value for word, value in part.items()}
        for key, part in properties(schema).items()
    }
    return {**{word: one for word, one in schema.items() if word != "$schema"}, "properties": plain}


# The trigger


def _trigger(given: JsonValue, notes: Notes) -> str:
    if not isinstance(given, str) or not given.strip():
        notes.append(Note("trigger", f"there is none; this one takes {EVERY}"))
        return EVERY
    try:
        parse_trigger(given)
    except TriggerError as error:
        notes.append(Note("trigger", f"{quote(given)}: {error.reason}; this one takes {EVERY}"))
        return EVERY
    return given


# Fields


def _without_reserved(published: Published, notes: Notes) -> dict[str, JsonObject]:
    """The fields but those that Segment's own platform reads."""
    kept: dict[str, JsonObject] = {}
    for key, one in published.fields.items():
        if key.startswith(_INTERNAL) or key in RESERVED:
            continue
        if key.startswith("@") or not key:
            notes.append(Note(f"fields/{key}", "no field can be called that"))
        elif "hookInputFieldType" in one:
            notes.append(Note(f"fields/{key}", "it belongs to a hook, and there are none"))
        else:
            kept[key] = one
    return kept


def _sound(
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
        made["properties"] = _sound(cast("Mapping[str, JsonObject]", nested), keys, notes)
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
            return f"a condition with {script(one.get('operator'))} holds"
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
            notes.append(Note(where, f"it can never hold its choice {script(value)}"))
    return kept


def _single(given: JsonObject) -> JsonObject:
    return TYPES.get(given.get("type"), {})


def _titled(schema: JsonObject) -> JsonObject:
    """The schema, each field with a title."""
    parts = {
        key: part if str(part.get("title", "")).strip() else _called(key, part)
        for key, part in properties(schema).items()
    }
    return {**schema, "properties": parts}


def _called(key: str, part: JsonObject) -> JsonObject:
    rest = {word: value for word, value in part.items() if word != "title"}
    return {"title": key.strip() or "Field", **rest}


# Mappings


def _mapped(schema: JsonObject, trigger: str, notes: Notes) -> JsonObject:
    """The schema with those default mappings that are right, and one for each required field."""
    parts: dict[str, JsonObject] = {}
    for key, part in properties(schema).items():
        kept = {word: value for word, value in part.items() if word != "mapping"}
        bare: JsonObject = {"type": "object", "properties": {key: kept}}
        wrong = _misfit(key, part["mapping"], bare) if "mapping" in part else None
        if wrong:
            notes.append(Note(f"fields/{key}", f"its default {script(part['mapping'])}: {wrong}"))
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


# Sync modes and presets


def _sync_modes(given: JsonValue, listed: JsonObject | None, notes: Notes) -> list[SyncMode]:
    if listed is not None:  # a catalogue has it as a field
        given = listed
    if not isinstance(given, Mapping):
        return []
    offered = given.get("choices")
    values = [
        one.get("value") if isinstance(one, Mapping) else one
        for one in (offered if isinstance(offered, list) else [])
    ]
    for one in values:
        if one not in SYNC_MODES:
            notes.append(Note("syncMode", f"there is no sync mode {script(one)}"))
    default = given.get("default")
    wanted: list[SyncMode] = [one for one in SYNC_MODES if one in values]
    return sorted(wanted, key=lambda one: one != default)


def _preset(
    given: JsonObject, slug: str, fields: JsonObject, modes: Sequence[SyncMode], notes: Notes
) -> Preset | None:
    name = given.get("name")
    where = f"presets/{name}"
    mapping = given.get("mapping", given.get("fields"))
    said = dict(mapping) if isinstance(mapping, Mapping) else {}
    mode, key = said.pop(SYNC_MODE, None), said.pop(MATCHING_KEY, None)
    for one in (*RESERVED, *(each for each in said if each.startswith(_INTERNAL))):
        said.pop(one, None)
    if key is not None:
        notes.append(Note(where, f"a mapping says its matching key itself: {script(key)}"))
    trigger = given.get("subscribe", given.get("trigger"))
    event = given.get("eventSlug")
    preset = Preset(
        name if isinstance(name, str) and name.strip() else slug,
        slug,
        trigger if isinstance(trigger, str) and trigger.strip() else None,
        _override(said, fields, where, notes),
        cast("SyncMode", mode) if mode in modes else None,
        event if isinstance(event, str) and event else None,
    )
    wrong = [*_wrong(preset, fields)]
    if wrong:
        notes.append(Note(where, f"it is left out: {wrong[0]}"))
        return None
    return preset


def _override(said: JsonObject, fields: JsonObject, where: str, notes: Notes) -> JsonObject:
    """What differs from the default mapping."""
    default, known = default_mapping(fields), properties(fields)
    made: dict[str, JsonValue] = {}
    for key, value in said.items():
        if key not in known:
            notes.append(Note(where, f"there is no field {quote(key)} any more"))
        elif default.get(key) != value or key not in default:
            made[key] = value
    gone = [key for key in default if key not in said and key not in required(fields)]
    return {**made, **dict.fromkeys(gone)}


def _wrong(preset: Preset, fields: JsonObject) -> Iterator[Problem]:
    mapping = {**default_mapping(fields), **preset.override}
    told = {key: one for key, one in mapping.items() if one is not None}
    yield from check_mapping(told)
    yield from compile_fields(fields).check(told)
    if preset.trigger is not None:
        try:
            parse_trigger(preset.trigger)
        except TriggerError as error:
            yield Problem("", error.reason)


# What there is no place for


def _left_out(action: JsonObject, fields: Mapping[str, JsonObject]) -> Iterator[Note]:
    hooks = action.get("hooks")
    for name in hooks if isinstance(hooks, Mapping) else ():
        yield Note(f"hooks/{name}", "what happens when a mapping is saved has no counterpart")
    if str(action.get("platform") or "cloud").lower() != "cloud":
        yield Note("platform", f"it is {script(action['platform'])}: it ran elsewhere, not here")
    if action.get("hidden") is True:
        yield Note("hidden", "an action is shown wherever it is installed")
    if action.get("hasPerformBatch") is True or "enable_batching" in fields:
        yield Note("batch", f"it takes several at once; declare .batch({_limits(fields)})")
    for key, one in fields.items():
        if one.get("dynamic") is True:
            yield Note(f"fields/{key}", "its choices are found by code; declare .choices()")
    if MATCHING_KEY in fields:
        yield Note("matching key", "a function that needs it takes matching_key")


def _limits(fields: Mapping[str, JsonObject]) -> str:
    """What a definition says of its batches, as arguments."""
    words = {"batch_size": "max_items", "batch_bytes": "max_bytes", "batch_keys": "keys"}
    told = {
        ours: fields[theirs]["default"]
        for theirs, ours in words.items()
        if "default" in fields.get(theirs, {})
    }
    return ", ".join(f"{word}={script(value)}" for word, value in told.items())
