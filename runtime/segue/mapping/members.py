"""The members of an object, resolved one after another. Most of a mapping's time is spent here.

Nearly every field of a real mapping is a path of one or two keys, or such a path with a stand-in.
Those are looked up in the loop itself, which spares a call for each.
"""

from collections.abc import Mapping
from typing import TypeAlias

from segue.json import MISSING, JsonValue
from segue.mapping.paths import member
from segue.mapping.resolvers import First, Lookup, Resolver, bare


Row: TypeAlias = tuple[str, Resolver, str | None, str | None, Resolver | None]
"""A member's key and resolver; if that is a short path, one or two keys and what stands in."""


def compile_members(resolvers: Mapping[str, Resolver]) -> Resolver:
    """What makes an object of those members that are there."""
    rows = [_row(key, resolver) for key, resolver in resolvers.items()]

    def build(event: JsonValue) -> dict[str, JsonValue]:
        if not isinstance(event, dict):
            found = ((key, resolve(event)) for key, resolve in resolvers.items())
            return {key: value for key, value in found if value is not MISSING}
        built: dict[str, JsonValue] = {}
        for key, resolve, first, second, otherwise in rows:
            if first is None:
                value = resolve(event)
            elif second is None:
                value = event.get(first, MISSING)
            else:
                inner = event.get(first)
                value = (
                    inner.get(second, MISSING) if isinstance(inner, dict) else member(inner, second)
                )
            if otherwise is not None and (value is None or value is MISSING):
                value = otherwise(event)
            if value is not MISSING:
                built[key] = value
        return built

    return build


def _row(key: str, resolver: Resolver) -> Row:
    lookup, otherwise = resolver, None
    if isinstance(resolver, First):
        lookup, otherwise = resolver.lookup, bare(resolver.otherwise)
    keys = lookup.keys if isinstance(lookup, Lookup) else ()
    if len(keys) == 1:
        return key, resolver, keys[0], None, otherwise
    if len(keys) == 2:
        return key, resolver, *keys, otherwise
    return key, bare(resolver), None, None, None
