"""Which directives of a mapping find anything in the events."""

from collections.abc import Mapping, Sequence
from typing import Final

from segue.json import JsonObject, JsonValue
from segue.mapping.readings import mapping_paths
from segue.suggesting.observing import Keys, Source
from segue.suggesting.suggestions import RARE


FEW: Final = 0.2
"""A path that fewer of the events have fills its field for few of them."""

ENVELOPE: Final = frozenset(
    {"type", "sentAt", "receivedAt", "originalTimestamp", "channel", "version"}
)


def silent(mapping: JsonObject, sources: Sequence[Source]) -> frozenset[str]:
    """The fields of a mapping whose directives read only what hardly an event has.

    What reads nothing, such as a text, always speaks, and so does what may read anything.
    """
    there = {one.keys for one in sources if one.share >= RARE}
    return frozenset(key for key, directive in mapping.items() if not _speaks(directive, there))


def _speaks(directive: JsonValue, there: set[Keys]) -> bool:
    read = mapping_paths({"field": directive})
    return not read or any(
        one.keys is None or one.within is not None or _found(one.keys, there) for one in read
    )


def _found(keys: Keys, there: set[Keys]) -> bool:
    """Whether a path, or what is in it or around it, is there; parts of lists and the envelope always are."""
    if not keys or keys[0] in ENVELOPE or any(key.isdecimal() for key in keys):
        return True
    return any(one[: len(keys)] == keys for one in there)


def faint(mapping: JsonObject, sources: Sequence[Source]) -> Mapping[str, float]:
    """The fields that are one path which few of the events have, each with their share.

    What has something to fall back on, or a text beside it, is filled all the same.
    """
    found: dict[str, float] = {}
    for key, directive in mapping.items():
        if isinstance(directive, Mapping) and [*directive] == ["@path"]:
            share = _share(directive, sources)
            if RARE <= share < FEW:
                found[key] = share
    return found


def _share(directive: JsonValue, sources: Sequence[Source]) -> float:
    """How many of the events have what a path leads to; all of them where that cannot be told."""
    keys = next((one.keys for one in mapping_paths({"field": directive})), None)
    if not keys or keys[0] in ENVELOPE or any(key.isdecimal() for key in keys):
        return 1.0
    return max((one.share for one in sources if one.keys[: len(keys)] == keys), default=0.0)
