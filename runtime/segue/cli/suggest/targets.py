"""The mappings that suggestions are for: those of a workspace, and new ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import click

from segue.actions import Action
from segue.cli.setup import Setup
from segue.errors import suggest as near
from segue.json import JsonObject, JsonValue
from segue.suggesting import Observation, Source, Suggestion
from segue.workspace.editing import Document
from segue.workspace.model import ActionMapping
from segue.workspace.saving import read


@dataclass
class Target:
    """A mapping to suggest for, which need not be in the workspace yet.

    ``own`` are the fields that the file speaks of, ``part`` is where it does.
    """

    connection: str | None
    name: str
    mapping: ActionMapping
    new: bool = False
    own: frozenset[str] = frozenset()
    part: Literal["override", "fields"] = "override"
    seen: Observation = field(default_factory=Observation)
    sources: Sequence[Source] = ()
    found: Sequence[Suggestion] = ()

    @property
    def action(self) -> Action[..., object]:
        """The action that it is of."""
        return self.mapping.action


def chosen(setup: Setup, name: str, mapping: str | None, action: str | None) -> list[Target]:
    """The mappings that are asked for. Raises click.UsageError."""
    if "." in name:
        if mapping or action:
            raise click.UsageError("an action alone is enough")
        made = ActionMapping.of(setup.action(name))
        return [Target(None, made.action.slug, made, new=True)]
    connection = setup.connection(name)
    known = {one.name: one for one in connection.mappings}
    if action is not None:
        full = action if "." in action else f"{connection.destination.slug}.{action}"
        made = ActionMapping.of(setup.action(full))
        called = mapping or made.action.slug
        if made.action.destination is not connection.destination:
            raise click.UsageError(f"{name} goes to {connection.destination.slug}, not to {full}")
        if called in known:
            raise click.UsageError(f'{name} has a mapping "{called}" already; leave --action out')
        return [Target(name, called, made, new=True)]
    if mapping is not None and mapping not in known:
        hint = near(mapping, known) or f"it has {', '.join(known) or 'none'}"
        raise click.UsageError(f'{name} has no mapping "{mapping}"; {hint}')
    document = Document(read(setup.file).text)
    wanted = [one for one in known.values() if mapping in {None, one.name}]
    if not wanted:
        raise click.UsageError(f"{name} has no mappings; begin one with --action")
    return [_known(name, one, document) for one in wanted]


def _known(connection: str, mapping: ActionMapping, document: Document) -> Target:
    path = ("connections", connection, "mappings", mapping.name)
    whole = document.value((*path, "fields"))
    said = whole if isinstance(whole, dict) else document.value((*path, "override"))
    own = frozenset(said) if isinstance(said, dict) else frozenset[str]()
    part: Literal["override", "fields"] = "fields" if isinstance(whole, dict) else "override"
    return Target(connection, mapping.name, mapping, own=own, part=part)


def best(target: Target) -> Iterator[Suggestion]:
    """The first for each field."""
    seen: set[tuple[str, ...]] = set()
    for one in target.found:
        if one.field not in seen and one.field[:1] not in seen:
            seen.add(one.field)
            yield one


def made(target: Target) -> JsonObject:
    """A new mapping as it would stand in the workspace."""
    override: dict[str, JsonValue] = {}
    for one in best(target):
        within: dict[str, JsonValue] = override
        for key in one.field[:-1]:
            within = cast("dict[str, JsonValue]", within.setdefault(key, {}))
        within[one.field[-1]] = one.directive
    return {"action": target.action.slug, **({"override": override} if override else {})}
