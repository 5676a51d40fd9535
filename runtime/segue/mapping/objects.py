"""Objects made of objects: flattened, merged, without nulls. No recursion: an event may nest deeply."""

from collections.abc import Iterable, Mapping

from segue.json import MISSING, JsonValue, Missing, ordered
from segue.mapping.limits import KEYS


def flatten(value: JsonValue | Missing, separator: str, *, arrays: bool) -> JsonValue | Missing:
    """One object of all that is inside, by keys joined with the separator.

    Empty containers vanish. With ``arrays`` false an array stays whole. What is no container
    cannot be flattened and is MISSING, and so is a result whose keys are longer than the limit.
    """
    inside = _inside(value, arrays=arrays)
    if inside is None:
        return MISSING
    flat: dict[str, JsonValue] = {}
    letters, pending = 0, [("", key, item) for key, item in reversed(inside)]
    while pending:
        prefix, key, item = pending.pop()
        name = f"{prefix}{separator}{key}" if prefix else key
        letters += len(name)
        if letters > KEYS:
            return MISSING
        inside = _inside(item, arrays=arrays)
        if inside is None:
            flat[name] = item
        else:
            pending.extend((name, key, item) for key, item in reversed(inside))
    return flat


def _inside(value: JsonValue | Missing, *, arrays: bool) -> list[tuple[str, JsonValue]] | None:
    match value:
        case Mapping():
            return ordered(value.items())
        case list() | tuple() if arrays:
            return [(str(index), item) for index, item in enumerate(value)]
        case _:
            return None


def merge(values: Iterable[JsonValue]) -> dict[str, JsonValue]:
    """The members of all objects, later ones over earlier ones; what is no object adds nothing."""
    merged: dict[str, JsonValue] = {}
    for value in values:
        if isinstance(value, Mapping):
            merged.update(value)
    return merged


def without_nulls(value: JsonValue | Missing) -> JsonValue | Missing:
    """A value without the null members of objects in objects; arrays stay as they are. Null is MISSING."""
    if not isinstance(value, Mapping):
        return MISSING if value is None else value
    root: dict[str, JsonValue] = {}
    pending = [(value, root)]
    while pending:
        members, kept = pending.pop()
        for key, item in members.items():
            if isinstance(item, Mapping):
                kept[key] = inner = dict[str, JsonValue]()
                pending.append((item, inner))
            elif item is not None:
                kept[key] = item
    return root
