"""Whether a Python value is JSON, and not nested too deep."""

import math
import re
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any, Final, TypeAlias

from segue.errors import EventError, pointer
from segue.events.reasons import excerpt, kind, refusal


MAX_DEPTH: Final = 100
"""Containers inside each other, the event itself being the first."""

Trail: TypeAlias = tuple["Trail", str | int] | None
Box: TypeAlias = dict[Any, object] | list[object]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def check(event: object) -> None:
    """Raise EventError unless ``event`` is a JSON object as the standard library decodes it.

    Refused are NaN and infinities, lone surrogates, keys that are not strings, subclasses and
    all other Python types, and nesting over MAX_DEPTH. Goes level by level, so that neither
    recursion nor a container that holds itself can harm it.
    """
    if type(event) is not dict:
        raise refusal("bad_request", why=f"an event is a JSON object, not {kind(event)}")
    level: list[tuple[Trail, Box]] = [(None, event)]
    for _ in range(MAX_DEPTH):
        level = _inside(level)
        if not level:
            return
    why = f"the event is nested over {MAX_DEPTH} levels deep"
    raise refusal("bad_request", why=why)


def shallow(text: bytes) -> bool:
    """Whether JSON text has too few brackets to nest deeper than MAX_DEPTH. False decides nothing."""
    return text.count(b"{") + text.count(b"[") <= MAX_DEPTH


def _inside(level: Iterable[tuple[Trail, Box]]) -> list[tuple[Trail, Box]]:
    """The containers one level further in, each once; scalars are checked on the way."""
    inner: dict[int, tuple[Trail, Box]] = {}
    for trail, box in level:
        for key, item in _members(trail, box):
            if type(item) is dict or type(item) is list:
                inner[id(item)] = ((trail, key), item)
            elif not _SCALARS.get(type(item), _never)(item):
                raise _not_json(trail, key, item)
    return list(inner.values())


def _members(trail: Trail, box: Box) -> Iterable[tuple[str | int, object]]:
    if isinstance(box, list):
        return enumerate(box)
    for key in box:
        if type(key) is not str or not _paired(key):
            raise _bad_key(trail, key)
    return box.items()


def _never(_: object) -> bool:
    return False


def _always(_: object) -> bool:
    return True


def _paired(text: str) -> bool:
    return text.isascii() or not _SURROGATE.search(text)


_SCALARS: Final[dict[type, Callable[[Any], bool]]] = {
    str: _paired,
    float: math.isfinite,
    int: _always,
    bool: _always,
    NoneType: _always,
}


def _not_json(trail: Trail, key: str | int, item: object) -> EventError:
    if type(item) is float:
        found = f"{item}, which JSON cannot say"
    elif type(item) is str:
        found = "text with half a surrogate pair"
    else:
        found = f"{kind(item)}, not a JSON value"
    return refusal("bad_request", why=f"{_place((trail, key))} is {found}")


def _bad_key(trail: Trail, key: object) -> EventError:
    found = "has half a surrogate pair" if type(key) is str else f"is {kind(key)}, not a string"
    return refusal("bad_request", why=f"{_place(trail) or 'the event'} has a key that {found}")


def _place(trail: Trail) -> str:
    keys: list[str | int] = []
    while trail is not None:
        keys.append(trail[1])
        trail = trail[0]
    return excerpt(pointer(*reversed(keys)))
