"""Plain text for plain text, as @replace does it: once or twice, in any letter case if wanted."""

import re
from collections.abc import Callable
from functools import cache

from segue.json import MISSING, Missing
from segue.mapping.limits import TEXT


Change = Callable[[str], str]


def compile_replacement(
    pairs: list[tuple[str, str]], *, ignore_case: bool, everywhere: bool
) -> Callable[[str], str | Missing]:
    """What puts the second text of each pair for the first, pair after pair.

    MISSING where a text gets longer than the limit. ``everywhere`` false changes the first place only.
    """
    changes = [_change(old, new, ignore_case, everywhere) for old, new in pairs if old]

    def replace(value: str) -> str | Missing:
        for change in changes:
            value = change(value)
            if len(value) > TEXT:
                return MISSING
        return value

    return replace


def _change(old: str, new: str, ignore_case: bool, everywhere: bool) -> Change:  # noqa: FBT001
    if not ignore_case:
        return lambda value: value.replace(old, new, -1 if everywhere else 1)
    places = re.compile("".join(f"[{re.escape(_alike(letter))}]" for letter in old))
    return lambda value: places.sub(lambda _: new, value, count=0 if everywhere else 1)


def _alike(letter: str) -> str:
    return _alphabet().get(_folded(letter), letter)


def _folded(letter: str) -> str:
    """ECMA-262 Canonicalize: one unit for one, and none beyond ASCII for one within."""
    upper = letter.upper()
    crosses = not letter.isascii() and upper.isascii()
    return letter if len(upper) != 1 or crosses else upper


@cache
def _alphabet() -> dict[str, str]:
    """For a folded letter all that fold to it, itself first; the Basic Multilingual Plane only."""
    alphabet: dict[str, str] = {}
    for letter in map(chr, range(0x10000)):
        folded = _folded(letter)
        if folded != letter:
            alphabet[folded] = alphabet.get(folded, folded) + letter
    return alphabet
