"""Two workspaces and a stream of events: what each makes of every one, and what differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from segue.diff.changes import changes
from segue.diff.counting import EXAMPLES, Count, transition
from segue.diff.model import (
    NO_ANSWERS,
    Absent,
    Answers,
    Change,
    MappingReport,
    Note,
    Refused,
    Report,
    Result,
    Sent,
    Value,
)
from segue.diff.outline import PARTLY, Entry, Name, outline
from segue.diff.pairing import Pair, chosen, notes, pair
from segue.diff.running import Half, Reached, Side, alike, decided, together
from segue.events import Event
from segue.http import redact
from segue.json import MISSING, JsonObject, JsonValue, encode
from segue.workspace.model import Workspace


Recorded: TypeAlias = tuple[str, JsonObject]
"""The name of a source, and an event of it as it was recorded: normalised."""

_NOTHING: Final = Absent("there is no such mapping")


@dataclass
class Tally:
    """What has been counted so far. Two of them can be merged, in whatever order."""

    events: int = 0
    rejected: int = 0
    rejections: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    counts: dict[Name, Count] = field(default_factory=dict[Name, Count])

    def reject(self, line: int, why: str) -> None:
        """Count an event that cannot be compared, and keep the first of them."""
        self.rejected += 1
        self.rejections = sorted([*self.rejections, (line, why)])[:SHOWN]

    def merge(self, other: "Tally", room: int = EXAMPLES) -> None:
        """Take over what another has counted."""
        self.events += other.events
        self.rejected += other.rejected
        self.rejections = sorted([*self.rejections, *other.rejections])[:SHOWN]
        for name, count in other.counts.items():
            self.counts.setdefault(name, Count()).merge(count, room)


SHOWN: Final = 5
"""Events that cannot be compared of which it is said why."""


@dataclass(frozen=True)
class Plan:
    """What there is to compare: the pairs that may differ, and how many are bound to be the same.

    ``notes`` are about all of them.
    """

    pairs: Sequence[Pair]
    notes: tuple[Note, ...] = ()
    unchanged: int = 0

    @property
    def old(self) -> dict[Name, Name]:
        """The mappings of the old side, each with the name that it is compared under."""
        return {one.old.name: shown(one) for one in self.pairs if one.old is not None}

    @property
    def new(self) -> dict[Name, Name]:
        """The same of the new side."""
        return {one.new.name: shown(one) for one in self.pairs if one.new is not None}

    @property
    def partly(self) -> frozenset[Name]:
        """The mappings of which answers are needed to see every request."""
        return frozenset(shown(one) for one in self.pairs if one.limits == PARTLY)

    @property
    def names(self) -> list[Name]:
        """The names that mappings are compared under."""
        return [shown(one) for one in self.pairs]

    def report(self, tally: Tally) -> Report:
        """What was counted, fit to be shown."""
        found = (_told(one, tally.counts.get(shown(one), Count())) for one in self.pairs)
        why = tuple(f"line {line}: {why}" if line else why for line, why in tally.rejections)
        return Report(
            tally.events, tuple(found), self.notes, self.unchanged, tally.rejected, why
        )  # fmt: skip


def shown(one: Pair) -> Name:
    """The name that a mapping is compared under on both sides: the one it had before.

    So a new name alone does not change what is made, as it would: idempotency keys are made of it.
    """
    return (one.old or one.entry).name


def plan(
    old: Sequence[Entry],
    new: Sequence[Entry],
    *,
    connection: str | None = None,
    mapping: str | None = None,
) -> Plan:
    """What there is to compare of two outlines."""
    pairs = chosen(pair(old, new), connection, mapping)
    return Plan(pairs, tuple(notes(pairs)))


def _told(one: Pair, count: Count) -> MappingReport:
    halves = [half for half in (one.old, one.new) if half is not None]
    secrets = tuple(dict.fromkeys(secret for half in halves for secret in half.secrets))
    name, limits = one.entry.name, one.limits
    groups = tuple(count.groups(lambda value: hidden(value, secrets)))
    return MappingReport(
        *name, count.reached, count.both, count.changed, groups, count.beyond, one.was, limits
    )  # fmt: skip


def hidden(value: Value, secrets: Sequence[str]) -> Value:
    """A value without these secrets."""
    return value if value is MISSING or not secrets else _hidden(value, secrets)


def _hidden(value: JsonValue, secrets: Sequence[str]) -> JsonValue:
    match value:
        case str():
            return redact(value, secrets)
        case Mapping():
            return {redact(key, secrets): _hidden(one, secrets) for key, one in value.items()}
        case None | bool() | int() | float():
            return value
        case _:
            return [_hidden(one, secrets) for one in value]


class Comparison:
    """Two workspaces in one process, made of the same plugins.

    What is bound to be the same is found out once, and never run. Of a mapping that differs the
    request is made only where the payloads do, if nothing else can make it another.
    """

    def __init__(
        self,
        old: Workspace,
        new: Workspace,
        *,
        connection: str | None = None,
        mapping: str | None = None,
        examples: int = EXAMPLES,
        arriving: bool = False,
    ) -> None:
        whole = plan(outline(old), outline(new), connection=connection, mapping=mapping)
        same = not arriving or (old.schemas == new.schemas and old.hooks is new.hooks)
        before = Side(old, whole.old, arriving=arriving)
        after = Side(new, whole.new, arriving=arriving)
        differing = [
            one for one in whole.pairs if not (same and one.same and _alike(one, before, after))
        ]
        self.plan = Plan(differing, whole.notes, len(whole.pairs) - len(differing))
        self.old = Side(old, self.plan.old, arriving=arriving)
        self.new = Side(new, self.plan.new, arriving=arriving)
        self.tally, self._room, self._arriving = Tally(), examples, arriving
        self._decided = {name for name in self.plan.names if self._holds(decided, name)}
        self._together = same and all(self._holds(together, name) for name in self.plan.names)

    def _holds(self, test: Callable[[Half, Half], bool], name: Name) -> bool:
        old, new = self.old.half(name), self.new.half(name)
        return old is not None and new is not None and test(old, new)

    def see(
        self,
        event: Event,
        source: str,
        text: bytes | None = None,
        answers: Answers = NO_ANSWERS,
    ) -> None:
        """Compare what both sides make of an event.

        ``text`` is what is shown of it; with ``answers`` the later requests are compared, too.
        """
        self.tally.events += 1
        before = self._reached(self.old, event, source, answers)
        after = (
            self._following(before)
            if self._together
            else self._reached(self.new, event, source, answers)
        )
        for name in before.keys() | after.keys() if before.keys() != after.keys() else before:
            count = self.tally.counts.get(name)
            if count is None:
                count = self.tally.counts[name] = Count()
            old, new = before.get(name), after.get(name)
            if old is not None and new is not None:
                found = self._both(name, old, new, count)
            else:
                found = self._either(name, old, new, event, source)
            count.reached += 1
            if found:
                count.add(text or encode(event), found, self._room)

    def _following(self, before: Mapping[Name, Reached]) -> dict[Name, Reached]:
        """What the new side reaches where that is bound to be what the old one does."""
        halves = self.new.halves
        return {name: one._replace(half=halves[name]) for name, one in before.items()}

    def _reached(
        self, side: Side, event: Event, source: str, answers: Answers
    ) -> dict[Name, Reached]:
        if self._arriving:
            arrived = side.arrive(event, source)
            if isinstance(arrived, str):
                return {}
            event = arrived
        return dict(side.reached(event, source, answers))

    def _both(self, name: Name, old: Reached, new: Reached, count: Count) -> Sequence[Change]:
        if old.half.unseen or new.half.unseen:
            return ()
        before, after = old.fill(), new.fill()
        if not isinstance(before, Refused) and not isinstance(after, Refused):
            if name in self._decided and old.event is new.event and encode(before) == encode(after):
                count.both += 1
                return ()
            return judged(old.make(before), new.make(after), count)
        first = before if isinstance(before, Refused) else old.make(before)
        return judged(first, after if isinstance(after, Refused) else new.make(after), count)

    def _either(
        self, name: Name, old: Reached | None, new: Reached | None, event: Event, source: str
    ) -> Sequence[Change]:
        before = Absent(self.old.absence(name, event, source)) if old is None else old.result()
        after = Absent(self.new.absence(name, event, source)) if new is None else new.result()
        return judged(before, after, Count())

    def report(self) -> Report:
        """What has been found so far."""
        return self.plan.report(self.tally)


def _alike(one: Pair, old: Side, new: Side) -> bool:
    before, after = old.half(shown(one)), new.half(shown(one))
    return before is not None and after is not None and alike(before, after)


def judged(old: Result, new: Result, count: Count) -> Sequence[Change]:
    """What differs between what became of an event before and what becomes of it now."""
    if isinstance(old, Sent) and isinstance(new, Sent):
        count.both += 1
        return changes(old, new)
    found = transition(old, new)
    return [found] if found is not None else ()


def compare(
    old: Workspace,
    new: Workspace,
    events: Iterable[Recorded],
    *,
    connection: str | None = None,
    mapping: str | None = None,
    examples: int = EXAMPLES,
    arriving: bool = False,
) -> Report:
    """What ``new`` sends differently from ``old``, of these events. Nothing is sent, nothing is read.

    Both are workspaces of the same plugins; an event comes with the name of its source. ``connection`` and ``mapping`` choose what is compared,
    ``examples`` how many are kept of each kind. ``arriving``: the events have not passed schemas and plugins yet.
    """
    comparison = Comparison(
        old, new, connection=connection, mapping=mapping, examples=examples, arriving=arriving
    )
    for source, event in events:
        comparison.see(dict(event) if not isinstance(event, dict) else event, source)
    return comparison.report()
