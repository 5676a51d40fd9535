"""Requests and responses as a page shows them: redacted, and JSON on several lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segue.console.rendering import pretty
from segue.http import Request, Response
from segue.json import JsonError, decode


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
    body = pretty(shown.json) if shown.json is not None else readable(shown.body or b"")
    return Asked(shown.method, shown.url, dict(shown.headers), body)


def answered(response: Response, secrets: Iterable[str] = ()) -> Answered:
    """A response without what must not be shown."""
    shown = response.redacted(secrets)
    return Answered(shown.status, dict(shown.headers), readable(shown.body))


def readable(body: bytes) -> str:
    """A body as text."""
    if not body:
        return ""
    try:
        return pretty(decode(body))
    except JsonError:
        return body.decode(errors="replace")
