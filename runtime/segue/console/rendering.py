"""Templates with what every page has, and how values look as text. Every value is text, never HTML."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from gzip import compress
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from segue.console.places import url
from segue.json import JsonError, JsonValue, decode
from segue.reference import inline


HERE: Final = Path(__file__).parent

TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


LONGEST: Final = 500_000
"""Characters that JSON has on several lines; with more it stays on one."""

_LINES: Final = json.JSONEncoder(indent=2, ensure_ascii=False)


@cache
def environment() -> Environment:
    """The templates, compiled once in a process. What is rendered is told the time, as ``now``."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(FUNCTIONS)
    return made


def number(value: float) -> str:
    """1234567 as 1,234,567."""
    return f"{value:,}"


def some(value: int, one: str, more: str) -> str:
    """So many things: 1 delivery, 2,000 deliveries."""
    return f"{number(value)} {one if value == 1 else more}"


def sentence(text: str) -> str:
    """A text with a capital letter first, whatever comes after it."""
    return text[:1].upper() + text[1:]


def marked(text: str) -> Markup:
    """A description, what stands between backticks in it marked up as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = Markup("<code>{}</code>").format
    return Markup().join(code(one) if at % 2 else one for at, one in enumerate(parts))


def moment(at: float) -> Markup:
    """A Unix time as people read it: in UTC, until the browser puts it into the viewer's zone."""
    return _time(
        at, "data-exact", datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    )


@pass_context
def since(context: Context, at: float) -> Markup:
    """A Unix time as how long ago it was, or how far ahead it is."""
    return _time(at, "data-ago", ago(context["now"] - at))


def _time(at: float, how: str, text: str) -> Markup:
    return Markup('<time datetime="{}" {}>{}</time>').format(iso(at), Markup(how), text)  # noqa: S704 both are ours


def iso(at: float) -> str:
    """A Unix time for a machine, with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them: 12 ms, 3.4 s, 5 min, 2 h, 4 d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def ago(seconds: float) -> str:
    """How long ago; what is to come is "in" so long."""
    if abs(seconds) < 1:
        return "now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def pretty(value: JsonValue | bytes) -> str:
    """JSON on several lines; text that is not JSON as it is."""
    try:
        read = decode(value) if isinstance(value, bytes) else value
    except JsonError:
        return str(value, errors="replace") if isinstance(value, bytes) else str(value)
    pieces, size = list[str](), 0
    for piece in _LINES.iterencode(read):
        pieces.append(piece)
        size += len(piece)
        if size > LONGEST:  # a deep value is mostly what it is indented by
            return json.dumps(read, ensure_ascii=False)
    return "".join(pieces)


def pair(word: str) -> tuple[str, str]:
    """A word as an option of a list: its value, and how it is written."""
    return word, sentence(word)


def static_url(name: str) -> str:
    """The address of a file that comes with the console; another one when the file is another."""
    return f"/static/{name}?v={_stamp(name)}"


@lru_cache
def _stamp(name: str) -> str:
    return sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]


@lru_cache
def static(name: str) -> tuple[bytes, str] | None:
    """The bytes and the type of a file that comes with the console; None where there is none."""
    known = {one.name: one for one in (HERE / "static").iterdir() if one.suffix in TYPES}
    file = known.get(name)
    return None if file is None else (file.read_bytes(), TYPES[file.suffix])


@lru_cache
def packed(name: str) -> bytes | None:
    """The same in gzip. Pages are never packed: with a token and what others wrote in them, their length would tell."""
    found = static(name)
    return None if found is None else compress(found[0], mtime=0)


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "number": number,
    "some": some,
    "moment": moment,
    "ago": since,
    "iso": iso,
    "duration": duration,
    "json": pretty,
    "pair": pair,
    "sentence": sentence,
    "inline": inline,
    "marked": marked,
}
FUNCTIONS: Final[Mapping[str, Callable[..., str]]] = {"url": url, "static": static_url}
