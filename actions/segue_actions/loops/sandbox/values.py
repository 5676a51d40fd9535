"""What a property value may be: types, dates, addresses, lengths."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from segue.json import MISSING, JsonValue, Missing
from segue_actions.loops.sandbox.model import Kind, Scalar


LONGEST: Final = 500  # characters of a key or value, its two quotes included

_ADDRESS: Final = re.compile(
    r"[^\s@<>()\[\],;:\"\\]+@[^\s@.<>()\[\],;:\"\\]+(\.[^\s@.<>()\[\],;:\"\\]+)+"
)
_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_MILLISECONDS: Final = re.compile(r"-?\d{1,16}", re.ASCII)


def fit(kind: Kind, value: JsonValue) -> Scalar | Missing:
    """The value as a property of this type keeps it; MISSING when it is of another type.

    Null fits every type: it resets the property.
    """
    return None if value is None else _FITS[kind](value)


def _string(value: JsonValue) -> str | Missing:
    return value if isinstance(value, str) else MISSING


def _number(value: JsonValue) -> int | float | Missing:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else MISSING


def _boolean(value: JsonValue) -> bool | Missing:
    return value if isinstance(value, bool) else MISSING


def _date(value: JsonValue) -> str | Missing:
    if isinstance(value, str):
        return _instant(int(value)) if _MILLISECONDS.fullmatch(value) else _parse(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _instant(value) if isinstance(value, int) and not isinstance(value, bool) else MISSING


_FITS: Final[Mapping[Kind, Callable[[JsonValue], Scalar | Missing]]] = {
    "string": _string,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}


def _parse(text: str) -> str | Missing:
    if not _DATE.fullmatch(text):
        return MISSING
    try:
        moment = datetime.fromisoformat(text)
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return MISSING


def _instant(milliseconds: int) -> str | Missing:
    try:
        return iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return MISSING


def iso(moment: datetime) -> str:
    """UTC with milliseconds, as JavaScript writes dates."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def address(value: str) -> str | None:
    """The address without surrounding spaces, None when it is not one."""
    trimmed = value.strip()
    return trimmed if _ADDRESS.fullmatch(trimmed) else None


def too_long(body: JsonValue) -> bool:
    """True when a key or text anywhere in the body is over the limit."""
    queue = [body]
    while queue:
        item = queue.pop()
        if isinstance(item, str):
            if len(item) > LONGEST - 2:
                return True
        elif isinstance(item, Mapping):
            queue.extend(item)
            queue.extend(item.values())
        elif isinstance(item, list | tuple):
            queue.extend(item)
    return False


def too_deep(body: JsonValue, levels: int) -> bool:
    """True when objects and lists are nested to more than so many levels."""
    level = [body]
    for _ in range(levels):
        level = [item for parent in level for item in _items(parent)]
    return any(isinstance(item, Mapping | list | tuple) for item in level)


def _items(parent: JsonValue) -> Iterable[JsonValue]:
    if isinstance(parent, Mapping):
        return parent.values()
    return parent if isinstance(parent, list | tuple) else ()


def kind_of(value: Scalar) -> Kind:
    """The type Loops would show for an event property."""
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"
