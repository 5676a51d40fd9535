"""Cuts the text of a trigger into tokens."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from segue.errors import TriggerError
from segue.trigger.functions import NUMBER


_PART: Final = r"(?:[A-Za-z0-9_-]|\\.)+"
_TOKEN: Final = re.compile(
    rf"""(?P<space>[ \t\r\n]+)
      |  (?P<word>(?:[A-Za-z_]|\\.)(?:[A-Za-z0-9_-]|\\.)*(?:\s*\.\s*{_PART})*)
      |  (?P<number>{NUMBER.pattern})
      |  (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      |  (?P<sign>[=<>&|]+|!=+|[!()\[\],])""",
    re.DOTALL | re.VERBOSE,
)
_PARTS: Final = re.compile(_PART, re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_TEXT_ESCAPE: Final = re.compile(r"""\\(["'\\])""")

SIGNS: Final = frozenset({"=", "!=", "<", "<=", ">", ">=", "!", "(", ")", "[", "]", ","})
MEANT: Final[Mapping[str, str]] = {
    "==": "=",
    "===": "=",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "!==": "!=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
}
HINTS: Final[Mapping[str, str]] = {
    '"': "close the text with a quote",
    "'": "close the text with a quote",
    "\\": "a backslash stands before the character it escapes",
    "$": 'a path starts at the event: write "properties.plan", not "$.properties.plan"',
    ".": 'a number starts with a digit ("0.5"), a part of a path with a letter',
    "+": "a sign stands before the digits of a number",
    "-": "a sign stands before the digits of a number",
    "*": 'a pattern is written match(event, "Order *")',
}


class Token(NamedTuple):
    """A piece of the text; ``kind`` is word, number, text, sign or end."""

    kind: str
    text: str
    start: int

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end"
        return self.text if self.kind == "text" else f'"{self.text}"'


def scan(text: str) -> list[Token]:
    """All tokens, and a last one of kind "end". Raises TriggerError."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _stray(text, position)
        kind = str(found.lastgroup)
        if kind == "sign" and found[0] not in SIGNS:
            raise _mistaken(text, position, found[0])
        if kind != "space":
            tokens.append(Token(kind, found[0], position))
        position = found.end()
    return [*tokens, Token("end", "", len(text))]


def parts(word: str) -> tuple[str, ...]:
    """The parts of a path as written, their escapes removed."""
    return tuple(_ESCAPE.sub(r"\1", part) for part in _PARTS.findall(word))


def unquote(text: str) -> str:
    """What stands between quotes; a backslash before anything but a quote or itself is kept."""
    return _TEXT_ESCAPE.sub(r"\1", text[1:-1])


def _stray(text: str, position: int) -> TriggerError:
    char = text[position]
    if char in "\"'":
        return TriggerError(text, position, "a text is never closed", hint=HINTS[char])
    hint = HINTS.get(char, f'in a path, write it "\\{char}"')
    return TriggerError(text, position, f'unexpected character "{char}"', hint=hint)


def _mistaken(text: str, position: int, sign: str) -> TriggerError:
    meant = MEANT.get(sign)
    hint = f'did you mean "{meant}"?' if meant else "the operators are = != < <= > >="
    return TriggerError(text, position, f'there is no operator "{sign}"', hint=hint)
