"""Requests as plain values, which can travel; and what in them is not what it should be."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, cast

from segue.http import Request
from segue.json import JsonValue


DEEPEST: Final = 200
"""Levels of a body."""


def plain(request: Request, at: int, odd: list[str]) -> Request:
    """The request made of plain values, which can travel; what is none is noted and shown as text."""
    where = f"request {at + 1}: "
    body = cast("object", request.body)
    if not isinstance(body, bytes | None):
        odd.append(f"{where}the body is {_kind(body)}, not bytes")
    return Request(
        method=_word(request.method, f"{where}the method", odd),
        url=_word(request.url, f"{where}the URL", odd),
        json=_json(request.json, f"{where}json", odd),
        body=body if isinstance(body, bytes) else None,
        params={str(name): value for name, value in request.params.items()},
        headers={
            str(name): _word(value, f"{where}the header {name}", odd)
            for name, value in request.headers.items()
        },
        timeout=request.timeout,
        accept=tuple(request.accept),
    )


def _word(value: object, where: str, odd: list[str]) -> str:
    if not isinstance(value, str):
        odd.append(f"{where} is {_kind(value)}, not text")
    return str(value)


def _json(value: object, where: str, odd: list[str], depth: int = 0) -> JsonValue:
    """A JSON value as dicts and lists; what is none is noted by its place."""
    if depth > DEEPEST:
        odd.append(f"{where} is nested too deeply")
        return None
    if isinstance(value, float) and not math.isfinite(value):
        odd.append(f"{where} is {value}, which JSON cannot say")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _text(value, where, odd)
    if isinstance(value, Mapping):
        return {
            _key(key, where, odd): _json(item, f"{where}/{key}", odd, depth + 1)
            for key, item in cast("Mapping[object, object]", value).items()
        }
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [_json(item, f"{where}/{at}", odd, depth + 1) for at, item in enumerate(items)]
    odd.append(f"{where} is {_kind(value)}, which is not JSON")
    return repr(value)


def _text(value: str, where: str, odd: list[str]) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        odd.append(f"{where} is a text with half a character (a lone surrogate)")
    return value


def _key(key: object, where: str, odd: list[str]) -> str:
    if not isinstance(key, str):
        odd.append(f"{where} has the key {key!r}, which is not text")
    return str(key)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
