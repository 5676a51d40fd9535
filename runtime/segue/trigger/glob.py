r"""Glob patterns over a whole text: ``*``, ``?``, ``[abc]``, ``[a-z]``, and ``\x`` for x itself.

Case counts. Matching never backtracks: plain pieces are searched for from left to right, and any
other pattern runs as an automaton whose state is one integer, a bit for each place in the pattern.
So the time is near linear in the text, whatever the pattern.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, chain
from operator import xor
from typing import Final, TypeAlias


Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""One place of a pattern: the code points it accepts, as disjoint ranges in order."""

Test: TypeAlias = Callable[[str], bool]

_ANY: Final[Ranges] = ((0, 0x10FFFF),)
_SPECIAL: Final = re.compile(r"[*?\[\\]")
_TOKEN: Final = re.compile(
    r"(?P<star>\*+)|(?P<any>\?)|\[(?P<set>(?:\\.|[^\]\\])*)\]|\\(?P<escaped>.)|(?P<plain>[^*?\[\\])",
    re.DOTALL,
)
_MEMBER: Final = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)


def escape(text: str) -> str:
    """A pattern that matches the text and nothing else."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def compile(pattern: str) -> Test:  # noqa: A001 - as re.compile
    """A function that tells whether a text matches. Raises ValueError as ``parse``."""
    texts = plain(pattern)
    return _automaton(parse(pattern)) if texts is None else _search(texts)


def plain(pattern: str) -> list[str] | None:
    """The texts between the stars, or None for a pattern with ``?`` or sets."""
    texts = [_text(run) for run in parse(pattern)]
    known = [text for text in texts if text is not None]
    return known if len(known) == len(texts) else None


def parse(pattern: str) -> list[list[Ranges]]:
    """The runs of places between the stars: "ab*?" gives two, of two places and of one.

    Raises ValueError for a set that is open, empty, negated or in reverse, and for a lone
    backslash at the end.
    """
    runs: list[list[Ranges]] = [[]]
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            raise ValueError(_unfinished(pattern[position]))
        if token["star"]:
            runs.append([])
        else:
            runs[-1].append(_place(token))
        position = token.end()
    return runs


def _unfinished(char: str) -> str:
    if char == "[":
        return '"[" is never closed; write "\\[" for a bracket itself'
    return "the pattern ends with a lone backslash; write two for a backslash itself"


def _place(token: re.Match[str]) -> Ranges:
    if token["any"]:
        return _ANY
    if token["set"] is not None:
        return _set(token["set"])
    code = ord(token["escaped"] or token["plain"])
    return ((code, code),)


def _set(body: str) -> Ranges:
    if not body:
        raise ValueError('an empty set matches nothing; write "\\[" for a bracket itself')
    if body[0] in "!^":
        raise ValueError(f'a set cannot be negated; write "\\{body[0]}" for the character itself')
    merged: list[tuple[int, int]] = []
    for low, high in sorted(_members(body)):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _members(body: str) -> Iterator[tuple[int, int]]:
    for member in _MEMBER.finditer(body):
        low, high = member[1][-1], (member[2] or member[1])[-1]
        if low > high:
            raise ValueError(f'the range "{low}-{high}" is in reverse')
        yield ord(low), ord(high)


def _text(run: list[Ranges]) -> str | None:
    """The text of a run in which every place accepts one character only."""
    if all(len(ranges) == 1 and ranges[0][0] == ranges[0][1] for ranges in run):
        return "".join(chr(ranges[0][0]) for ranges in run)
    return None


def _search(texts: list[str]) -> Test:
    if len(texts) == 1:
        return texts[0].__eq__
    first, *middle, last = texts
    if not middle and not last:
        return lambda text: text.startswith(first)
    if not middle and not first:
        return lambda text: text.endswith(last)
    return _in_order(first, middle, last)


def _in_order(first: str, middle: list[str], last: str) -> Test:
    """The first occurrence of each piece is the best one: it leaves most for the others."""

    def matches(text: str) -> bool:
        position, end = len(first), len(text) - len(last)
        if position > end or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in middle:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return True

    return matches


def _automaton(runs: list[list[Ranges]]) -> Test:
    """Bit k of the state: the first k places have matched. A star keeps its bit alive."""
    starts, masks = _masks(list(chain.from_iterable(runs)))
    *stars, end = accumulate(map(len, runs))
    kept = sum(1 << star for star in stars)
    accepted = 1 << end

    def matches(text: str) -> bool:
        state = 1
        for code in map(ord, text):
            places = state & masks[bisect_right(starts, code) - 1]
            state = places << 1 | state & kept
            if not state:
                return False
        return bool(state & accepted)

    return matches


def _masks(places: list[Ranges]) -> tuple[list[int], list[int]]:
    """The code points where acceptance changes, and from each on the places that accept."""
    changes = {0: 0}
    for place, ranges in enumerate(places):
        for low, high in ranges:
            changes[low] = changes.get(low, 0) ^ (1 << place)
            changes[high + 1] = changes.get(high + 1, 0) ^ (1 << place)
    starts = sorted(changes)
    return starts, list(accumulate((changes[start] for start in starts), xor))
