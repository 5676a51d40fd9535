"""A published action as the modules of a plugin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segue.fields.schema import properties, required
from segue.scaffold import sources
from segue.scaffold.carrying import carry, settings
from segue.scaffold.definition import Note, Notes, Published
from segue.scaffold.homes import Home
from segue.scaffold.names import ActionName, DestinationName


@dataclass(frozen=True, slots=True)
class New:
    """The modules of what is new. Without a ``home`` its destination is among them.

    ``settings`` are those texts that a connection to it must have.
    """

    modules: Mapping[str, str]
    home: Home | None
    notes: Sequence[Note] = ()
    settings: Sequence[str] = ()

    @property
    def alone(self) -> Mapping[str, str]:
        """The modules of a package that has nothing else."""
        if self.home is None:
            return self.modules
        (source,) = self.modules.values()
        return {"__init__.py": source}

    def placed(
        self, plugins: Path, target: DestinationName, slug: ActionName
    ) -> tuple[Mapping[str, str], Path]:
        """The modules, and the folder they belong to: their destination's, or that of loose files."""
        if self.home is None:
            return self.modules, plugins / target.module
        if self.home.folder is not None:
            return self.modules, self.home.folder
        (source,) = self.modules.values()
        return {f"{target.module}_{slug.module}.py": source}, plugins


def translate(
    published: Published, target: DestinationName, slug: ActionName, home: Home | None
) -> New:
    """What is new with a published action. Raises AuthorError where nothing can be read."""
    carried = carry(published)
    here = home or Home(f"from . import {target.constant}", target.constant)
    modules = {f"{slug.module}.py": sources.carried_action(slug, here, carried)}
    notes: Notes = []
    needed: list[str] = []
    if home is None:
        declared = settings(published, notes)
        parts = properties(declared)
        needed = [one for one in required(declared) if parts[one].get("type") == "string"]
        notes += _unsaid(published)
        first = sources.carried_destination(target, published.destination, declared, notes)
        modules = {"__init__.py": first, **modules}
    plain = [one for one in needed if re.fullmatch(r"[A-Za-z]\w*", one, re.ASCII)]
    return New(modules, home, [*notes, *carried.notes], plain)


def _unsaid(published: Published) -> Notes:
    """What a definition says of a destination only by the way, or not at all."""
    told = published.destination
    authentication = told.get("authentication")
    scheme = authentication.get("scheme") if isinstance(authentication, Mapping) else None
    notes = [Note("url", "a definition does not say where the destination is; correct it")]
    if scheme:
        why = f"it is {scheme}; write authenticate, or give the destination an OAuth2"
        notes.append(Note("authentication", why))
    if told.get("options"):
        notes.append(Note("options", "a catalogue's page tells of settings in its own way"))
    if told.get("audienceConfig"):
        notes.append(Note("audienceConfig", "audiences are not made or looked up"))
    return notes
