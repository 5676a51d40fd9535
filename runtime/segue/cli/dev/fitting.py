"""A sample event for a mapping: its trigger matches it, and what its needed fields read is there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from segue.cli.dev.stand_in import value
from segue.events import Event
from segue.fields.schema import properties, required
from segue.json import JsonObject, JsonValue
from segue.mapping import first_path
from segue.solving import put, solve
from segue.workspace.model import ActionMapping


def fitted(mapping: ActionMapping, events: Sequence[Event]) -> Event:
    """One of some events, changed as little as it takes; the first where no change is enough."""
    found = solve(mapping.trigger, events)
    if found is None:
        return events[0]
    filled = found
    for path, made in _lacking(mapping, found):
        filled = cast("JsonObject", put(filled, path, made))
    return cast("Event", filled if mapping.matches(filled) else found)


def _lacking(
    mapping: ActionMapping, event: JsonObject
) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """The paths that needed fields read and the event does not have, each with a value."""
    mapped, fields = mapping.map(event), mapping.action.fields
    there = mapped if isinstance(mapped, Mapping) else {}
    for key in required(fields):
        path = first_path(mapping.fields.get(key))
        if path and there.get(key) is None:
            yield path, value(key, properties(fields).get(key, {}))
