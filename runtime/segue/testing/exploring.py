"""Trying an action with many payloads, until one breaks a promise; the smallest such is reported."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segue.errors import PayloadError
from segue.json import JsonObject, JsonValue
from segue.testing.breaking import BrokenError
from segue.testing.drawing import search
from segue.testing.strategies.payloads import payloads
from segue.testing.subject import ActionSubject


Payloads: TypeAlias = Sequence[JsonObject]
Judge: TypeAlias = Callable[[Payloads], None]


def explore(subject: ActionSubject, judge: Judge) -> None:
    """Judge single payloads: those of sample events, then any that the fields allow."""
    known = [*(payload for _, payload in subject.shown), *subject.pool]
    _try(([one] for one in known), payloads(subject.action.fields).map(lambda one: [one]), judge)


def explore_batches(subject: ActionSubject, judge: Judge) -> None:
    """Judge several payloads that may share a batch."""
    batches = subject.action.batches
    assert batches is not None
    spec, most = subject.action.spec, min(4, batches.max_items)

    def alike(several: Payloads) -> Payloads | None:
        """The payloads, with the first one's values of what may not differ in a batch."""
        keys = batches.keys
        same = {key: several[0][key] for key in keys if key in several[0]}
        made = [{**{k: v for k, v in one.items() if k not in keys}, **same} for one in several]
        try:
            return [spec.coerce(one) for one in made]
        except PayloadError:
            return None

    pool = subject.pool
    known = (alike(pool[at : at + most]) for at in range(0, len(pool) - 1, most))
    lists = st.lists(payloads(subject.action.fields), min_size=min(2, most), max_size=most)
    more = cast("SearchStrategy[Payloads]", lists.map(alike).filter(lambda one: one is not None))
    _try(filter(None, known), more, judge)


def _try(known: Iterable[Payloads], more: SearchStrategy[Payloads], judge: Judge) -> None:
    """Judge what is known; where that breaks, look for something smaller that does."""
    for found in known:
        try:
            judge(found)
        except BrokenError:
            search(more, judge)
            raise


def case(found: Payloads) -> tuple[str, JsonValue]:
    """Payloads as they are shown."""
    return ("payload", found[0]) if len(found) == 1 else ("payloads", list(found))
