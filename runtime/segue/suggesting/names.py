"""Names as words: ``customerEMail``, ``customer_e-mail`` and "Customer E-mail" are one.

What means the same is in ``aliases.json``, by groups; a phrase may be in several.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files
from typing import Final, TypeAlias, cast


Words: TypeAlias = tuple[str, ...]

_WORD: Final = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[0-9]+")
_TABLE: Final = cast(
    "Mapping[str, list[str]]",
    json.loads(files("segue.suggesting").joinpath("aliases.json").read_text("utf-8")),
)
_SPELLINGS: Final = cast("Mapping[str, str]", _TABLE["spellings"])
_FILLERS: Final = frozenset(_TABLE["fillers"])
_SIMILAR: Final = 0.85
_KEPT: Final = 20_000  # names and pairs of them: who sends events chooses what these are
_LONGEST: Final = 100
_MOST: Final = 8

SAME: Final = 1.0
ALIAS: Final = 0.94
MISSPELT: Final = 0.8


@lru_cache(_KEPT)
def words(text: str) -> Words:
    """The words of a name, in lower case, in one number and one spelling, without those that say nothing.

    Of a long name it is the first ones.
    """
    found = [_plain(one.lower()) for one in _WORD.findall(text[:_LONGEST])][:_MOST]
    return tuple(one for one in found if one not in _FILLERS) or tuple(found)


def _plain(word: str) -> str:
    single = word[:-1] if len(word) > 3 and re.search(r"[^siu]s$", word) else word
    return _SPELLINGS.get(single, _SPELLINGS.get(word, single))


def _phrases(texts: Iterable[str]) -> frozenset[Words]:
    return frozenset(words(text) for text in texts)


def _groups(lists: Iterable[Sequence[str]]) -> Mapping[Words, frozenset[int]]:
    groups: dict[Words, frozenset[int]] = {}
    for number, phrases in enumerate(lists):
        for phrase in _phrases(phrases):
            groups[phrase] = groups.get(phrase, frozenset()) | {number}
    return groups


_GROUPS: Final = _groups(cast("list[list[str]]", _TABLE["words"]))
_PERSONAL: Final = frozenset[int]().union(
    *(_GROUPS.get(words(one), ()) for one in _TABLE["person"])
)
_SENSITIVE: Final = frozenset[int]().union(
    *(_GROUPS.get(words(one), ()) for one in _TABLE["sensitive"])
)

_CONSENT: Final = frozenset[int]().union(
    *(_GROUPS.get(words(one), ()) for one in _TABLE["consent"])
)

PEOPLE: Final = frozenset(word for one in _TABLE["people"] for word in words(one))
OTHERS: Final = frozenset(word for one in _TABLE["others"] for word in words(one))
GENERIC: Final = frozenset(words(one)[0] for one in _TABLE["generic"])
UNITS: Final = frozenset(words(" ".join(_TABLE["units"])))


@lru_cache(_KEPT)
def alike(one: Words, other: Words) -> float:
    """How surely two phrases mean the same: SAME, ALIAS, MISSPELT or 0."""
    if one == other or "".join(one) == "".join(other):
        return SAME
    if _GROUPS.get(one, frozenset()) & _GROUPS.get(other, frozenset()):
        return ALIAS
    return MISSPELT if _misspelt("".join(one), "".join(other)) else 0.0


def _misspelt(one: str, other: str) -> bool:
    """Whether two long names differ by little, and not by another word at the end."""
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    if sorted(one) == sorted(other) and one[0] == other[0]:
        return True
    left, right = sorted((one, other))  # the ratio depends on which comes first
    return SequenceMatcher(None, left, right).ratio() >= _SIMILAR


def personal(phrase: Words) -> bool:
    """Whether it says something of a person."""
    return bool(_GROUPS.get(phrase, frozenset()) & _PERSONAL)


def consenting(phrase: Words) -> bool:
    """Whether it says what a person has agreed to."""
    return bool(_GROUPS.get(phrase, frozenset()) & _CONSENT)


def sensitive(phrase: Words) -> bool:
    """Whether it says who a person is, or how to reach them."""
    return bool(_GROUPS.get(phrase, frozenset()) & _SENSITIVE)
