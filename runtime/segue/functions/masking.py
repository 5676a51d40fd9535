"""Keeping secrets out of requests that wait to be sent.

A function puts its credentials into its requests itself, and these may be stored. So the value of a
secret setting is replaced by its name, ``${settings.token}``, and put back when the request is
sent, with the value that the setting has then.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias
from urllib.parse import quote

from segue.destination import Settings
from segue.http import Request
from segue.json import JsonValue


SHORTEST: Final = 6
"""Shorter values would be found where they are not meant."""

_SIGN: Final = "${settings."
_ITSELF: Final = "${settings.!}"
_NAME: Final = re.compile(r"\$\{settings\.(?P<name>!|[^}!]+?)(?P<quoted>:url)?\}")

Change: TypeAlias = Callable[[str], str]


def mask(request: Request, settings: Settings, secrets: Collection[str]) -> Request:
    """The request with names in place of those settings that are secret."""
    found = dict(_names(settings, secrets))
    if not found:
        return _changed(request, lambda text: text.replace(_SIGN, _ITSELF))
    pattern = re.compile("|".join(map(re.escape, [_SIGN, *sorted(found, key=len, reverse=True)])))
    return _changed(
        request,
        lambda text: pattern.sub(lambda one: found.get(one[0], _ITSELF), text),
    )


def unmask(request: Request, settings: Settings) -> Request:
    """The request with the values that the settings have now."""

    def value(found: re.Match[str]) -> str:
        if found["name"] == "!":
            return _SIGN
        setting = settings.get(found["name"])
        if not isinstance(setting, str):
            return found[0]
        return quote(setting, safe="") if found["quoted"] else setting

    return _changed(request, lambda text: _NAME.sub(value, text))


def _names(settings: Settings, secrets: Collection[str]) -> Iterator[tuple[str, str]]:
    """The secret values, as they are and as they stand in a URL, and what stands in their place."""
    for name, value in settings.items():
        if isinstance(value, str) and value in secrets and len(value) >= SHORTEST:
            yield quote(value, safe=""), f"{_SIGN}{name}:url}}"
            yield value, f"{_SIGN}{name}}}"


def _changed(request: Request, change: Change) -> Request:
    body = request.body
    return replace(
        request,
        url=change(request.url),
        json=_each(request.json, change),
        body=None if body is None else _text(body, change),
        params={
            name: change(one) if isinstance(one, str) else one
            for name, one in request.params.items()
        },
        headers={name: change(one) for name, one in request.headers.items()},
    )


def _text(body: bytes, change: Change) -> bytes:
    return change(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")


def _each(value: JsonValue, change: Change) -> JsonValue:
    match value:
        case str():
            return change(value)
        case Mapping():
            return {change(name): _each(one, change) for name, one in value.items()}
        case list() | tuple():
            return [_each(one, change) for one in value]
        case _:
            return value
