"""What an event says about an audience: whether its person is in, and what a mapping does with that."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from segue.json import JsonObject, JsonValue


SyncMode: TypeAlias = Literal["add", "update", "upsert", "delete", "mirror"]
"""What a mapping does with records of the destination: Segment's own words."""

SYNC_MODES: Final[tuple[SyncMode, ...]] = get_args(SyncMode)

SYNC_MODE: Final = "__segment_internal_sync_mode"
MATCHING_KEY: Final = "__segment_internal_matching_key"
"""Where Segment stores a mapping's sync mode and matching key: beside its fields."""

_STEP: Final = "journey_step"
_COMPUTED: Final = frozenset({"audience", _STEP})
_ROWS: Final[Mapping[str, tuple[bool, frozenset[str]]]] = {
    "new": (True, frozenset({"add", "upsert", "mirror"})),
    "updated": (True, frozenset({"update", "upsert", "mirror"})),
    "deleted": (False, frozenset({"delete", "mirror"})),
}
"""Of the events that tell of changed rows: who is in, and the sync modes that act on it."""


def membership(
    event: JsonObject, sync_mode: str | None = None, *, every_step: bool = False
) -> bool | None:
    """Whether an event puts its person into an audience or takes them out; None if it says neither.

    A computed audience or journey step speaks through the trait or property of its key, a changed
    row through the name of its event and the ``sync_mode``. ``every_step``: a journey step that
    says nothing puts them in, as some old journeys mean it.
    """
    computed = _member(_member(event, "context"), "personas")
    kind, said = _member(computed, "computation_class"), _said(event, computed)
    if isinstance(said, bool) and isinstance(kind, str) and kind in _COMPUTED:
        return said
    if event.get("type") == "track":
        entered, modes = _ROWS.get(str(event.get("event")), (None, frozenset[str]()))
        if sync_mode in modes:
            return entered
    return True if every_step and kind == _STEP else None


def _said(event: JsonObject, computed: JsonValue) -> JsonValue:
    """The value that the computation's key has in the event."""
    key = _member(computed, "computation_key")
    part = {"identify": "traits", "track": "properties"}.get(str(event.get("type")))
    return _member(event.get(part), key) if part and isinstance(key, str) and key else None


def _member(value: JsonValue, key: str) -> JsonValue:
    return value.get(key) if isinstance(value, Mapping) else None
