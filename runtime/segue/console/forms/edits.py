"""What a form changes in the workspace file: as little as says it."""

from collections.abc import Iterator, Sequence
from typing import Final

from segue.console.forms.draft import Said
from segue.console.forms.fields import exactly
from segue.json import MISSING, JsonObject, JsonValue, Missing
from segue.trigger import parse_trigger
from segue.workspace.editing import Document, EditError
from segue.workspace.model import AnyAction


NULL: Final[JsonObject] = {"@literal": None}
"""Null as a value; a bare null in an override leaves a field out."""


def place(connection: str, mapping: str) -> tuple[str, ...]:
    """Where a mapping stands in the file."""
    return ("connections", connection, "mappings", mapping)


def write(
    document: Document, where: Sequence[str], action: AnyAction, base: Said, mine: Said
) -> None:
    """Write what differs between two sayings of a mapping, and nothing else. Raises EditError.

    What equals the action's own is taken out of the file rather than written into it.
    """
    if document.value(where) is MISSING:
        raise EditError(where, "the mapping is gone from the file")
    if mine.trigger != base.trigger:
        usual = _usual(mine.trigger, action)
        _settle(document, (*where, "trigger"), MISSING if usual else mine.trigger)
    for key in ("sync_mode", "matching_key"):
        if getattr(mine, key) != getattr(base, key):
            _settle(document, (*where, key), getattr(mine, key) or MISSING)
    for key in differing(base.fields, mine.fields):
        _field(document, where, action, key, mine.fields.get(key, MISSING))
    if document.value((*where, "override")) == {}:
        document.remove((*where, "override"))


def _usual(trigger: str, action: AnyAction) -> bool:
    return parse_trigger(trigger) == parse_trigger(action.trigger)


def differing(base: JsonObject, mine: JsonObject) -> Iterator[str]:
    """The fields that are not the same."""
    for key in dict.fromkeys([*base, *mine]):
        if not exactly(base.get(key, MISSING), mine.get(key, MISSING)):
            yield key


def _field(
    document: Document,
    where: Sequence[str],
    action: AnyAction,
    key: str,
    value: JsonValue | Missing,
) -> None:
    if document.value((*where, "fields")) is not MISSING:
        _settle(document, (*where, "fields", key), value)
    elif exactly(value, action.mapping.get(key, MISSING)):
        _settle(document, (*where, "override", key), MISSING)
    else:
        _settle(document, (*where, "override", key), overriding(value))


def _settle(document: Document, path: Sequence[str], value: JsonValue | Missing) -> None:
    if not isinstance(value, Missing):
        document.put(path, value)
    elif document.value(path) is not MISSING:
        document.remove(path)


def overriding(value: JsonValue | Missing) -> JsonValue:
    """A field as an override has it: null for one that is left out."""
    return None if isinstance(value, Missing) else NULL if value is None else value


def fresh(action: AnyAction, mine: Said) -> JsonObject:
    """A new mapping as the file has it: switched off, and only what is not the action's own."""
    override = {
        key: overriding(mine.fields.get(key, MISSING))
        for key in differing(action.mapping, mine.fields)
    }
    said: dict[str, JsonValue | None] = {
        "action": action.slug,
        "enabled": False,
        "trigger": None if _usual(mine.trigger, action) else mine.trigger,
        "sync_mode": mine.sync_mode or None,
        "matching_key": mine.matching_key or None,
        "override": override or None,
    }
    return {key: value for key, value in said.items() if value is not None}
