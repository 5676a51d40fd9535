"""Reading an expression of a template from left to right."""

import re
from typing import Final

from liquid.builtin.expressions import Path
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from segue.mapping.liquid.values import SPACE


# Letters, digits, "_", "-", "?", and anything beyond ASCII that is no space.
_WORD: Final = rf"[^\x00-,./:->@\[-^`{{-\x7f{SPACE[6:]}]"

NAME: Final = re.compile(f"{_WORD}++")
NUMBER: Final = re.compile(rf"[+-]?[0-9]++(?:\.(?!\.)[0-9]*+)?+(?!{_WORD})")
STRING: Final = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'", re.DOTALL)
LITERAL: Final = re.compile(f"(?:true|false|nil|null|empty|blank)(?!{_WORD})")
COMPARE: Final = re.compile(f"==|!=|<=|>=|<(?!>)|>|contains(?!{_WORD})")
JOIN: Final = re.compile(f"(?:and|or)(?!{_WORD})")
OR: Final = re.compile(f"or(?!{_WORD})")
NOT: Final = re.compile(f"not(?!{_WORD})")
DOT: Final = re.compile(r"\.(?!\.)")
OPTION: Final = re.compile(rf"({_WORD}++)[{SPACE}]*+:")

QUOTE: Final = re.compile("[\"']")
_BLANK: Final = re.compile(f"[{SPACE}]*+")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{0,4})|([0-7]{1,3})|(.))", re.DOTALL)
_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Reader:
    """A place in an expression. ``paths`` collects what it reads of the event."""

    def __init__(self, token: Token) -> None:
        self.token, self.text = token, token.value
        self.at = self.last = self.depth = 0
        self.paths: list[Path] = []

    def skip(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match at this place, blanks before it passed over."""
        self.skip()
        match = pattern.match(self.text, self.at)
        if match:
            self.last, self.at = match.span()
        return match

    def peek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.text, self.at)

    def eat(self, mark: str) -> bool:
        """Whether this mark comes next; it is passed then."""
        self.skip()
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) if found else 0
        return found

    def ended(self) -> bool:
        self.skip()
        return self.at == len(self.text)

    def name(self, what: str) -> str:
        if match := self.take(NAME):
            return match[0]
        raise self.unexpected(what)

    def unexpected(self, wanted: str) -> LiquidSyntaxError:
        """What stands at this place is not what was wanted."""
        rest = self.text[self.at :].split(maxsplit=1)
        self.last = self.at
        return self.error(f"expected {wanted}" + (f', found "{rest[0]}"' if rest else ""))

    def error(self, message: str) -> LiquidSyntaxError:
        """What was taken last is wrong."""
        where = self.token._replace(start_index=self.token.start_index + self.last)
        return LiquidSyntaxError(message, token=where)


def unescape(literal: re.Match[str]) -> str:
    """What a match of ``STRING`` stands for."""
    return _ESCAPE.sub(_character, literal[1] if literal[1] is not None else literal[2])


def _character(escape: re.Match[str]) -> str:
    code, octal, plain = escape.groups()
    if plain is not None:
        return _CONTROLS.get(plain, plain)
    return chr(int(octal, 8) if octal else int(code or "0", 16))
