"""Brute force: the event of a plan that tells a mutant from the mapping it was made of.

An event is *delivered* if the trigger takes it, the mapped payload passes the field spec and the
action makes a request that could be sent; *refused* if the trigger takes it and one of these fails.

A fault is **detectable** iff there is an event inside the schemas for which one of these holds; its
effect is the first of them:

``load``      The workspace with the mutant is refused before any event, by the check of mappings.
              Counted apart, since nothing is left to search.
``refused``   The original delivers the event and the mutant refuses it.
``emptied``   Both deliver it, but the original's payload has a value where the mutant's has none:
              missing, null, ``""``, ``[]`` or ``{}``, at any depth of objects and lists.
``coerced``   Both deliver it, and a value of the mutant's was brought to another JSON type by the
              field spec, or dropped as undeclared, where the original's was not.
``twice``     The event is delivered twice: the mutant is a second copy.

A trigger that is too wide changes nothing for events that the original takes. For an event that the
original passes by, the mutant is held to what the original always does: *refused* as above;
*emptied* if a field has no value that has one in every delivery of the original; *coerced* if a
field was coerced that never is in the original's.

Of what is emptied, ``always`` tells whether the place never has a value in the mutant's payloads. Where
it has one at times, the mutant looks like a good mapping of something optional.

A fault that is not detectable is excluded, for one of four reasons:

``equal``     No event tells it from the original: an equivalent mutant.
``dead``      Some event gets other values, of the right types and inside every rule, since the mutant
              reads a path that no event has. Nothing is refused, emptied or coerced, as where a
              default steps in; but who compares paths with schemas can tell.
``differs``   Some event gets other values, of the right types and inside every rule, of paths that
              there are. Who does not know the original cannot call them wrong, whatever the schemas.
``wider``     It takes more events, and delivers them as well as the original does its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias

import jsonschema_rs

from faults.corpus import Case, reads
from faults.differences import EMPTY, changes, emptied, found
from faults.generate import events
from faults.operators import Fault
from segue.context import Context
from segue.errors import Problem
from segue.json import MISSING, encode
from segue.mapping import check_mapping, compile_mapping
from segue.trigger import compile_trigger, parse_trigger
from segue.workspace import ActionMapping
from segue_schemas import REGISTRY


Json: TypeAlias = Any
Pointers: TypeAlias = frozenset[str]

EFFECTS: Final = ("load", "refused", "emptied", "coerced", "twice")
EXCLUDED: Final = ("equal", "dead", "differs", "wider")
CHUNK: Final = 500
SOME: Final = 2_000
ENOUGH: Final = 25
ODD: Final = (None, "", " ", 0, 1.5, True, "1", "n/a", [], ["a", "b"], {}, {"a": 1}, "x" * 600)
SPEC: Final = jsonschema_rs.validator_for(REGISTRY.contents("urn:segue:event")).is_valid
CONTEXT: Final = Context("source", "connection", "mapping", "message", "2026-01-31T09:30:00Z")


class Sent(NamedTuple):
    """What a mapping made of an event it took: the payload as mapped and as coerced, or why not."""

    raw: Json
    payload: Json
    refused: str | None = None

    @property
    def coerced(self) -> Pointers:
        return frozenset(changes(self.raw, self.payload))


@dataclass(slots=True)
class Verdict:
    """What the events said of a fault: one of EFFECTS, or EXCLUDED; where; and the smallest witness."""

    word: str
    where: str = ""
    event: Json = None
    always: bool = False
    judged: int = 0
    shown: dict[str, int] = field(default_factory=dict)

    @property
    def detectable(self) -> bool:
        return self.word in EFFECTS


class Habits:
    """What all deliveries of the original have in common: the fields it always fills, and ever coerces."""

    def __init__(self) -> None:
        self.filled: set[str] | None = None
        self.coerced: set[str] = set()

    def note(self, sent: Sent) -> None:
        now = {f"/{key}" for key, value in sent.payload.items() if value not in EMPTY}
        self.filled = now if self.filled is None else self.filled & now
        if sent.raw is not sent.payload:
            self.coerced |= sent.coerced


def send(case: Case, mapping: ActionMapping, event: Json) -> Sent:
    """Map an event and take it as far as the request that would be sent."""
    return _perform(case, mapping, event, mapping.map(event))


def _perform(case: Case, mapping: ActionMapping, event: Json, raw: Json) -> Sent:
    try:
        payload = mapping.action.spec.coerce({} if raw is MISSING else raw)
        made = mapping.action.steps(
            payload,
            event=event,
            settings=case.connection.settings,
            context=CONTEXT,
            sync_mode=mapping.sync_mode,
            matching_key=mapping.matching_key,
        )
        for request in islice(made, 1):
            request.under(case.connection.base)
    except Exception as error:  # noqa: BLE001 whatever it is, nothing would be sent
        return Sent(raw, None, str(error))
    return Sent(raw, payload)


def stream(case: Case, count: int) -> Iterator[Json]:
    """``count`` events of the schemas that the mapping takes from, and a tenth as many of the others."""
    own = [name for name in case.schemas if _takes(case, name)]
    for name in own:
        yield from events(case.schemas[name], -(-count // len(own)), name, case.reads)
    others = [name for name in case.schemas if name not in own]
    for name in others:
        yield from events(case.schemas[name], -(-count // len(others) // 10), name, case.reads)


def _takes(case: Case, name: str) -> bool:
    return any(map(case.mapping.matches, events(case.schemas[name], 1_000, name, case.reads)))


# Judging


@dataclass(slots=True)
class Mutant:
    """A fault under study, compiled."""

    fault: Fault
    mapping: ActionMapping
    verdict: Verdict = field(default_factory=lambda: Verdict("equal"))

    @property
    def is_wide(self) -> bool:
        return self.fault.kind.startswith("trigger")

    @property
    def is_open(self) -> bool:
        return not self.verdict.detectable


def compile_fault(case: Case, fault: Fault) -> ActionMapping:
    """The mapping with the fault in it."""
    tree = parse_trigger(fault.trigger)
    made = compile_mapping(fault.fields)
    changed = {"trigger": tree, "matches": compile_trigger(tree), "fields": fault.fields}
    return replace(case.mapping, map=made, **changed)


def replay(case: Case, fault: Fault, event: Json) -> tuple[str, str]:
    """What one event says of a fault that loads, where the original takes it: an effect, or a reason."""
    mutant = Mutant(fault, compile_fault(case, fault))
    was, now = send(case, case.mapping, event), send(case, mutant.mapping, event)
    return _difference(was, now) if was.refused is None else ("equal", "")


def problems(case: Case, fault: Fault) -> list[Problem]:
    """Why a workspace with the fault does not load; nothing where it does."""
    return [*check_mapping(fault.fields), *case.mapping.action.spec.check(fault.fields)]


def judge(case: Case, faults: Sequence[Fault], count: int) -> list[Verdict]:
    """A verdict for each fault, after ``count`` events of the plan or a witness."""
    mutants = [_enter(case, fault) for fault in faults]
    habits, kept = Habits(), list[Json]()
    for chunk in _chunks(stream(case, count)):
        taken = _taken(case, chunk)
        for _, sent in taken:
            habits.note(sent)
        kept += [event for event, _ in taken[: SOME - len(kept)]]
        for mutant in mutants:
            if mutant.is_open and not mutant.is_wide:
                _try(mutant, len(chunk), _compare(case, mutant, taken))
    wide = [one for one in mutants if one.is_open and one.is_wide]
    for chunk in _chunks(stream(case, count)) if wide else ():
        passed = [event for event in chunk if not case.mapping.matches(event)]
        for mutant in wide:
            if mutant.is_open:
                _try(mutant, len(chunk), _overreach(case, mutant, passed, habits))
    for mutant in mutants:
        _refine(case, mutant, kept)
    return [mutant.verdict for mutant in mutants]


def _taken(case: Case, chunk: Sequence[Json]) -> list[tuple[Json, Sent]]:
    """The events that the original delivers, and what it makes of each."""
    made = [
        (event, send(case, case.mapping, event)) for event in filter(case.mapping.matches, chunk)
    ]
    return [(event, sent) for event, sent in made if sent.refused is None]


def _refine(case: Case, mutant: Mutant, taken: Sequence[Json]) -> None:
    """What some events say of a verdict: emptied always or at times, other values or dead paths."""
    verdict = mutant.verdict
    if verdict.word == "emptied" and not mutant.is_wide:
        places = verdict.where.split("/")[1:]
        made = (send(case, mutant.mapping, event) for event in taken)
        verdict.always = all(found(one.payload, places) in EMPTY for one in made)
    elif verdict.word == "differs":
        new = {*reads(mutant.mapping)} - {*case.reads}
        dead = [one for one in sorted(new) if all(found(event, one) in EMPTY for event in taken)]
        if dead:
            verdict.word, verdict.where = "dead", ".".join(dead[0])


def _enter(case: Case, fault: Fault) -> Mutant:
    """A mutant, which may be decided before any event."""
    found = problems(case, fault)
    if found:
        return Mutant(fault, case.mapping, Verdict("load", str(found[0])))
    mutant = Mutant(fault, compile_fault(case, fault))
    if fault.copies > 1:
        event = next(filter(case.mapping.matches, stream(case, 1_000)))
        mutant.verdict = Verdict("twice", event=event, judged=1, shown={"twice": 1})
    return mutant


class Finding(NamedTuple):
    """What one event says of a mutant."""

    word: str
    where: str
    event: Json


def _try(mutant: Mutant, judged: int, findings: Iterable[Finding]) -> None:
    """Take in what a chunk of events says: of the strongest effect, the smallest of its first witnesses."""
    verdict, best = mutant.verdict, dict[str, Finding]()
    for one in findings:
        if verdict.shown.get("refused", 0) >= ENOUGH:
            break
        verdict.shown[one.word] = verdict.shown.get(one.word, 0) + 1
        if one.word not in best or _size(one) < _size(best[one.word]):
            best[one.word] = one
    verdict.judged += judged
    ranked = [word for word in (*EFFECTS, *EXCLUDED) if word in best]
    if ranked and (verdict.word == "equal" or ranked[0] in EFFECTS):
        verdict.word, verdict.where, verdict.event = best[ranked[0]]


def _size(found: Finding) -> int:
    return len(encode(found.event))


def _compare(case: Case, mutant: Mutant, taken: Sequence[tuple[Json, Sent]]) -> Iterator[Finding]:
    """What a faulty mapping does to events that the original delivers."""
    map_again = mutant.mapping.map
    for event, was in taken:
        if (raw := map_again(event)) != was.raw:
            now = _perform(case, mutant.mapping, event, raw)
            yield Finding(*_difference(was, now), event)


def _difference(was: Sent, now: Sent) -> tuple[str, str]:
    if now.refused is not None:
        return "refused", now.refused
    lost = next(emptied(was.payload, now.payload), None)
    if lost is not None:
        return "emptied", lost
    turned = now.coerced
    if turned and (turned := turned - was.coerced):
        return "coerced", min(turned)
    return ("equal" if was.payload == now.payload else "differs"), ""


def _overreach(
    case: Case, mutant: Mutant, passed: Sequence[Json], habits: Habits
) -> Iterator[Finding]:
    """What a trigger that is too wide does to events that the original passes by."""
    for event in filter(mutant.mapping.matches, passed):
        now = send(case, mutant.mapping, event)
        yield Finding(*_strange(now, habits), event)


def _strange(now: Sent, habits: Habits) -> tuple[str, str]:
    if now.refused is not None:
        return "refused", now.refused
    filled = {f"/{key}" for key, value in now.payload.items() if value not in EMPTY}
    lost = sorted((habits.filled or set()) - filled)
    if lost:
        return "emptied", lost[0]
    turned = sorted(now.coerced - habits.coerced)
    return ("coerced", turned[0]) if turned else ("wider", "")


# The spec's own universe


def judge_loose(case: Case, faults: Sequence[Fault], count: int) -> list[bool]:
    """Whether an event of the specification tells a fault, whatever the team's schemas say.

    Events of the plan are loosened at the places that are read. Not for triggers that are too wide.
    """
    mutants, random = [_enter(case, fault) for fault in faults], Random(case.name)  # noqa: S311
    searched = [one for one in mutants if one.is_open and not one.is_wide]
    sent = (loosened(event, random, case.reads) for event in stream(case, count) if case.reads)
    for chunk in _chunks(filter(SPEC, sent)) if searched else ():
        taken = _taken(case, chunk)
        for mutant in searched:
            if mutant.is_open:
                _try(mutant, len(chunk), _compare(case, mutant, taken))
    return [not mutant.is_open for mutant in mutants]


def loosened(event: Json, random: Random, reads: Sequence[tuple[str, ...]]) -> Json:
    """The event as any sender may write it: at one or two places that are read, nothing or anything."""
    for path in random.choices(reads, k=1 + int(random.random() * 2)):
        event = _altered(event, path, random)
    return event


def _altered(event: Json, path: Sequence[str], random: Random) -> Json:
    if not path or not isinstance(event, dict):
        return event
    key, *rest = path
    if rest and random.random() < 0.9:
        return event | {key: _altered(event.get(key, {}), rest, random)}
    if random.random() < 0.4:
        return {name: value for name, value in event.items() if name != key}
    return event | {key: random.choice(ODD)}


def _chunks(many: Iterable[Json]) -> Iterator[list[Json]]:
    left = iter(many)
    return iter(lambda: [*islice(left, CHUNK)], [])
