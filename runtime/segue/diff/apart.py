"""Two sides that cannot be in one process, since their plugins are of two versions.

Each maps the same events where it is, and gives back what it makes of them as text. Texts that are
equal need not be read.
"""

from collections.abc import Mapping, Sequence

from segue.diff.comparing import Plan, Tally, judged, shown
from segue.diff.counting import EXAMPLES, Count
from segue.diff.model import Absent, Report, Result
from segue.diff.outline import Entry, Name
from segue.diff.packing import SENT, Made, unpack


Question = tuple[int, Name]
"""Why an event, by its place among others, does not get to a mapping."""


class Apart:
    """Counts what differs between what two sides made of events."""

    def __init__(self, plan: Plan, examples: int = EXAMPLES) -> None:
        self.plan, self.tally, self._room = plan, Tally(), examples
        self._old: dict[Name, Entry | None] = {shown(one): one.old for one in plan.pairs}
        self._new: dict[Name, Entry | None] = {shown(one): one.new for one in plan.pairs}

    def questions(
        self, old: Sequence[Made], new: Sequence[Made]
    ) -> tuple[list[Question], list[Question]]:
        """What the old side and the new one are to be asked before these can be counted."""
        before, after = list[Question](), list[Question]()
        for at, (one, other) in enumerate(zip(old, new, strict=True)):
            before += [(at, name) for name in other if name not in one and _there(self._old[name])]
            after += [(at, name) for name in one if name not in other and _there(self._new[name])]
        return before, after

    def count(
        self,
        texts: Sequence[bytes],
        old: Sequence[Made],
        new: Sequence[Made],
        why_old: Mapping[Question, str],
        why_new: Mapping[Question, str],
    ) -> None:
        """Count these events, of which both sides are known."""
        self.tally.events += len(texts)
        for at, (text, one, other) in enumerate(zip(texts, old, new, strict=True)):
            for name in {**one, **other}:
                count = self.tally.counts.setdefault(name, Count())
                count.reached += 1
                before, after = one.get(name), other.get(name)
                if before is not None and before == after:
                    count.both += before.startswith(SENT)
                    continue
                found = judged(
                    _result(before, why_old.get((at, name)), self._old[name]),
                    _result(after, why_new.get((at, name)), self._new[name]),
                    count,
                )
                if found:
                    count.add(text, found, self._room)

    def report(self) -> Report:
        """What has been found so far."""
        return self.plan.report(self.tally)


def _there(entry: Entry | None) -> bool:
    return entry is not None and entry.enabled


def _result(packed: bytes | None, why: str | None, entry: Entry | None) -> Result:
    if packed is not None:
        return unpack(packed)
    gone = "there is no such mapping" if entry is None else "it is switched off"
    return Absent(why or gone)
