"""A published action as Segue can have it; what it cannot is noted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from segue.audience import MATCHING_KEY, SYNC_MODE, SyncMode
from segue.compat.segment import fields_to_schema
from segue.errors import TriggerError
from segue.fields.schema import properties
from segue.json import JsonObject, JsonValue, quote
from segue.presets import Preset
from segue.scaffold.defaults import mapped
from segue.scaffold.definition import (
    INTERNAL,
    RESERVED,
    Note,
    Notes,
    Published,
    known_fields,
    shown,
)
from segue.scaffold.offers import preset, sync_modes
from segue.scaffold.pruning import prune
from segue.scaffold.soundness import sound, titled
from segue.trigger import parse_trigger


EVERY: Final = 'type = "track"'


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
    fields = prune(fields_to_schema(sound(plain, (), notes)), notes)
    fields = mapped(titled(fields), trigger, notes)
    modes = sync_modes(action.get("syncMode"), published.fields.get(SYNC_MODE), notes)
    presets = [
        made
        for one in published.presets
        if (made := preset(one, published.slug, fields, modes, notes)) is not None
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
    told: Notes = []
    checked = sound(known_fields(known, ("fields",), told), (), told)
    schema = titled(prune(fields_to_schema(checked), told))
    notes += [Note(one.where.replace("fields", "settings", 1), one.what) for one in told]
    plain = {
        key: {("default" if word == "mapping" else word): value for word, value in part.items()}
        for key, part in properties(schema).items()
    }
    return {**{word: one for word, one in schema.items() if word != "$schema"}, "properties": plain}


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


def _without_reserved(published: Published, notes: Notes) -> dict[str, JsonObject]:
    """The fields but those that Segment's own platform reads."""
    kept: dict[str, JsonObject] = {}
    for key, one in published.fields.items():
        if key.startswith(INTERNAL) or key in RESERVED:
            continue
        if key.startswith("@") or not key:
            notes.append(Note(f"fields/{key}", "no field can be called that"))
        elif "hookInputFieldType" in one:
            notes.append(Note(f"fields/{key}", "it belongs to a hook, and there are none"))
        else:
            kept[key] = one
    return kept


def _left_out(action: JsonObject, fields: Mapping[str, JsonObject]) -> Iterator[Note]:
    hooks = action.get("hooks")
    for name in hooks if isinstance(hooks, Mapping) else ():
        yield Note(f"hooks/{name}", "what happens when a mapping is saved has no counterpart")
    if str(action.get("platform") or "cloud").lower() != "cloud":
        yield Note("platform", f"it is {shown(action['platform'])}: it ran elsewhere, not here")
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
    return ", ".join(f"{word}={shown(value)}" for word, value in told.items())
