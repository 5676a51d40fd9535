"""Python source of values, as a formatter would lay it out.

Text from elsewhere enters source here and nowhere else: as a constant. What is not ASCII is escaped,
but for Latin letters, so that nothing in it looks like something else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from segue.json import JsonValue


WIDTH: Final = 88
"""Of a line, as formatters have it unless told otherwise."""

INDENT: Final = 4

_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_PLAIN: Final = re.compile("[ -~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_PIECE: Final = re.compile(r"\S*\s*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is in scope: ``FIELDS``, ``str | None``."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A call: ``path("$.userId")``."""

    name: str
    arguments: Sequence["Node"]
    keywords: Mapping[str, "Node"]


Node: TypeAlias = "JsonValue | Name | Called | Sequence[Node] | Mapping[str, Node]"


def constant(text: str) -> str:
    """A text as a constant, in the quotes that need fewer escapes."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    return mark + "".join(_escaped(one, mark) for one in text) + mark


def source(value: Node, *, indent: int = 0, used: int = 0, tail: int = 0) -> str:
    """A value as source, on one line if it fits behind ``used`` characters and before ``tail`` more.

    Else each part has a line of its own, ``indent`` being that of the line it starts on.
    """
    flat = _flat(value)
    if used + len(flat) + tail <= WIDTH:
        return flat
    match value:
        case Called(name, arguments, keywords):
            parts = [("", one) for one in arguments]
            parts += [(f"{key}=", one) for key, one in keywords.items()]
            return _exploded(f"{name}(", parts, ")", indent)
        case Mapping() if value:
            pairs = [(f"{constant(key)}: ", one) for key, one in value.items()]
            return _exploded("{", pairs, "}", indent)
        case Sequence() if value and not isinstance(value, str):
            return _exploded("[", [("", one) for one in value], "]", indent)
        case _:
            return flat


def _flat(value: Node) -> str:
    match value:
        case Name(text):
            return text
        case Called(name, arguments, keywords):
            named = [f"{key}={_flat(one)}" for key, one in keywords.items()]
            return f"{name}({', '.join([*map(_flat, arguments), *named])})"
        case str():
            return constant(value)
        case None | bool() | int() | float():
            return repr(value).replace("e+", "e")
        case Mapping():
            members = (f"{constant(key)}: {_flat(one)}" for key, one in value.items())
            return "{" + ", ".join(members) + "}"
        case _:
            return f"[{', '.join(map(_flat, value))}]"


def _exploded(start: str, parts: Sequence[tuple[str, Node]], end: str, indent: int) -> str:
    inner = indent + INDENT
    lines = [f"{' ' * inner}{prefix}{_part(one, inner, prefix)}," for prefix, one in parts]
    return "\n".join([start, *lines, " " * indent + end])


def _part(value: Node, indent: int, prefix: str) -> str:
    """One part on a line of its own; a long text beside its key is broken between words."""
    used = indent + len(prefix)
    flat = _flat(value)
    if isinstance(value, str) and prefix and used + len(flat) + 1 > WIDTH:
        pieces = _pieces(value, WIDTH - indent - INDENT)
        if len(pieces) > 1:
            lines = [" " * (indent + INDENT) + constant(piece) for piece in pieces]
            return "\n".join(["(", *lines, " " * indent + ")"])
    return source(value, indent=indent, used=used, tail=1)


def _pieces(text: str, width: int) -> list[str]:
    """A text in pieces whose constants are no wider, as far as there are spaces to break it at."""
    pieces = [""]
    for word in _PIECE.findall(text):
        if pieces[-1] and len(constant(pieces[-1] + word)) > width:
            pieces.append("")
        pieces[-1] += word
    return pieces


def _escaped(character: str, mark: str) -> str:
    if character == mark:
        return f"\\{mark}"
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _PLAIN.fullmatch(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
