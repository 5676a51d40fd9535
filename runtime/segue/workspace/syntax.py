"""What is wrong with text that is not YAML, in words for people who do not think in tokens."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from yaml.error import MarkedYAMLError

from segue.errors import Problem
from segue.workspace.places import Place, Text


Words: TypeAlias = tuple[str, str | None]

BANG: Final[Words] = (
    'plain text cannot begin with "!" in YAML',
    "put it in quotes, as in trigger: '!contains(event, \"Draft\")'",
)


class _Fault(NamedTuple):
    """Where PyYAML stopped and where the construct began; the line around that stop."""

    stop: Place
    start: Place
    before: str
    after: str


def explain(error: MarkedYAMLError, text: Text) -> Problem:
    """The problem behind an error of libyaml or of PyYAML's own parser."""
    stop = Place.of(error.problem_mark) if error.problem_mark else Place()
    start = Place.of(error.context_mark) if error.context_mark else stop
    fault = _Fault(stop, start, text.before(stop), text.after(stop))
    said = f"{error.context}: {error.problem}"
    for pattern, find in _SENTENCES.items():
        if re.search(pattern, said):
            (message, hint), place = find(fault)
            return Problem("", message, hint, *place)
    return Problem("", f"this is not YAML: {error.problem}", None, *stop)


def _token(fault: _Fault) -> tuple[Words, Place]:
    char = fault.after[:1]
    if char == "\t":
        return ("a tab cannot indent a line", "use spaces"), fault.stop
    example = ', as in {"@path": "$.event"}' if char == "@" else ""
    return (
        f'plain text cannot begin with "{char}" in YAML',
        f"put it in quotes{example}",
    ), fault.stop


def _bracket(fault: _Fault) -> tuple[Words, Place]:
    line, column = fault.start
    hint = (
        f"the bracket was opened on line {line}, column {column}; text with , ] or }} needs quotes"
    )
    return ('a "," or the closing bracket is missing here', hint), fault.stop


def _block(fault: _Fault) -> tuple[Words, Place]:
    if fault.before.strip():
        hint = "put the whole of it in quotes, as in trigger: '\"Sign Up\" = event'"
        return ("the value has ended before this", hint), fault.stop
    hint = "check the indentation here and above"
    return ("this line belongs to nothing above it", hint), fault.stop


def _at_stop(message: str, hint: str) -> "_Find":
    return lambda fault: ((message, hint), fault.stop)


def _at_start(message: str, hint: str) -> "_Find":
    return lambda fault: ((message, hint), fault.start)


_Find: TypeAlias = Callable[[_Fault], tuple[Words, Place]]

_SENTENCES: Final[dict[str, _Find]] = {
    r"cannot start any token|violates indentation": _token,
    r"(scanning|parsing) a tag|tag handle": lambda fault: (BANG, fault.start),
    r"scanning an (alias|anchor)": _at_start(
        'plain text cannot begin with "*" or "&" in YAML', "put it in quotes"
    ),
    r"mapping values are not allowed": _at_stop(
        'a ": " cannot stand here', 'put text that holds ": " in quotes, else check the indentation'
    ),
    r"quoted scalar: .*(end of stream|document indicator)": _at_start(
        "the quote that opens here is never closed", "close it on the line where the text ends"
    ),
    r"expected ',' or": _bracket,
    r"expected key|block end|'-' indicator|document start": _block,
    r"node content": _at_stop(
        "a value is missing here", "text that begins with a bracket needs quotes"
    ),
    r"could not find expected ':'": _at_start(
        'this line has no ": "',
        "give it a key and a value, or join it to the text above by indenting it",
    ),
    r"sequence entries are not allowed": _at_stop(
        "a list cannot begin here", "begin it on a line of its own, or write [a, b]"
    ),
    r"escape|hexdecimal": _at_stop(
        "this is no escape that double quotes know",
        "write \\\\ for a backslash, or use single quotes",
    ),
    r"block scalar": _at_start(
        'text after "|" or ">" begins on the next line', "or put it in quotes"
    ),
}
