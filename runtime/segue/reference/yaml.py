"""JSON values as YAML that people paste into a workspace: short ones on a line, long ones as blocks."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from segue.json import JsonValue


WIDTH: Final = 100

# Text that YAML takes for text as it stands, in a block and in a flow.
_PLAIN: Final = re.compile(r'[A-Za-z][A-Za-z0-9_ =!<>()".-]*')
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def yaml(value: JsonValue, depth: int = 0, blocks: int = 0) -> list[str]:
    """The lines of a value, ``depth`` spaces from the left, so many levels of it as blocks at least."""
    return [f"{' ' * depth}{text}" for text in _lines(value, WIDTH - depth, blocks)]


def _lines(value: JsonValue, width: int, blocks: int = 0) -> Iterator[str]:
    flow = _flow(value)
    if not isinstance(value, Mapping | list):
        yield _scalar(value)
    elif not value or (blocks < 1 and _fits(value, flow, width)):
        yield flow
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _member(f"{_scalar(key)}:", inner, width, blocks - 1)
    else:
        for inner in value:
            first, *more = _lines(inner, width - 2)
            yield f"- {first}"
            yield from (f"  {one}" for one in more)


def _member(head: str, value: JsonValue, width: int, blocks: int) -> Iterator[str]:
    """A key with its value: on the same line, or in a block below."""
    lines = [*_lines(value, width - len(head) - 1, blocks)]
    if len(lines) == 1 and not _is_block(value, lines[0]):
        yield f"{head} {lines[0]}"
        return
    yield head
    yield from (f"  {one}" for one in _lines(value, width - 2, max(blocks, 1)))


def _is_block(value: JsonValue, text: str) -> bool:
    """Whether the only line of a list or an object has no brackets around it."""
    return isinstance(value, Mapping | list) and text[0] not in "{["


def _fits(value: JsonValue, flow: str, width: int) -> bool:
    """Whether a value may stand on one line; an object of objects is easier to read as a block."""
    inner = value.values() if isinstance(value, Mapping) else ()
    several = sum(isinstance(one, Mapping | list) for one in inner) > 1
    return len(flow) <= width and not several


def _flow(value: JsonValue) -> str:
    """A value as JSON on one line, which YAML reads the same; what cannot be seen is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=dict)
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(one: str) -> str:
    if one.isprintable():
        return one
    return f"\\u{ord(one):04x}" if one <= "\uffff" else f"\\U{ord(one):08x}"


def _scalar(value: JsonValue) -> str:
    """A value that is neither list nor object; text bare where that is safe."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value) or value.endswith(" "):
        return _flow(value)
    return _flow(value) if value.lower() in _WORDS or " #" in value else value
