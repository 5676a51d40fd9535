"""Suggestions for the fields of an action, the best first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from segue.fields.schema import properties
from segue.json import JsonObject, JsonValue
from segue.mapping.paths import join_path
from segue.suggesting.fitting import fit
from segue.suggesting.matching import Match, Names, match
from segue.suggesting.names import OTHERS, Words, consenting, sensitive, words
from segue.suggesting.observing import Keys, Source


Level: TypeAlias = Literal["sure", "likely", "possible"]

LEVELS: Final[Mapping[Level, float]] = {"sure": 0.88, "likely": 0.7, "possible": 0.5}
RARE: Final = 0.01
"""A path that fewer events have is never suggested."""

MOST: Final = 3
"""Suggestions for one field."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A directive for a field. ``field`` are the keys that lead to it in the payload.

    ``score`` is from 0 to 1, ``level`` the same in a word. ``share`` is that of the events that have the
    value, ``examples`` some that it had.
    """

    field: Keys
    directive: JsonObject
    score: float
    level: Level
    reason: str
    share: float
    examples: tuple[JsonValue, ...]


def suggest(
    fields: JsonObject,
    sources: Sequence[Source],
    *,
    kind: str = "",
    event: str = "",
    without: Collection[str] = (),
) -> Sequence[Suggestion]:
    """What could go into the fields of a spec, for each field the best first, three at most.

    ``kind`` is the type of the events, ``event`` the name that all of them have, if so. Fields ``without``
    a need, by key, are left out.
    """
    usable = [one for one in sources if one.share >= RARE]
    names = [Names.of(one, kind=kind, event=event) for one in usable]
    wanted = [one for one in _wanted(fields, ()) if one[0][0] not in without]
    found = {
        keys: sorted(_candidates(keys, field, usable, names, kind), key=_order)
        for keys, field in wanted
    }
    return [one for some in _fair(found).values() for one in some[:MOST]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: Keys
    source: Source
    score: float
    reason: str


def _order(one: _Candidate) -> tuple[float, int, Keys]:
    return -one.score, len(one.source.keys), one.source.keys


def _wanted(schema: JsonObject, above: Keys) -> Iterator[tuple[Keys, JsonObject]]:
    """The fields by keys; an object with declared members is its members."""
    for key, field in properties(schema).items():
        yield (*above, key), field
        if not above:
            yield from _wanted(field, (key,))


def _candidates(
    keys: Keys, field: JsonObject, sources: Sequence[Source], names: Sequence[Names], kind: str
) -> Iterator[_Candidate]:
    phrases = _phrases(keys, field)
    asked = _asks(phrases, field)
    emails = [one for one in sources if one.format == "email"]
    for source, name in zip(sources, names, strict=True):
        suits = fit(field, source)
        if not suits:
            continue
        found = match(phrases, name)
        if source.format == "email" and field.get("format") == "email" and len(emails) == 1:
            found = max(found, _only(name), key=lambda one: one.score)
        trust = 0.5 if not asked and _private(source, name) else 1.0
        score = found.score * suits * trust * _place(source, kind)
        score = round(min(1.0, score * (0.92 + 0.08 * source.share)), 3)
        if score >= LEVELS["possible"]:
            yield _weighed(_Candidate(keys, source, score, found.reason), phrases)


def _weighed(one: _Candidate, phrases: Sequence[Words]) -> _Candidate:
    """What people have agreed to is never more than possible: to say that it is that is for a person."""
    if one.score < LEVELS["likely"] or not any(map(consenting, phrases)):
        return one
    below = round(LEVELS["likely"] - 0.01, 2)
    return replace(one, score=below, reason=f"{one.reason}; see that it is a consent to this")


def _phrases(keys: Keys, field: JsonObject) -> list[Words]:
    title = field.get("title")
    own = [words(keys[-1]), *([words(title)] if isinstance(title, str) else [])]
    return own if len(keys) == 1 else [(*words(keys[-2]), *one) for one in own]


def _only(name: Names) -> Match:
    """The only address there is, unless it is said whose it is, and that is somebody else."""
    told = {*name.leaf, *name.parent, *name.above}
    return Match(0.0, "") if told & OTHERS else Match(0.6, "the only email address")


def _asks(phrases: Sequence[Words], field: JsonObject) -> bool:
    """Whether a field asks for what tells people apart."""
    return field.get("format") == "email" or any(
        sensitive(phrase[start:]) for phrase in phrases for start in range(len(phrase))
    )


def _private(source: Source, name: Names) -> bool:
    return source.format == "email" or sensitive(name.leaf)


def _place(source: Source, kind: str) -> float:
    """Less the further it is from where events of a type say what they are about."""
    own = {"identify": "traits", "group": "traits"}.get(kind, "properties")
    near = {own: 1.0, "context": 0.93}
    if source.keys[:2] == ("context", "traits"):
        return 0.97
    return near.get(source.keys[0], 0.98)


def _fair(found: Mapping[Keys, Sequence[_Candidate]]) -> Mapping[Keys, Sequence[Suggestion]]:
    """Without what is surely another field's, where it is not as good as that."""
    best: dict[Keys, float] = {}
    for some in found.values():
        for one in some[:1]:
            best[one.source.keys] = max(best.get(one.source.keys, 0.0), one.score)
    fair: dict[Keys, Sequence[Suggestion]] = {}
    for keys, some in found.items():
        kept = [
            one
            for one in some
            if one.score >= LEVELS["likely"]
            or best.get(one.source.keys, 0.0) < LEVELS["sure"]
            or one.score == best[one.source.keys]
        ]
        fair[keys] = [_suggestion(one) for one in kept]
    return fair


def _suggestion(one: _Candidate) -> Suggestion:
    level: Level = next(level for level, least in LEVELS.items() if one.score >= least)
    directive: JsonObject = {"@path": join_path(one.source.keys)}
    source = one.source
    return Suggestion(
        one.field, directive, one.score, level, one.reason, source.share, source.examples
    )
