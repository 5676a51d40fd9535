"""Templates: ``{{traits.firstName}} ({{{userId}}})``.

Two and three braces do the same: the value at a path, as text, nothing where there is none. Nothing
is escaped, and what was inserted is not read again. An inside holds no ``}``; ``{{}}`` is plain text.
"""

from collections.abc import Iterator
from typing import Final

from segue.json import MISSING, JsonValue, Missing, text
from segue.mapping.limits import TEXT
from segue.mapping.paths import compile_path
from segue.mapping.resolvers import Fixed, Resolver


_SPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)  # what JavaScript trims


def placeholders(template: str) -> list[str]:
    """The paths a template inserts, in order."""
    return [path for _, path in _split(template) if path is not None]


def compile_template(template: str) -> Resolver:
    """What writes a template for an event; MISSING where that would be longer than the limit."""
    *before, (after, _) = _split(template)
    pieces = [(plain, compile_path(path)) for plain, path in before if path is not None]

    def write(event: JsonValue) -> JsonValue | Missing:
        written: list[str] = []
        for plain, get in pieces:
            written += plain, _inserted(get(event))
        written.append(after)
        return _joined(written)

    return write if pieces else Fixed(template)


def _inserted(value: JsonValue | Missing) -> str:
    """The text that stands for a value: nothing for null."""
    if isinstance(value, str):
        return value
    return text(value) if value is not None and not isinstance(value, Missing) else ""


def _joined(parts: list[str]) -> str | Missing:
    """The parts as one text, unless it were longer than the limit."""
    return "".join(parts) if sum(map(len, parts)) <= TEXT else MISSING


def _split(template: str) -> Iterator[tuple[str, str | None]]:
    """Plain text and the path that follows it; after the last text None."""
    for text_before, triple in _cut(template, 3):
        for plain, double in _cut(text_before, 2):
            path = triple if double is None else double
            yield plain, None if path is None else path.strip(_SPACE)


def _cut(template: str, braces: int) -> Iterator[tuple[str, str | None]]:
    """Plain text and the inside of the braces that follow it, in one pass over the characters."""
    opening, closing = "{" * braces, "}" * braces
    done = seek = 0
    while (close := template.find("}", seek)) >= 0:
        opened = template.find(opening, seek, close)
        seek = close + 1
        if 0 <= opened < close - braces and template.startswith(closing, close):
            yield template[done:opened], template[opened + braces : close]
            done = seek = close + braces
    yield template[done:], None
