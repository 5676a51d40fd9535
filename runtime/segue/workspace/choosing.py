"""What a mapping chooses of what its action offers: sync mode and matching key.

Segment stores both among the fields, under keys of its own; a file may have them so, too.
"""

from dataclasses import dataclass
from typing import cast

from segue.audience import MATCHING_KEY, SYNC_MODE, SyncMode
from segue.errors import pointer, suggest
from segue.json import JsonObject, JsonValue, quote, script
from segue.workspace.model import AnyAction
from segue.workspace.report import Report
from segue.workspace.shape import MappingText


@dataclass(frozen=True, slots=True)
class Choosing:
    """Reads the mapping that stands at ``where``, with these fields in force."""

    where: str
    text: MappingText
    fields: JsonObject
    report: Report

    def sync_mode(self, action: AnyAction) -> SyncMode | None:
        """The sync mode: what the file says, else the action's default. One not offered is refused.

        Segment's key says nothing to an action without sync modes.
        """
        place, said = self._said("sync_mode", SYNC_MODE)
        if said is None or (not action.sync_modes and place != "/sync_mode"):
            return action.sync_mode
        if said not in action.sync_modes:
            there = f"it offers: {', '.join(action.sync_modes) or 'none'}"
            hint = suggest(str(said), action.sync_modes) or there
            shown = quote(said) if isinstance(said, str) else script(said)
            self.report.add(self.where + place, f"{action.name} has no sync mode {shown}", hint)
        return cast("SyncMode", said)

    def matching_key(self) -> str | None:
        """The matching key, if there is one."""
        place, said = self._said("matching_key", MATCHING_KEY)
        if said is not None and not isinstance(said, str):
            self.report.add(self.where + place, "a matching key is text: the name of a field")
        return cast("str | None", said)

    def _said(self, key: str, stored: str) -> tuple[str, JsonValue]:
        """What the file says, and where; an empty text says nothing."""
        if key in self.text:
            return pointer(key), cast("JsonObject", self.text)[key]
        part = "fields" if "fields" in self.text else "override"
        return pointer(part, stored), self.fields.get(stored) or None
