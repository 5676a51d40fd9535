"""Counting differences: by mapping, place and kind, in memory that does not grow with the events."""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from segue.diff.model import Absent, Change, Example, Group, Refused, Result, Sent, Unseen, Value
from segue.json import MISSING, encode


Key: TypeAlias = tuple[str, str, str]

GROUPS: Final = 60
"""Kinds of difference that are told apart for one mapping."""

EXAMPLES: Final = 3


@dataclass(slots=True)
class Bucket:
    """Differences that are alike. ``constant`` while all have been from one value to one other."""

    old: bytes
    new: bytes
    count: int = 0
    constant: bool = True
    examples: list[Example] = field(default_factory=list[Example])

    def add(self, text: bytes, old: Value, new: Value, room: int) -> None:
        """Count an event, and keep it if it is smaller than those that are kept."""
        self.count += 1
        if self.constant and (written(old) != self.old or written(new) != self.new):
            self.constant = False
        kept = self.examples
        if len(kept) < room or (kept and len(text) <= len(kept[-1].text)):
            self._keep(Example(text, old, new), room)

    def merge(self, other: "Bucket", room: int) -> None:
        """Take over what another has counted."""
        self.count += other.count
        same = (self.old, self.new) == (other.old, other.new)
        self.constant = self.constant and other.constant and same
        for one in other.examples:
            self._keep(one, room)

    def _keep(self, example: Example, room: int) -> None:
        if all(example.text != one.text for one in self.examples):
            insort(self.examples, example, key=lambda one: one.rank)
            del self.examples[room:]


def written(value: Value) -> bytes:
    """A value as text, of which nothing is the empty one."""
    return b"" if value is MISSING else encode(value)


@dataclass(slots=True)
class Count:
    """What one mapping makes of the events so far."""

    reached: int = 0
    both: int = 0
    changed: int = 0
    beyond: int = 0
    buckets: dict[Key, Bucket] = field(default_factory=dict[Key, Bucket])

    def add(self, text: bytes, found: Iterable[Change], room: int = EXAMPLES) -> None:
        """Count the differences that an event makes, each kind at each place once."""
        self.changed += 1
        for key, one in {(one.place, one.kind, one.detail): one for one in found}.items():
            bucket = self.buckets.get(key)
            if bucket is None:
                if len(self.buckets) >= GROUPS:
                    self.beyond += 1
                    continue
                bucket = self.buckets[key] = Bucket(written(one.old), written(one.new))
            bucket.add(text, one.old, one.new, room)

    def merge(self, other: "Count", room: int = EXAMPLES) -> None:
        """Take over what another has counted."""
        self.reached += other.reached
        self.both += other.both
        self.changed += other.changed
        self.beyond += other.beyond
        for key, bucket in other.buckets.items():
            mine = self.buckets.get(key)
            if mine is not None:
                mine.merge(bucket, room)
            elif len(self.buckets) < GROUPS:
                self.buckets[key] = bucket
            else:
                self.beyond += bucket.count

    def groups(self, show: Callable[[Value], Value]) -> Iterator[Group]:
        """The kinds of difference, what becomes of whole events first, then the most frequent."""
        order = sorted(
            self.buckets.items(), key=lambda one: (one[0][0] != "", -one[1].count, one[0])
        )
        for (place, kind, detail), bucket in order:
            shown = tuple(
                Example(one.text, show(one.old), show(one.new)) for one in bucket.examples
            )
            of = self.both if place else self.reached
            always = bucket.constant and bool(place)
            yield Group(place, kind, detail, bucket.count, of, always, shown)


def transition(old: Result, new: Result) -> Change | None:
    """What became of the event as a whole; None where it is sent, or not, as before."""
    match old, new:
        case (Sent() | Unseen(), Absent(why)):
            return Change("", "no longer sent", MISSING, MISSING, why)
        case (Absent(why), Sent() | Unseen()):
            return Change("", "now sent", MISSING, MISSING, why)
        case (Sent() | Unseen() | Absent(), Refused(why, about)):
            return Change("", "now refused", MISSING, why, about)
        case (Refused(why, about), Sent() | Unseen()):
            return Change("", "no longer refused", why, MISSING, about)
        case (Refused(_, about), Absent(why)):
            return Change("", "no longer tried", about, MISSING, why)
        case (Refused(_, before), Refused(_, about)) if before != about:
            return Change("", "refused for another reason", before, about, about)
        case _:
            return None
