"""JSON values as YAML: what is text stays text, whatever it looks like."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from yaml import SafeLoader

from segue.json import JsonScalar, JsonValue
from segue.workspace.scalars import resolve


WIDTH: Final = 100

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PLAIN: Final = re.compile(r"[A-Za-z_$/(.0-9][^\x00-\x1f]*")
_OPEN: Final = re.compile(r":(\s|$)|\s#|^(---|\.\.\.)|\s$")
_TABLE: Final = str.maketrans({"\x7f": "\\x7f"})


def quoted(text: str) -> str:
    """Text in double quotes, with escapes for what is not seen."""
    escaped = json.dumps(text, ensure_ascii=False).translate(_TABLE)
    return "".join(one if one.isprintable() else _escape(one) for one in escaped)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def scalar(value: JsonScalar, *, style: str = "", flow: bool = False) -> str:
    """A scalar on one line; text in the quotes of ``style`` where these can hold it.

    Raises ValueError for a number that JSON cannot hold.
    """
    if isinstance(value, str):
        return _text(value, style, flow=flow)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number that JSON can hold")
    return json.dumps(value)


def _text(text: str, style: str, *, flow: bool) -> str:
    bare = _WORD.fullmatch(text) if flow else _PLAIN.fullmatch(text)
    if not style and bare and not _OPEN.search(text) and text.isprintable() and not _typed(text):
        return text
    single = style == "'" or (not flow and not style and '"' in text)
    return "'" + text.replace("'", "''") + "'" if single and text.isprintable() else quoted(text)


def _typed(text: str) -> bool:
    """Whether it would be a number, a date or the like, here or for readers of YAML 1.1."""
    older = SafeLoader.yaml_implicit_resolvers.get(text[0], [])
    try:
        return resolve(text) != text or any(pattern.match(text) for _, pattern in older)
    except ValueError:
        return True


def flow(value: JsonValue, *, strict: bool = False) -> str:
    """A value on one line; ``strict`` is JSON.

    Raises ValueError as ``scalar`` does.
    """
    if isinstance(value, Mapping):
        members = (
            f"{flow(key, strict=strict)}: {flow(one, strict=strict)}" for key, one in value.items()
        )
        return f"{{{', '.join(members)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(flow(one, strict=strict) for one in value)}]"
    return scalar(value, style='"' if strict else "", flow=True)


def inline(value: JsonValue, room: int) -> bool:
    """Whether a value is better on one line: what is no list or object, a short directive, a short list."""
    if isinstance(value, Mapping):
        small = len(value) == 1 and next(iter(value)).startswith("@")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        small = all(not isinstance(one, Mapping | list | tuple) for one in value)
    else:
        return True
    return not value or (small and len(flow(value)) <= room)


def lines(value: JsonValue, indent: int, step: int) -> Iterator[str]:
    """The lines of a list or an object that is not empty, each from column ``indent`` on."""
    pad = " " * indent
    if isinstance(value, Mapping):
        for key, one in value.items():
            head, *rest = member(one, indent, step)
            yield f"{pad}{scalar(key)}:{head}"
            yield from rest
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from item(one, indent, step)


def item(value: JsonValue, indent: int, step: int) -> Iterator[str]:
    """The lines of one in a list."""
    if inline(value, WIDTH - indent):
        head, *rest = _one(value, indent + 2)
    else:
        head, *rest = lines(value, indent + 2, step)
    yield f"{' ' * indent}- {head.strip(' ')}"
    yield from rest


def member(value: JsonValue, indent: int, step: int) -> Iterator[str]:
    """What follows a key and its colon: the rest of that line, and further lines."""
    if inline(value, WIDTH - indent - 20):
        head, *rest = _one(value, indent + step)
        yield f" {head}"
        yield from rest
    else:
        yield ""
        yield from lines(value, indent + step, step)


def _one(value: JsonValue, indent: int) -> Iterator[str]:
    if isinstance(value, str) and _literal(value):
        yield "|" if value.endswith("\n") else "|-"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{' ' * indent}{line}" if line else ""
    elif isinstance(value, str | int | float) or value is None:
        yield scalar(value)
    else:
        yield flow(value)


def text_lines(value: str, style: str, indent: int) -> list[str]:
    """Text as it stands in a block: several lines where it has them, else in quotes of ``style``."""
    kept = style if style in {"'", '"'} else ""
    return [*_one(value, indent)] if _literal(value) else [scalar(value, style=kept)]


def _literal(text: str) -> bool:
    """Whether text can stand as it is after "|": several lines, none that would be read otherwise."""
    shown = all(line.isprintable() for line in text.split("\n"))
    return "\n" in text[:-1] and shown and not text.endswith("\n\n") and text[0] not in " \n"
