"""Schemas from events: one for each type, and for each name of track events."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

from segue.json import JsonObject
from segue.schemas.entries import Entry
from segue.schemas.model import PARTS
from segue.schemas.shape import ENOUGH, Evidence, Shape


NAMES: Final = 1000
"""Names of track events. Those that come later are counted and left out."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_NOTHING: Final[JsonObject] = {}


class Inference:
    """Takes events one by one, in memory that does not grow with their number.

    ``names``, if any, are the only track events that count, and then nothing but these does.
    ``left_out`` counts the events that no schema rests on, by why.
    """

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        self.left_out: Counter[str] = Counter()
        self._names = names
        self._track: dict[str, Shape] = {}
        self._calls: dict[str, Shape] = {}

    def see(self, event: JsonObject) -> None:
        """Take a normalised event into account."""
        kind = cast("str", event["type"])
        if kind == "track":
            name = cast("str", event["event"])
            shape = self._track.get(name) or self._start_track(name)
        else:
            shape = self._calls.get(kind) or self._start_call(kind)
        if shape is not None:
            shape.see(event.get(PARTS[kind], _NOTHING))

    def _start_track(self, name: str) -> Shape | None:
        if self._names and name not in self._names:
            return None
        if len(self._track) == NAMES:
            self.left_out[f"there are over {NAMES:,} names of events"] += 1
            return None
        return self._track.setdefault(name, Shape())

    def _start_call(self, kind: str) -> Shape | None:
        if self._names:
            return None
        if kind not in PARTS:
            self.left_out[f"{kind} events have neither properties nor traits"] += 1
            return None
        return self._calls.setdefault(kind, Shape())

    def entries(self, evidence: Evidence = ENOUGH) -> Iterator[Entry]:
        """A schema of each name and type, sorted; each says on how many events it rests."""
        for name, shape in sorted(self._track.items()):
            yield Entry("track", name, _document(name, shape, evidence))
        for kind, shape in sorted(self._calls.items()):
            yield Entry(kind, None, _document(kind, shape, evidence))


def _document(title: str, shape: Shape, evidence: Evidence) -> JsonObject:
    rests = f"inferred from {shape.seen:,} event{'' if shape.seen == 1 else 's'}"
    head: JsonObject = {"$schema": DIALECT, "title": title, "$comment": rests}
    return {**head, **shape.document(evidence)}
