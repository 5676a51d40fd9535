"""Mappings of the file: which action, which trigger, which fields are in force."""

from dataclasses import dataclass
from typing import Final

from segue.destination import Destination
from segue.errors import Problem, TriggerError, pointer, suggest
from segue.fields.schema import properties
from segue.json import JsonObject, quote
from segue.plugins import Catalogue
from segue.workspace.choosing import Choosing
from segue.workspace.compiler import CompiledTrigger, Compiler, Map
from segue.workspace.model import ActionMapping, AnyAction
from segue.workspace.report import Report
from segue.workspace.shape import MappingText


_NONE: Final[JsonObject] = {}


@dataclass(frozen=True, slots=True)
class Mappings:
    """Makes the mappings of a workspace; what cannot be made is reported."""

    catalogue: Catalogue
    report: Report
    compiler: Compiler

    def make(
        self, where: str, name: str, text: MappingText, destination: Destination | None
    ) -> ActionMapping | None:
        """The mapping that stands at ``where``."""
        action = self.action(where, text.get("action"), destination)
        trigger = self.trigger(where, text.get("trigger", action.trigger if action else None))
        fields = _effective(text, action)
        mapped = self.map(where, text, action, fields)
        if not (action and trigger and mapped):
            return None
        written = text.get("fields", text.get("override", _NONE)).keys()
        choices = Choosing(where, text, fields, self.report)
        return ActionMapping(
            name,
            action,
            trigger.tree,
            fields,
            trigger.matches,
            mapped,
            enabled=text.get("enabled", True),
            own_trigger="trigger" in text,
            own_fields=frozenset(written & fields.keys()),
            plugin=str(self.catalogue.origins.get(action.name, "")),
            sync_mode=choices.sync_mode(action),
            matching_key=choices.matching_key(),
        )

    def action(
        self, where: str, slug: str | None, destination: Destination | None
    ) -> AnyAction | None:
        """The destination's action of this slug ("sendEvent") or full name ("loops.sendEvent")."""
        if slug is None or destination is None:
            return None
        name = slug if "." in slug else f"{destination.slug}.{slug}"
        found = self.catalogue.actions.get(name)
        if found and found.destination is destination:
            return found
        offered = [one.slug for one in self.catalogue.actions_of(destination)]
        hint = (
            suggest(slug.rpartition(".")[2], offered) or f"it has: {', '.join(offered) or 'none'}"
        )
        self.report.add(f"{where}/action", f"{destination.slug} has no action {quote(slug)}", hint)
        return None

    def trigger(self, where: str, text: str | None) -> CompiledTrigger | None:
        """The trigger, if there is one that parses."""
        if text is None:
            return None
        try:
            return self.compiler.trigger(text)
        except TriggerError as error:
            self.report.misread(f"{where}/trigger", error)
            return None

    def map(
        self, where: str, text: MappingText, action: AnyAction | None, fields: JsonObject
    ) -> Map | None:
        """The compiled mapping, if nothing is wrong with it."""
        compiled = self.compiler.mapping(action, fields)
        part = f"{where}/{'fields' if 'fields' in text else 'override'}"
        known = properties(action.fields) if action else fields
        unknown = {pointer(key) for key in fields if key not in known}
        self.report.nest(part, compiled.problems, keys=unknown)
        if action:
            self.report.nest(part, _idle(text.get("override", _NONE), action))
        return compiled.map


def _effective(text: MappingText, action: AnyAction | None) -> JsonObject:
    """``fields`` in place of the defaults, or ``override`` over them, without what that sets to null."""
    if "fields" in text:
        return text["fields"]
    override = text.get("override", _NONE)
    if action is not None:
        return action.overridden(override)
    return {key: value for key, value in override.items() if value is not None}


def _idle(override: JsonObject, action: AnyAction) -> list[Problem]:
    """What ``override`` leaves out that is not there anyway: most likely a slip."""
    return [
        Problem(
            pointer(key),
            f"there is no field {quote(key)} to leave out",
            suggest(key, action.mapping),
        )
        for key, value in override.items()
        if value is None and key not in action.mapping
    ]
