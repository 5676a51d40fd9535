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
        self._shapes: dict[tuple[str, str | None], Shape] = {}

    def see(self, event: JsonObject) -> None:
        """Take a normalised event into account."""
        kind = cast("str", event["type"])
        name = cast("str", event["event"]) if kind == "track" else None
        shape = self._shapes.get((kind, name)) or self._start(kind, name)
        if shape is not None:
            shape.see(event.get(PARTS[kind], _NOTHING))

    def _start(self, kind: str, name: str | None) -> Shape | None:
        if self._names and name not in self._names:
            return None
        if kind not in PARTS:
            self.left_out[f"{kind} events have neither properties nor traits"] += 1
            return None
        if len(self._shapes) >= NAMES:
            self.left_out[f"there are over {NAMES:,} names of events"] += 1
            return None
        shape = self._shapes[kind, name] = Shape()
        return shape

    def entries(self, evidence: Evidence = ENOUGH) -> Iterator[Entry]:
        """A schema of each type and name, sorted; each says on how many events it rests."""
        for (kind, name), shape in sorted(self._shapes.items(), key=_rank):
            rests = f"inferred from {shape.seen:,} event{'' if shape.seen == 1 else 's'}"
            head: JsonObject = {"$schema": DIALECT, "title": name or kind, "$comment": rests}
            yield Entry(kind, name, {**head, **shape.document(evidence)})


def _rank(one: tuple[tuple[str, str | None], object]) -> tuple[bool, str, str]:
    kind, name = one[0]
    return kind != "track", name or "", kind
