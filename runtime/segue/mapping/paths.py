r"""Paths: ``$.traits.email``, ``products[0].name``, ``$.traits['first.name']``.

A path may start with ``$``, the whole event; so "", "." and "$" are the event itself. The rest is
keys between dots, indexes in brackets, and quoted keys in brackets, which may hold any character
(``\'``, ``\"`` and ``\\`` are escapes there). As in Segment's actions-core, extra dots mean nothing,
quotes outside brackets are dropped, a bracket that is not closed is forgiven, and ``a[b]`` is one key.

A key leads to an object's member, an array's item (plain decimal, from 0), a text's UTF-16 unit, or
the ``length`` of either. Through anything else it leads nowhere: MISSING.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from segue.json import MISSING, JsonValue, Missing, index_like
from segue.mapping.resolvers import Resolver


_QUOTED: Final = re.compile(
    r"""\[ (?: "( (?: [^"\\] | \\. )*+ )" | '( (?: [^'\\] | \\. )*+ )' ) \]++""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"""\\(["'\\])""")
_CUT: Final = re.compile(r"""\. | \[(?=['"0-9]) | (?<=['"0-9])\]+""", re.VERBOSE)
_QUOTES: Final = str.maketrans("", "", "'\"")


def split_path(path: str) -> tuple[str, ...]:
    """The keys of a path: ``split_path("$.a['b.c'][0]") == ("a", "b.c", "0")``."""
    if path == "$" or path.startswith(("$.", "$[")):
        path = path[1:]
    keys: list[str] = []
    end = 0
    for quoted in _QUOTED.finditer(path):
        keys += _split_plain(path[end : quoted.start()])
        keys.append(_ESCAPE.sub(r"\1", quoted[1] if quoted[1] is not None else quoted[2]))
        end = quoted.end()
    return (*keys, *_split_plain(path[end:]))


def _split_plain(text: str) -> list[str]:
    return [piece.translate(_QUOTES) for piece in _CUT.split(text) if piece]


def join_path(keys: Iterable[str]) -> str:
    """A path of these keys, as people write it: ``join_path(["a", "b.c", "0"]) == "$.a['b.c'][0]"``."""
    return "$" + "".join(map(_joint, keys))


def _joint(key: str) -> str:
    if key.isascii() and key.isdecimal():
        return f"[{key}]"
    if key.isascii() and key.replace("_", "").isalnum():
        return f".{key}"
    quoted = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"


def compile_path(path: str) -> Resolver:
    """What finds a path's value in an event, MISSING where there is none. It never raises."""
    return compile_keys(split_path(path))


def compile_keys(keys: tuple[str, ...]) -> Resolver:
    match keys:
        case ():
            return lambda event: event
        case (key,):
            return _one(key)
        case (first, second):
            return _two(first, second)
        case (first, second, third):
            return _three(first, second, third)
        case _:
            return lambda event: find(event, keys)


def find(value: JsonValue, keys: tuple[str, ...]) -> JsonValue | Missing:
    found: JsonValue | Missing = value
    for key in keys:
        found = member(found, key)
    return found


def member(value: JsonValue | Missing, key: str) -> JsonValue | Missing:
    """What a key leads to."""
    match value:
        case None | Missing():
            return MISSING
        case Mapping():
            return value.get(key, MISSING)
        case str():
            return _unit(value, key)
        case list() | tuple():
            return len(value) if key == "length" else _item(value, key)
        case _:
            return MISSING


def _item(items: list[JsonValue] | tuple[JsonValue, ...], key: str) -> JsonValue | Missing:
    return items[int(key)] if index_like(key) and int(key) < len(items) else MISSING


def _unit(text: str, key: str) -> JsonValue | Missing:
    """A UTF-16 unit of a text, or their number."""
    if key == "length":
        return length(text)
    if not index_like(key):
        return MISSING
    start = 2 * int(key)
    units = text.encode("utf-16-le", "surrogatepass")[start : start + 2]
    return units.decode("utf-16-le", "surrogatepass") or MISSING


def length(text: str) -> int:
    """The number of UTF-16 units, as JavaScript counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


# Nearly every path of a real mapping has one to three keys and meets plain objects on its way.
# These look there first, and leave everything else to `member`.


def _one(key: str) -> Resolver:
    def get(event: JsonValue) -> JsonValue | Missing:
        if isinstance(event, dict):
            found: JsonValue | Missing = event.get(key, MISSING)
            return found
        return member(event, key)

    return get


def _two(first: str, second: str) -> Resolver:
    def get(event: JsonValue) -> JsonValue | Missing:
        inner = event.get(first) if isinstance(event, dict) else member(event, first)
        if isinstance(inner, dict):
            found: JsonValue | Missing = inner.get(second, MISSING)
            return found
        return member(inner, second)

    return get


def _three(first: str, second: str, third: str) -> Resolver:
    outer = _two(first, second)

    def get(event: JsonValue) -> JsonValue | Missing:
        inner = outer(event)
        if isinstance(inner, dict):
            found: JsonValue | Missing = inner.get(third, MISSING)
            return found
        return member(inner, third)

    return get
