"""Events for a mapping: those that its trigger asks for, varied where the mapping looks."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, islice, product
from random import Random
from typing import Final, cast

from segue.check.corners import Demands, corners, sample
from segue.check.grounds import Ground
from segue.check.subject import Keys, Subject
from segue.fields.schema import properties, required
from segue.fields.variants import variants
from segue.json import MISSING, JsonObject, JsonValue, encode
from segue.mapping.paths import find
from segue.solving import NOTHING, put, solutions


PAIRED: Final = 6
"""Values of one path that are tried together with values of another."""

BASES: Final = 6


class Generator:
    """The events of one ground that a subject's trigger matches, each of them once.

    They are made in an order that depends on nothing but the subject and the seed.
    """

    def __init__(self, subject: Subject, ground: Ground, random: Random) -> None:
        self._subject, self.ground, self._random = subject, ground, random
        self._seen: set[bytes] = set()

    def events(self, most: int) -> Iterator[JsonObject]:
        """First what the trigger asks for, then one path varied, then two, then all at random.

        ``most`` are made; those that do not match, and those made before, are left out.
        """
        for event in islice(self._made(), most):
            text = encode(event)
            if text not in self._seen:
                self._seen.add(text)
                if self.good(event):
                    yield event

    def good(self, event: JsonObject) -> bool:
        """Whether an event is of this ground and the trigger matches it."""
        return self._subject.mapping.matches(event) and self.ground.holds(event)

    def _made(self) -> Iterator[JsonObject]:
        yield from self.seeds
        for seed in self.seeds:
            yield from self._varied(seed)
        for seed in self.seeds[:2]:
            yield from self._paired(seed)
        while self.seeds and self.paths:
            yield self._any()

    @cached_property
    def seeds(self) -> list[JsonObject]:
        """Events that the trigger matches, with as little as may be in them, and with everything."""
        found: dict[bytes, JsonObject] = {}
        for event in solutions(
            self._subject.mapping.trigger, self._bases, self.ground.holds, self._offers
        ):
            found.setdefault(encode(event), event)
            if len(found) >= 2 * BASES:
                break
        return [*found.values()]

    @cached_property
    def _bases(self) -> list[JsonObject]:
        ground, made = self.ground, list[JsonObject]()
        for one in variants(ground.whole)[:BASES]:
            forms = [(one, False)]
            if ground.schema is not None:
                forms.append((_common(one, ground.schema), True))
            for form, rich in forms:
                event = sample({"type": "object", **form}, rich=rich)
                made.append(self._named(cast("JsonObject", event)))
        return [*{encode(one): one for one in made}.values()]

    def _named(self, event: JsonObject) -> JsonObject:
        named: dict[str, JsonValue] = {"type": self.ground.type}
        if self.ground.type == "track":
            named["event"] = self.ground.name or "Something Happened"
        named |= {key: value for key, value in event.items() if key not in named}
        if not named.get("userId") and not named.get("anonymousId"):
            named["userId"] = "user-1"
        return named

    def _offers(self, keys: Keys) -> Sequence[object]:
        return corners(self.ground.at(keys), Demands())[:24] if self.ground.declared else ()

    @cached_property
    def paths(self) -> Mapping[Keys, list[object]]:
        """Every path that the mapping or the trigger reads, with the values it may have."""
        subject = self._subject
        asked: dict[Keys, list[Demands]] = {}
        for field, keys, _ in subject.readings:
            asked.setdefault(keys, []).append(Demands.of(subject.fields.get(field, {})))
        ids: list[Keys] = [("userId",), ("anonymousId",)]
        for keys in [*subject.spoken, *ids, *(keys for _, keys in subject.unmapped)]:
            asked.setdefault(keys, [])
        return {keys: self._values(keys, several) for keys, several in asked.items()}

    def _values(self, keys: Keys, several: Sequence[Demands]) -> list[object]:
        if keys[0] in {"type", "messageId", "receivedAt"}:
            return []
        if self.ground.declared and self.ground.knows(keys) in {"unlisted", "never", "free"}:
            return [NOTHING]
        return [NOTHING, *corners(self.ground.at(keys), Demands.all(several)), None]

    def _varied(self, seed: JsonObject) -> Iterator[JsonObject]:
        for keys, values in self.paths.items():
            made = [self._put(seed, keys, value) for value in values]
            yield from made
            yield from self._kept(seed, keys, made)
            for depth in range(1, len(keys)):
                yield from (
                    self._put(seed, keys[:depth], one) for one in (NOTHING, None, {}, [], "x")
                )

    def _kept(
        self, seed: JsonObject, keys: Keys, made: Sequence[JsonObject]
    ) -> Iterator[JsonObject]:
        """Events that have got another object, but for what the trigger asks of its members."""
        asked = [one for one in self._subject.spoken if one[: len(keys)] == keys != one]
        for event in made if asked else ():
            for one in asked:
                event = self._put(event, one, find(seed, one))  # noqa: PLW2901 one after the other
            yield event

    def _paired(self, seed: JsonObject) -> Iterator[JsonObject]:
        for one, other in self._pairs():
            firsts, seconds = (self._few(keys) for keys in (one, other))
            for first, second in product(firsts, seconds):
                yield self._put(self._put(seed, one, first), other, second)

    def _few(self, keys: Keys) -> list[object]:
        """Missing, null, empty, and the ends of what may be there."""
        values = self.paths.get(keys, [])
        size = [one for one in values if isinstance(one, str | list)]
        longest = sorted(size, key=len)[-2:]
        return [*values[:PAIRED], *longest, *values[-1:]]

    def _pairs(self) -> list[tuple[Keys, Keys]]:
        """Paths that feed the same field, or fields of which one is needed."""
        fields: dict[str, list[Keys]] = {}
        for field, keys, _ in self._subject.readings:
            fields.setdefault(field, []).append(keys)
        for field, keys in self._subject.unmapped:
            fields.setdefault(field, []).append(keys)
        together: list[list[Keys]] = [*fields.values(), [("userId",), ("anonymousId",)]]
        schema = self._subject.mapping.action.fields
        for alternative in (schema, *variants(schema)):
            needed = cast("list[str]", alternative.get("required", []))
            together.append([keys for name in needed for keys in fields.get(name, [])])
        spoken = [*self._subject.spoken]
        together += [[*keys, *spoken] for keys in fields.values() if spoken]
        pairs = (pair for group in together for pair in combinations(dict.fromkeys(group), 2))
        return [*dict.fromkeys(pairs)][:60]

    def _any(self) -> JsonObject:
        """A seed with several of its paths at any of their values."""
        event = self._random.choice(self.seeds)
        for keys, values in self.paths.items():
            if values and self._random.random() < 0.4:
                event = self._put(event, keys, self._random.choice(values))
        return event

    def _put(self, event: JsonObject, keys: Keys, value: object) -> JsonObject:
        told = NOTHING if value is MISSING else value
        return cast("JsonObject", put(cast("JsonValue", event), keys, told))


def _common(one: JsonObject, own: JsonObject) -> JsonObject:
    """A variant of an event with the members that its own schema declares, at any depth, and no others."""
    declared = properties((variants(own) or [own])[0])
    if not declared:
        return one
    return {
        **one,
        "properties": {
            key: _common(inner, declared.get(key, {}))
            for key, inner in properties(one).items()
            if key in declared or key in required(one)
        },
    }
