"""What a published action offers a mapping: sync modes, and presets to start from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from segue.audience import MATCHING_KEY, SYNC_MODE, SYNC_MODES, SyncMode
from segue.errors import Problem, TriggerError
from segue.fields import compile_fields, default_mapping
from segue.fields.schema import properties, required
from segue.json import JsonObject, JsonValue, quote
from segue.mapping import check_mapping
from segue.presets import Preset
from segue.scaffold.definition import INTERNAL, RESERVED, Note, Notes, shown
from segue.trigger import parse_trigger


def sync_modes(given: JsonValue, listed: JsonObject | None, notes: Notes) -> list[SyncMode]:
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
            notes.append(Note("syncMode", f"there is no sync mode {shown(one)}"))
    default = given.get("default")
    wanted: list[SyncMode] = [one for one in SYNC_MODES if one in values]
    return sorted(wanted, key=lambda one: one != default)


def preset(
    given: JsonObject, slug: str, fields: JsonObject, modes: Sequence[SyncMode], notes: Notes
) -> Preset | None:
    name = given.get("name")
    where = f"presets/{name}"
    mapping = given.get("mapping", given.get("fields"))
    said = dict(mapping) if isinstance(mapping, Mapping) else {}
    mode, key = said.pop(SYNC_MODE, None), said.pop(MATCHING_KEY, None)
    for one in (*RESERVED, *(each for each in said if each.startswith(INTERNAL))):
        said.pop(one, None)
    if key is not None:
        notes.append(Note(where, f"a mapping says its matching key itself: {shown(key)}"))
    trigger = given.get("subscribe", given.get("trigger"))
    event = given.get("eventSlug")
    made = Preset(
        name if isinstance(name, str) and name.strip() else slug,
        slug,
        trigger if isinstance(trigger, str) and trigger.strip() else None,
        _override(said, fields, where, notes),
        cast("SyncMode", mode) if mode in modes else None,
        event if isinstance(event, str) and event else None,
    )
    wrong = [*_wrong(made, fields)]
    if wrong:
        notes.append(Note(where, f"it is left out: {wrong[0]}"))
        return None
    return made


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
