"""The search for events that match a mapping's trigger and that it makes something wrong of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from segue.check import mends
from segue.check.generating import Generator
from segue.check.grounds import Ground
from segue.check.judging import Failure, Judge, Outcome
from segue.check.model import Evidence, Finding, Severity
from segue.check.shrinking import shrink
from segue.check.subject import Keys, Subject
from segue.errors import pointer
from segue.fields.schema import kinds, required
from segue.fields.variants import variants
from segue.http import redact
from segue.json import MISSING, JsonObject, encode
from segue.mapping.paths import find, join_path


MOST: Final = 500
"""Events that are tried for a mapping, unless told otherwise."""

LEAST: Final = 80
"""Events that are tried of each kind, however many kinds there are."""

PATIENCE: Final = 12
"""How many events are made for each that is to be tried; many match no trigger, or no schema."""

REFUSALS: Final = frozenset({"S010", "S011", "S012", "S013", "S017", "S018"})
"""What keeps an event from being delivered."""


@dataclass(frozen=True, slots=True)
class Case:
    """A failure with the event that shows it."""

    failure: Failure
    event: JsonObject
    ground: Ground
    sure: bool


@dataclass
class Search:
    """The search of one mapping.

    ``known`` are events that failed before, which are tried first. ``expired`` tells when to stop,
    should time matter.
    """

    subject: Subject
    seed: int = 0
    most: int = MOST
    known: Sequence[JsonObject] = ()
    expired: Callable[[], bool] = lambda: False
    tried: int = 0
    _cases: dict[tuple[str, str, str], Case] = field(default_factory=dict)
    _filled: set[str] = field(default_factory=set)
    _met: list[Ground] = field(default_factory=list)

    def run(self) -> tuple[list[Finding], Evidence]:
        """Every finding with its smallest event, and how far the search went."""
        judge = Judge(self.subject)
        share = max(LEAST, self.most // max(1, len(self.subject.grounds)))
        for ground in self.subject.grounds:
            name = f"{self.seed}/{self.subject.name}/{ground}"
            generator = Generator(self.subject, ground, Random(name))  # noqa: S311 to be repeated
            events = [one for one in self.known if generator.good(one)]
            before = self.tried
            self._try(judge, ground, self._shared(events, generator, share), share + len(events))
            if self.tried > before:
                self._met.append(ground)
            self._shrink(judge, generator)
        findings = [self._finding(judge, case) for case in self._cases.values()]
        return [*findings, *self._dead(), *self._unmet()], self._evidence()

    def _shared(
        self, events: Iterable[JsonObject], generator: Generator, share: int
    ) -> Iterator[JsonObject]:
        yield from events
        yield from generator.events(share * PATIENCE)

    def _try(self, judge: Judge, ground: Ground, events: Iterable[JsonObject], share: int) -> None:
        done = 0
        for event in events:
            if done >= share or self.expired():
                return
            outcome = judge.judge(event)
            if outcome is None:
                continue
            done, self.tried = done + 1, self.tried + 1
            self._filled |= _filled(outcome)
            for failure in outcome.failures:
                self._keep(Case(failure, event, ground, self._sure(ground, event, failure)))

    def _keep(self, case: Case) -> None:
        """The first of its kind; a sure one is better, and then a smaller one."""
        known = self._cases.get(case.failure.key)
        if known is None or (case.sure, -_size(case.event)) > (known.sure, -_size(known.event)):
            self._cases[case.failure.key] = case

    def _shrink(self, judge: Judge, generator: Generator) -> None:
        for key, case in [*self._cases.items()]:
            if case.ground is not generator.ground:
                continue

            def fails(event: JsonObject, case: Case = case) -> bool:
                if not generator.good(event):
                    return False
                outcome = judge.judge(event)
                found = outcome.failures if outcome is not None else ()
                same = next((one for one in found if one.key == case.failure.key), None)
                return same is not None and (not case.sure or self._sure(case.ground, event, same))

            self._cases[key] = replace(case, event=shrink(case.event, fails))

    # What is said of a case

    def _sure(self, ground: Ground, event: JsonObject, failure: Failure) -> bool:
        """Whether the schema speaks of all that the failure rests on."""
        if not ground.declared or self.subject.connection.functions:
            return False
        bounded = _BOUNDS.get(failure.rule, ())
        return all(
            self._spoken_of(ground, event, keys) and _bounds(ground, keys, bounded)
            for keys in self._behind(failure)
        )

    def _behind(self, failure: Failure) -> list[Keys]:
        """The paths that feed the fields of a failure."""
        names = {_top(failure.field)} if failure.field else self._together()
        return [keys for field, keys, _ in self.subject.readings if not names or field in names]

    def _together(self) -> set[str]:
        """The fields of which an action asks for one or another."""
        schema = self.subject.mapping.action.fields
        if "anyOf" not in schema and "oneOf" not in schema:
            return set()
        needed = [{*required(one)} for one in variants(schema)]
        return set[str]().union(*needed) - {*self.subject.required}

    def _spoken_of(self, ground: Ground, event: JsonObject, keys: Keys) -> bool:
        if keys[0] in _ALWAYS or ground.knows(keys) in {"declared", "never"}:
            return True
        part = keys[0] in {"properties", "traits"} and ground.knows(keys[:1]) == "declared"
        return part and len(keys) > 1 and find(event, keys) in (None, MISSING)

    def _finding(self, judge: Judge, case: Case) -> Finding:
        outcome = judge.judge(case.event) or Outcome(None, None, ())
        failure = next(
            (one for one in outcome.failures if one.key == case.failure.key), case.failure
        )
        name = _top(failure.field)
        where = self.subject.where(pointer(name)) if name else self.subject.where()
        message, remedy = _SAID[failure.code]
        remedy = mends.remedy(failure.rule) or remedy
        made = self.subject.find(
            failure.code,
            _severity(case, failure, bare=self._bare(name), envelope=self._envelope(name)),
            f"{message}: {failure.message} ({case.ground})",
            remedy + self._fed(name),
            where,
            field=failure.key[1],
            rule=failure.rule,
        )
        secrets = self.subject.connection.secrets
        return replace(
            made,
            event=case.event,
            payload=outcome.payload if outcome.payload is not None else outcome.mapped,
            error=redact(failure.message, secrets),
        )

    def _bare(self, name: str) -> bool:
        """Whether a field is a path and nothing else."""
        value = self.subject.mapping.fields.get(name)
        return isinstance(value, Mapping) and {*value} == {"@path"}

    def _envelope(self, name: str) -> bool:
        """Whether a field is made of nothing but ids and names, which nobody writes that long."""
        return all(len(keys) == 1 for field, keys, _ in self.subject.readings if field == name)

    def _fed(self, name: str) -> str:
        paths = dict.fromkeys(
            join_path(keys) for field, keys, _ in self.subject.readings if field == name
        )
        return f" (it reads {', '.join(paths)})" if paths else ""

    def _dead(self) -> Iterator[Finding]:
        """S016: fields that no event filled."""
        refused = {
            _top(case.failure.field)
            for case in self._cases.values()
            if case.failure.code in REFUSALS
        }
        if self.tried < LEAST or any(not one.declared for one in self._met):
            return
        for name in self.subject.mapping.fields:
            if name in self._filled or name in refused or not self._varied(name):
                continue
            severity: Severity = "warning" if name in self.subject.mapping.own_fields else "note"
            message = f'the field "{name}" was empty with each of {self.tried:,} events'
            yield self.subject.find(
                "S016", severity, message, "see what it reads" + self._fed(name),
                self.subject.where(pointer(name)), field=pointer(name),
            )  # fmt: skip

    def _varied(self, name: str) -> bool:
        """Whether a field reads something, all of which the schemas speak of, so that it was varied."""
        read = [keys for field, keys, _ in self.subject.readings if field == name]
        return bool(read) and all(one.knows(keys) != "free" for one in self._met for keys in read)

    def _unmet(self) -> Iterator[Finding]:
        """S019: nothing was tried, so that nothing can be said."""
        if self.tried == 0 and self.subject.grounds and not self.expired():
            message = "no event was found that the trigger matches, so that nothing was tried"
            remedy = "write the trigger more simply, or give the schema examples"
            yield self.subject.find("S019", "note", message, remedy, self.subject.trigger_place())

    def _evidence(self) -> Evidence:
        kinds = tuple(map(str, self._met))
        declared = tuple(str(one) for one in self._met if one.declared)
        names = self.subject.connection.name, self.subject.mapping.name
        return Evidence(*names, self.tried, kinds, declared)


_BOUNDS: Final[Mapping[str, Sequence[str]]] = {
    "maxLength": ("maxLength",),
    "maxItems": ("maxItems",),
    "minimum": ("minimum", "exclusiveMinimum"),
    "exclusiveMinimum": ("minimum", "exclusiveMinimum"),
    "maximum": ("maximum", "exclusiveMaximum"),
    "exclusiveMaximum": ("maximum", "exclusiveMaximum"),
}
"""Where a schema sets no bound of its own, it is no proof that an event goes beyond one."""

_KIND: Final = {"maxLength": "string", "maxItems": "array"}


def _bounds(ground: Ground, keys: Keys, words: Sequence[str]) -> bool:
    """Whether a schema bounds a value at a path, or it has no size to bound."""
    return not words or all(
        "enum" in one
        or "const" in one
        or not _sized(one, words[0])
        or any(word in one for word in words)
        for one in ground.at(keys)
    )


def _sized(schema: JsonObject, word: str) -> bool:
    wanted = {_KIND[word]} if word in _KIND else {"number", "integer"}
    return not kinds(schema) or bool(wanted & {*kinds(schema)})


_ALWAYS: Final = frozenset({"type", "event", "timestamp", "messageId", "receivedAt"})

_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "S010": ("an event makes a payload that is refused", "make the value one that the field takes"),
    "S011": ("a required value can be missing", "give it a value for when there is none, or narrow the trigger"),
    "S012": ("a value can be over the limit", "cut it, with @liquid and truncate or slice"),
    "S013": ("nothing may say who the event is about", "map another id, or ask for one in the trigger"),
    "S014": ("a value can be changed to another type", "see whether that is meant"),
    "S015": ("a value can be dropped", "see whether that is meant"),
    "S017": ("the action fails with an event", "give the field a value that the action can use"),
    "S018": ("a request is not what the provider's OpenAPI document describes", "correct the field, or tell the author of the action"),
    "S026": ("a later step goes wrong with an answer that the vendor may give", "tell the author of the action"),
    "S027": ("the action changes what other actions are given", "tell the author of the action"),
}  # fmt: skip


def _severity(case: Case, failure: Failure, *, bare: bool, envelope: bool) -> Severity:
    if failure.code in REFUSALS:
        if case.sure:
            return "error"
        return "note" if failure.code == "S012" and envelope else "warning"
    if failure.code in {"S026", "S027"}:
        return "note" if failure.rule == "empty" else "warning"
    if failure.code == "S014":
        return "warning" if case.sure and bare else "note"
    return "warning" if failure.rule == "dropped" and case.sure else "note"


def _filled(outcome: Outcome) -> set[str]:
    """The fields that have a value; where the payload is refused, as they were mapped."""
    made = outcome.payload if outcome.payload is not None else outcome.mapped
    members = made.items() if isinstance(made, Mapping) else ()
    return {key for key, value in members if value not in (None, "", {}, [])}


def _top(field: str) -> str:
    return field.split("/")[1].replace("~1", "/").replace("~0", "~") if field else ""


def _size(event: JsonObject) -> int:
    return len(encode(event))
