"""Patterns: regular expressions as JSON Schema means them (ECMA-262 in Unicode mode), in linear time.

Both validators run them on one engine, the finite automaton of jsonschema-rs, so that they cannot
disagree and no pattern can be made to search for ever. An automaton has no memory: look-around and
back-references are refused by name. `translate` spells out what the engine reads differently.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import jsonschema_rs


class PatternError(ValueError):
    """A pattern cannot be used: ``reason``, and the ``offset`` of the piece at fault."""

    def __init__(self, reason: str, offset: int) -> None:
        self.reason, self.offset = reason, offset
        super().__init__(f"{reason} at offset {offset}")


_PIECE: Final = re.compile(
    r"""(?P<escape>\\(?: u\{[0-9A-Fa-f]{1,6}\} | u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}
                       | u[0-9A-Fa-f]{4} | x[0-9A-Fa-f]{2} | c[A-Za-z] | [pP]\{[^}]*\} | . | $))
      | (?P<group>\((?: \?(?: <[A-Za-z_$][\w$]*> | <[=!] | . )? )?)
      | (?P<repeat>(?: [*+?] | \{[0-9]+(?:,[0-9]*)?\} )\??)
      | (?P<set>\[\^?)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

_DASH: Final = re.compile(r"-(?=[^\]])")
"""A hyphen in a set that makes a range."""

_SAME: Final = frozenset("dDwWsS")
"""Escapes that the engine reads as ECMA-262 does, inside a set and outside."""

_REFERENCES: Final = frozenset("123456789k")
_CONTROLS: Final = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_PUNCTUATION: Final = frozenset("^$\\.*+?()[]{}|/-")
_EDGE: Final = r"(?-u:\b)"
_NOTHING: Final = frozenset({"^", "$", "|", _EDGE})
_PLAIN: Final = {".": r"[^\n\r\x{2028}\x{2029}]", "^": "^", "$": "$", "|": "|", ")": ")"}


def matcher(pattern: str) -> Callable[[str], bool]:
    """Does a text contain a match? A lone surrogate counts as U+FFFD. Raises PatternError."""
    found = _engine(translate(pattern))

    def match(text: str) -> bool:
        try:
            return found(text)
        except ValueError:
            return found(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))

    return match


@lru_cache(maxsize=256)  # a specification is checked, then compiled; many say the same
def translate(pattern: str) -> str:
    """The pattern in the engine's spelling. Raises PatternError where it cannot be run."""
    out: list[str] = []
    at, repeatable = 0, False
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        assert piece is not None
        kind, text = piece.lastgroup or "", piece[0]
        if kind == "set":
            text, end = _set(pattern, at)
        elif kind == "repeat" and not repeatable:
            raise PatternError(f'there is nothing for "{text}" to repeat', at)
        else:
            text, end = _SPELL[kind](text, at), piece.end()
        repeatable = kind in {"set", "escape", "other"} and text not in _NOTHING
        out.append(text)
        at = end
    return _checked("".join(out))


def _checked(spelled: str) -> str:
    try:
        _engine(spelled)
    except jsonschema_rs.ValidationError:
        raise PatternError("it is malformed, or too large", 0) from None
    return spelled


def _engine(spelled: str) -> Callable[[object], bool]:
    options = jsonschema_rs.RegexOptions()
    return jsonschema_rs.validator_for({"pattern": spelled}, pattern_options=options).is_valid


def _literal(char: str) -> str:
    return char if char.isascii() and char.isalnum() else f"\\x{{{ord(char):x}}}"


def _other(char: str, _: int) -> str:
    return _PLAIN.get(char) or _literal(char)


def _group(text: str, at: int) -> str:
    if text in {"(", "(?:"}:
        return text
    if text in {"(?=", "(?!", "(?<=", "(?<!"}:
        raise PatternError("look-around is not supported", at)
    if text.endswith(">"):
        return "("
    raise PatternError(f'the group "{text}" is not supported', at)


def _escape(text: str, at: int) -> str:
    body = text[1:]
    if body == "b":
        return _EDGE
    if body in _SAME or body[:2] in {"p{", "P{"}:
        return text
    if body[:1] in _REFERENCES:
        raise PatternError("back-references are not supported", at)
    return _literal(_character(body, at))


def _character(body: str, at: int) -> str:
    """The one character that an escape stands for."""
    if body in _CONTROLS:
        return _CONTROLS[body]
    if body in _PUNCTUATION:
        return body
    if body[:1] == "c" and len(body) == 2:
        return chr(ord(body[1]) % 32)
    if body[:1] in {"u", "x"} and len(body) > 1:
        return _code(body, at)
    raise PatternError(f'the escape "\\{body}" is not supported', at)


def _code(body: str, at: int) -> str:
    units = bytes.fromhex("".join(re.findall("[0-9A-Fa-f]{4}", body))) if len(body) == 11 else b""
    code = ord(units.decode("utf-16-be")) if units else int(body[1:].strip("{}"), 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise PatternError(f'"\\{body}" is not a character', at)
    return chr(code)


def _set(pattern: str, start: int) -> tuple[str, int]:
    """A character set from its bracket on, and the offset behind it."""
    negated = pattern.startswith("[^", start)
    at = start + 1 + negated
    items: list[str] = []
    while at < len(pattern) and pattern[at] != "]":
        low, at = _member(pattern, at)
        if _DASH.match(pattern, at):
            high, at = _member(pattern, at + 1)
            low = _range(low, high, at)
        items.append(low)
    if at >= len(pattern):
        raise PatternError("the character set is not closed", start)
    inside = "".join(items) or (r"\s\S" if negated else r"^\s\S")
    return f"[{'^' if negated and items else ''}{inside}]", at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    """One member of a set, and the offset behind it."""
    if pattern[at] != "\\":
        return _literal(pattern[at]), at + 1
    piece = _PIECE.match(pattern, at)
    assert piece is not None
    if piece[0] == r"\b":
        return _literal("\b"), piece.end()
    return _escape(piece[0], at), piece.end()


def _range(low: str, high: str, at: int) -> str:
    if any(end[:2].lower() in {r"\d", r"\w", r"\s", r"\p"} for end in (low, high)):
        raise PatternError("a range needs a character at both ends", at)
    return f"{low}-{high}"


def _same(text: str, _: int) -> str:
    return text


_SPELL: Final[dict[str, Callable[[str, int], str]]] = {
    "escape": _escape,
    "group": _group,
    "repeat": _same,
    "other": _other,
}
