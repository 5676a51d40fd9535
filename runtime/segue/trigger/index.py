"""Finds the triggers that may match an event without asking all of them.

What a trigger says of ``type`` and ``event`` is often necessary for it to hold: of
``type = "track" and event in ["A", "B"]`` no event but one called A or B needs to be considered.
"""

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Final, Generic, TypeAlias, TypeVar

from segue.trigger.predicate import Predicate, compile_trigger
from segue.trigger.reader import Event, walk
from segue.trigger.tree import And, Boolean, Compare, List, Or, Path, Text, Trigger


T = TypeVar("T")
Entry: TypeAlias = tuple[int, Predicate, T]

_name: Final = walk("event")
_type: Final = walk("type")


class Index(Generic[T]):
    """Items by their triggers.

    Each item stands in one kind of bucket: by event name if its trigger is bound to names, else
    by type, else with those that must always be asked. An event has one name and one type, so no
    item is met twice.
    """

    def __init__(self, pairs: Iterable[tuple[Trigger, T]]) -> None:
        self._named: dict[str, list[Entry[T]]] = {}
        self._typed: dict[str, list[Entry[T]]] = {}
        self._others: list[Entry[T]] = []
        for position, (trigger, item) in enumerate(pairs):
            self._add(trigger, (position, compile_trigger(trigger), item))

    def _add(self, trigger: Trigger, entry: Entry[T]) -> None:
        names, types = admitted(trigger, "event"), admitted(trigger, "type")
        buckets, keys = (self._typed, types) if names is None else (self._named, names)
        if keys is None:
            self._others.append(entry)
            return
        for key in keys:
            buckets.setdefault(key, []).append(entry)

    def match(self, event: Event) -> list[T]:
        """The items whose triggers match, in the order they were given."""
        return [item for _, matches, item in self.candidates(event) if matches(event)]

    def candidates(self, event: Event) -> list[Entry[T]]:
        """The entries that can match, in order."""
        name, type_ = _name(event), _type(event)
        found = (
            self._named.get(name) if isinstance(name, str) else None,
            self._typed.get(type_) if isinstance(type_, str) else None,
            self._others,
        )
        lists = [entries for entries in found if entries]
        return lists[0] if len(lists) == 1 else sorted(chain(*lists), key=itemgetter(0))


def admitted(tree: Trigger, key: str) -> frozenset[str] | None:
    """The texts one of which a top-level key must be for the tree to hold; None: no such bound."""
    match tree:
        case Compare(Path((at,)), "=", Text(text)) if at == key:
            return frozenset({text})
        case Compare(Path((at,)), "in", List(items)) if at == key:
            texts = frozenset(item.value for item in items if isinstance(item, Text))
            return texts if all(isinstance(item, Text) for item in items) else None
        case And(conditions):
            bounds = [admitted(each, key) for each in conditions]
            known = [bound for bound in bounds if bound is not None]
            return frozenset.intersection(*known) if known else None
        case Or(conditions):
            bounds = [admitted(each, key) for each in conditions]
            known = [bound for bound in bounds if bound is not None]
            return frozenset.union(*known) if len(known) == len(bounds) else None
        case Boolean(value=False):
            return frozenset()
        case _:
            return None
