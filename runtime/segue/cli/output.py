"""Everything that is printed: tables, JSON, requests and outcomes."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

import click
from rich.console import Console
from rich.markup import escape

from segue.http import Request, Response, redact
from segue.json import JsonValue
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry


BODY: Final = 2000

stdout: Final = Console(soft_wrap=True)
stderr: Final = Console(stderr=True, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document, indented, for scripts."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def brief(value: JsonValue, width: int = 60) -> str:
    """A value as one line of JSON, shortened, safe to print in markup."""
    text = json.dumps(value, ensure_ascii=False)
    return escape(text if len(text) <= width else f"{text[: width - 1]}…")


def request_data(request: Request, secrets: Iterable[str]) -> Mapping[str, object]:
    """A request as JSON for scripts, redacted."""
    shown = request.redacted(secrets)
    body = shown.json if shown.json is not None else (shown.body or b"").decode(errors="replace")
    return {
        "method": shown.method,
        "url": shown.url,
        "headers": dict(shown.headers),
        "body": body or None,
    }


def request_text(request: Request, secrets: Iterable[str]) -> str:
    """A request as people read it, redacted."""
    shown = request.redacted(secrets)
    lines = [f"{shown.method} {shown.url}"]
    lines += [f"{name}: {value}" for name, value in shown.headers.items()]
    if shown.json is not None:
        lines += ["", json.dumps(shown.json, indent=2, ensure_ascii=False)]
    elif shown.body:
        lines += ["", shown.body.decode(errors="replace")]
    return "\n".join(lines)


def response_data(response: Response | None, secrets: Iterable[str]) -> Mapping[str, object] | None:
    """A response as JSON for scripts, redacted."""
    if response is None:
        return None
    return {"status": response.status, "body": redact(response.text[:BODY], secrets)}


def response_text(response: Response, secrets: Iterable[str]) -> str:
    """A response as people read it: status and the start of its body, redacted."""
    return f"{response.status} {redact(response.text[:BODY], secrets)}".strip()


def verdict(outcome: Outcome) -> str:
    """An outcome in a few coloured words."""
    match outcome:
        case Delivered(status=status, why=why):
            return f"[green]{status or 'done'}[/] {escape(why)}".strip()
        case Retry(why=why):
            return f"[yellow]try again[/] {escape(why)}"
        case Discarded(why=why, code=code):
            return f"[red]{code}[/] {escape(why)}"
        case Held(why=why):
            return f"[magenta]held[/] {escape(why)}"
