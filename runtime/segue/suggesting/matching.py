"""How well the name of a field and the path of a value say the same.

Both are words. Some words of the one are found in the other, under their own name or another; the score
is lowered for each that is left over, by what it is: ``customer`` in ``customer_email`` hardly matters for
a person's address, ``vendor`` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from segue.suggesting.names import (
    ALIAS,
    GENERIC,
    MISSPELT,
    OTHERS,
    PEOPLE,
    SAME,
    UNITS,
    Words,
    alike,
    personal,
    words,
)
from segue.suggesting.observing import Keys, Source


# What the top of a path stands for: whose traits they are.
_ROOTS: Final[Mapping[Keys, str]] = {
    ("context", "traits"): "user",
    ("traits",): "",
    ("properties",): "",
    ("context",): "",
}
_AFTER: Final = {"id": 0.35}  # of what a thing is, its id is no part
_OWNERS: Final = {"identify": "user", "group": "company", "page": "page", "screen": "screen"}


class Match(NamedTuple):
    """How alike, from 0 to 1, and in words why."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Names:
    """A path as words: those of its last key, those of the key before, and whose it is."""

    leaf: Words
    parent: Words
    above: Words
    about: frozenset[str]

    @classmethod
    def of(cls, source: Source, *, kind: str, event: str) -> "Names":
        """``kind`` is the type of the events and ``event`` their name, if they have one."""
        root = next((one for one in _ROOTS if source.keys[: len(one)] == one), ())
        rest = source.keys[len(root) :]
        owner = _ROOTS.get(root, "") or (_OWNERS.get(kind, "") if root != ("context",) else "")
        parents = [words(key) for key in rest[:-1]]
        parent = parents[-1] if parents else ()
        above = tuple(word for one in parents[:-1] for word in one)
        about = frozenset((*words(event), *words(owner)))
        return cls(words(rest[-1]) if rest else (), parent, above, about)


def match(phrases: Sequence[Words], names: Names) -> Match:
    """The best that a field's phrases, its own name first, and a path come to."""
    found = [one for phrase in phrases for one in _matches(phrase, names)]
    return max(found, key=lambda one: one.score, default=Match(0.0, ""))


def _matches(phrase: Words, names: Names) -> Iterator[Match]:
    border = len(names.parent)
    parts = [one for one in _parts((*names.parent, *names.leaf)) if one.end > border]
    for taken in _parts(phrase):
        for found in parts:
            score = alike(taken.words, found.words)
            if score:
                yield _joined(score, phrase, taken, names, found)
    turned = (*names.leaf, *names.parent)  # name.first is a first name
    if names.parent and (score := alike(phrase, turned)) > MISSPELT:
        yield Match(score * 0.98, _told(score, phrase, turned))
    if phrase == ("full", "name") and names.leaf == ("name",) and _of_person(names):
        yield Match(ALIAS, 'the "name" of a person')


class _Part(NamedTuple):
    """Some words that follow each other in a phrase."""

    start: int
    end: int
    words: Words


@lru_cache(2000)
def _parts(phrase: Words) -> tuple[_Part, ...]:
    ends = range(1, len(phrase) + 1)
    return tuple(_Part(start, end, phrase[start:end]) for end in ends for start in range(end))


def _joined(score: float, phrase: Words, taken: _Part, names: Names, found: _Part) -> Match:
    """One way to find a part of a field's phrase in a part of a path."""
    part, border = taken.words, len(names.parent)
    whole = (*names.parent, *names.leaf)
    reason = _told(score, part, found.words)
    missing = (*phrase[: taken.start], *phrase[taken.end :])
    before, after = whole[border : max(found.start, border)], whole[found.end :]
    score *= _missing(missing, part, names, found.words)
    score *= _before(before, part, phrase, names) * _after(after)
    score *= _under(whole[: min(found.start, border)], names.above, part, phrase, names)
    left = [*before, *after]
    if left:
        reason += f', without "{" ".join(left)}"'
    return Match(score, reason)


def _told(score: float, part: Words, found: Words) -> str:
    if score == SAME:
        return "the same name"
    if score == ALIAS:
        return f'"{" ".join(found)}" is another name for "{" ".join(part)}"'
    return f'"{" ".join(found)}" is spelt nearly like "{" ".join(part)}"'


def _missing(missing: Words, part: Words, names: Names, found: Words) -> float:
    """Words of the field that the part found does not say: they may be said elsewhere."""
    score = 1.0
    for word in missing:
        if any(
            alike((word,), (said,)) >= ALIAS for said in (*names.parent, *names.above, *names.leaf)
        ):
            score *= 0.98
        elif word in names.about or (word in PEOPLE and "user" in names.about):
            score *= 0.95
        elif word in PEOPLE and personal(part):
            score *= 0.92
        elif word in UNITS:
            score *= 0.95
        else:
            vague = all(one in GENERIC for one in (*part, *found))
            score *= 0.4 if vague else 0.75
    return score


def _before(before: Words, part: Words, phrase: Words, names: Names) -> float:
    """Words of the last key that stand before what was found."""
    score = 1.0
    for word in before:
        if _said(word, phrase):
            continue
        if word in PEOPLE:
            score *= 0.95
        elif word in OTHERS and not _said(word, tuple(names.about)):
            score *= 0.45 if personal(part) or _vague(part) else 0.85
        elif word in names.about:
            score *= 0.96
        else:
            score *= 0.6 if _vague(part) else 0.82
    return score


def _after(after: Words) -> float:
    """Words of the last key that stand after what was found, so that it is of these that it speaks."""
    score = 1.0
    for word in after:
        score *= 0.95 if word in UNITS else _AFTER.get(word, 0.8 if word in GENERIC else 0.55)
    return score


def _under(parents: Words, above: Words, part: Words, phrase: Words, names: Names) -> float:
    """What a value is of, where the field does not say so: a person's own, or somebody else's."""
    score = 1.0
    for word in (*parents, *above):
        if _said(word, phrase) or word in names.about:
            continue
        if word in PEOPLE:
            score *= 0.99 if personal(part) or part == ("name",) else 0.9
        elif word in OTHERS:
            score *= 0.45 if personal(part) or _vague(part) else 0.9
        else:
            score *= 0.9 if not _vague(part) else 0.75
    return score


def _said(word: str, phrase: Words) -> bool:
    return any(alike((word,), (one,)) >= ALIAS for one in phrase)


def _vague(part: Words) -> bool:
    return all(word in GENERIC for word in part)


def _of_person(names: Names) -> bool:
    around = {*names.parent, *names.above}
    return bool(around & PEOPLE) or (not around and "user" in names.about)
