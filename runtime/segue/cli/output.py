"""Everything that is printed: tables, JSON, requests and outcomes.

What comes from events, plugins and destinations is never markup, and never reaches a terminal as
a control sequence.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

import click
from rich.console import Console, HighlighterType, JustifyMethod, OverflowMethod
from rich.markup import escape
from rich.style import Style
from rich.table import Table
from rich.text import Text

from segue.http import Request, Response, redact
from segue.json import JsonValue
from segue.outcome import Delivered, Discarded, Held, Outcome, Retry


BODY: Final = 2000
WIDE: Final = 10_000

# C0 and C1 controls but tab and line feed, marks that turn the direction of text, half a character.
_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class _Console(Console):
    """A console whose texts, in tables too, are cleaned, and in which ``:name:`` is no picture."""

    def render_str(
        self,
        text: str,
        *,
        style: str | Style = "",
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        emoji: bool | None = None,
        markup: bool | None = None,
        highlight: bool | None = None,
        highlighter: HighlighterType | None = None,
    ) -> Text:
        """The text as rich renders it."""
        return super().render_str(
            clean(text),
            style=style,
            justify=justify,
            overflow=overflow,
            emoji=emoji,
            markup=markup,
            highlight=highlight,
            highlighter=highlighter,
        )


stdout: Final = _Console(soft_wrap=True, emoji=False)
stderr: Final = _Console(stderr=True, soft_wrap=True, emoji=False)


def some(count: int, one: str, many: str) -> str:
    """How many of what: "1 delivery", "2,000 deliveries"."""
    return f"{count:,} {one if count == 1 else many}"


def clean(text: str) -> str:
    """Text that cannot control a terminal: what could is spelled as JSON spells it."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(text: object) -> str:
    """Anything's text as one line, none of it markup."""
    return escape(clean(str(text)).replace("\n", "\\n").replace("\t", " "))


def write(text: str, *, err: bool = False) -> None:
    """Print text that is no markup, cleaned."""
    click.echo(clean(text), err=err)


def cell(text: str) -> Text:
    """Text of a table that stays one line; what there is no room for is left out."""
    return Text(clean(text).replace("\n", "\\n"), no_wrap=True, overflow="ellipsis")


def print_rows(table: Table) -> None:
    """Print a table. Only a terminal, or COLUMNS, bounds its rows: in a pipe each is read as a line."""
    bounded = stdout.is_terminal or "COLUMNS" in os.environ
    (stdout if bounded else _Console(soft_wrap=True, emoji=False, width=WIDE)).print(table)


def print_json(value: object) -> None:
    """One JSON document, indented, for scripts."""
    write(json.dumps(value, indent=2, ensure_ascii=False))


def brief(value: JsonValue, width: int = 60) -> str:
    """A value as one line of JSON, shortened, safe to print in markup."""
    text = json.dumps(value, ensure_ascii=False)
    return plain(text if len(text) <= width else f"{text[: width - 1]}…")


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
    return {"status": response.status, "body": redact(response.text, secrets)[:BODY]}


def response_text(response: Response, secrets: Iterable[str]) -> str:
    """A response as people read it: status and the start of its body, redacted."""
    return f"{response.status} {redact(response.text, secrets)[:BODY]}".strip()


def verdict(outcome: Outcome) -> str:
    """An outcome in a few coloured words."""
    match outcome:
        case Delivered(status=status, why=why):
            said = " ".join(str(part) for part in (status, why) if part)
            return f"[green]{plain(said) or 'done'}[/]"
        case Retry(why=why):
            return f"[yellow]try again[/] {plain(why)}"
        case Discarded(why=why, code=code):
            return f"[red]{plain(code)}[/] {plain(why)}"
        case Held(why=why):
            return f"[magenta]held[/] {plain(why)}"
