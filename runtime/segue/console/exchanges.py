"""Requests and responses as a page shows them: redacted, and JSON on several lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from segue.console.rendering import pretty
from segue.http import Request, Response, redact
from segue.json import JsonError, decode


SHOWN: Final = 100_000
"""Characters of a body that a page shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: str


def asked(request: Request, secrets: Iterable[str] = ()) -> Asked:
    """A request without what must not be shown."""
    shown = request.redacted(secrets)
    body = _begun(pretty(shown.json)) if shown.json is not None else readable(shown.body or b"")
    return Asked(shown.method, shown.url, dict(shown.headers), body)


def answered(response: Response, secrets: Iterable[str] = ()) -> Answered:
    """A response without what must not be shown, also where only reading it as JSON lets it appear."""
    hidden = tuple(secrets)
    shown = response.redacted(hidden)
    return Answered(shown.status, dict(shown.headers), _begun(redact(_text(shown.body), hidden)))


def readable(body: bytes) -> str:
    """A body as text, of a long one what it begins with."""
    return _begun(_text(body))


def _text(body: bytes) -> str:
    try:
        return pretty(decode(body)) if body else ""
    except (JsonError, RecursionError):
        return body.decode(errors="replace")


def _begun(text: str) -> str:
    more = len(text) - SHOWN
    return text if more <= 0 else f"{text[:SHOWN]}\n… and {more:,} characters more"
