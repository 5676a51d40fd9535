"""Faults that no schema could reveal: what they leave is a good mapping, of something a little else.

Some faults only empty a place: an ``else`` is gone, a field is no longer mapped, a trigger takes a few events more.
Who knows the original sees it. Who knows the schemas sees a mapping that is as good as those of the
corpus, and in which nothing is idle that is not in the original, too:

* every event that it takes is delivered, none of what it maps is dropped, and each of its fields is
  filled by some event: what the corpus calls good;
* each path that it reads has a value in some event;
* each ``@if`` is decided one way by some events and the other way by others, or at least has no ``else``.

A checker that called such a mapping wrong would have to call good mappings wrong, too.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

from faults.corpus import Case, reads
from faults.differences import EMPTY, found
from faults.operators import Fault
from faults.oracle import compile_fault, send, stream
from faults.sites import Site, pointer, walk
from segue.mapping import compile_mapping
from segue.workspace import ActionMapping


Json: TypeAlias = Any

EVENTS: Final = 6_000
"""Events of the plan that are looked at."""


def hidden(case: Case, fault: Fault, word: str) -> bool:
    """Whether a fault with this verdict is one that no schema could reveal."""
    if word != "emptied" or fault.copies > 1:
        return False
    mapping = compile_fault(case, fault)
    taken, before = (
        [*filter(one.matches, stream(case, EVENTS))] for one in (mapping, case.mapping)
    )
    return _good(case, mapping, taken) and _idle(mapping, taken) <= _idle(case.mapping, before)


def _good(case: Case, mapping: ActionMapping, taken: Sequence[Json]) -> bool:
    ever: set[str] = set()
    for event in taken:
        sent = send(case, mapping, event)
        if sent.refused is not None or not _kept(sent.raw, sent.payload):
            return False
        ever |= {key for key, value in sent.payload.items() if value not in EMPTY}
    return ever == {*mapping.fields}


def _kept(raw: Json, payload: Json) -> bool:
    return all(payload.get(key) not in EMPTY for key, value in raw.items() if value not in EMPTY)


def _idle(mapping: ActionMapping, taken: Sequence[Json]) -> set[Json]:
    """The paths that never have a value, and the places of the choices that go one way only."""
    paths = {path for path in reads(mapping) if all(found(event, path) in EMPTY for event in taken)}
    return paths | {pointer(site.at) for site in _choices(mapping) if not _both(site, taken)}


def _choices(mapping: ActionMapping) -> Iterator[Site]:
    """The ``@if`` of a mapping that look at the event, not at an item of a list."""
    for site in walk(Site((), mapping.fields, {})):
        if site.directive == "@if" and "@arrayPath" not in site.at:
            yield site


def _both(site: Site, taken: Sequence[Json]) -> bool:
    asked = {key: value for key, value in site.operand.items() if key in {"exists", "blank"}}
    decide = compile_mapping({"made": {"@if": {**asked, "then": 1, "else": 0}}})
    ways = {decide(event)["made"] for event in taken}  # type: ignore[index]
    return 1 in ways and (0 in ways or "else" not in site.operand)
