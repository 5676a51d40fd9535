"""Which mapping of one workspace is which of the other, and what differs before any event is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segue.diff.model import Note
from segue.diff.outline import Entry, Name


@dataclass(frozen=True, slots=True)
class Pair:
    """A mapping as it was and as it is; one of the two may be missing.

    ``same``: both say the same, and so does all that stands before them.
    """

    old: Entry | None
    new: Entry | None

    @property
    def entry(self) -> Entry:
        """The one of now, of a mapping that is gone the one before."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def same(self) -> bool:
        """Whether both say the same under the same name, and so does their connection."""
        old, new = self.old, self.new
        if old is None or new is None:
            return False
        return (old.content, old.way) == (new.content, new.way)

    @property
    def was(self) -> str:
        """Its name before, "" where that is the same."""
        if self.old is None or self.new is None or self.old.name == self.new.name:
            return ""
        return "/".join(self.old.name)

    @property
    def limits(self) -> str:
        """What cannot be compared."""
        return next((one.limits for one in (self.old, self.new) if one and one.limits), "")

    @property
    def unseen(self) -> bool:
        """Whether nothing can be compared but which events get there."""
        return any(one.unseen for one in (self.old, self.new) if one is not None)


def pair(old: Sequence[Entry], new: Sequence[Entry]) -> list[Pair]:
    """All mappings of both, in the order of the new one; those that are gone come last.

    They are paired by their names. One that is renamed and says the same as before is recognised,
    and so is a renamed connection.
    """
    before = {one.name: one for one in old}
    partners: dict[Name, Entry] = {
        one.name: before.pop(one.name) for one in new if one.name in before
    }
    for known in (_whole, _content):
        left = [one for one in new if one.name not in partners]
        for one in left:
            found = next(
                (name for name, other in before.items() if known(other) == known(one)), None
            )
            if found is not None:
                partners[one.name] = before.pop(found)
    pairs = [Pair(partners.get(one.name), one) for one in new]
    return [*pairs, *(Pair(one, None) for one in before.values())]


def _whole(entry: Entry) -> tuple[str, ...]:
    """What a mapping keeps when its connection is renamed."""
    return entry.mapping, entry.destination, entry.content, entry.way


def _content(entry: Entry) -> tuple[str, ...]:
    """What a mapping keeps when it is renamed."""
    return entry.connection, entry.destination, entry.content


def notes(pairs: Sequence[Pair]) -> Iterator[Note]:
    """What differs in the files, and what cannot be compared of what differs."""
    for one in pairs:
        name = "/".join(one.entry.name)
        for kind, (test, message) in _NOTES.items():
            if test(one):
                yield Note(kind, name, message)
        if one.was:
            why = "it says the same; its idempotency keys change with its name"
            yield Note("renamed", name, f"was {one.was}: {why}")
        if one.limits and not one.same:
            yield Note("unseen" if one.unseen else "partly", name, one.limits)
    yield from _settings(pairs)


def _settings(pairs: Sequence[Pair]) -> Iterator[Note]:
    """The settings that differ, once for each connection, and never their values."""
    told: set[str] = set()
    for one in pairs:
        if one.old is None or one.new is None or one.new.connection in told:
            continue
        keys = sorted({*one.old.settings, *one.new.settings})
        changed = [key for key in keys if one.old.settings.get(key) != one.new.settings.get(key)]
        if changed:
            told.add(one.new.connection)
            message = f"other settings: {', '.join(changed)}; how requests are authenticated is not compared"
            yield Note("settings", one.new.connection, message)


def _switched(one: Pair, *, on: bool) -> bool:
    if one.old is None or one.new is None:
        return False
    return one.old.enabled is not on and one.new.enabled is on


_NOTES: Mapping[str, tuple[Callable[[Pair], bool], str]] = {
    "added": (lambda one: one.old is None, "this mapping is new"),
    "removed": (lambda one: one.new is None, "this mapping is gone"),
    "on": (lambda one: _switched(one, on=True), "is switched on"),
    "off": (lambda one: _switched(one, on=False), "is switched off"),
}


def chosen(pairs: Sequence[Pair], connection: str | None, mapping: str | None) -> list[Pair]:
    """The pairs of a connection, or of mappings of a name, before or now."""
    return [
        one
        for one in pairs
        if any(
            (connection is None or half.connection == connection)
            and (mapping is None or half.mapping == mapping)
            for half in (one.old, one.new)
            if half is not None
        )
    ]
