"""The good mappings: one folder for each team, with a workspace and the schemas of its events.

A workspace names its schemas by the type and the name of the event. Each is of the whole event; what
is said once and for all is added here: the call type, the name, and that somebody is meant.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from segue import Catalogue, load_plugins
from segue.mapping import mapping_paths
from segue.trigger import trigger_paths
from segue.workspace import ActionMapping, Connection, parse_workspace


Json: TypeAlias = Any

HERE: Final = Path(__file__).parent / "corpus"
SOMEBODY: Final = [{"required": ["userId"]}, {"required": ["anonymousId"]}]


@dataclass(frozen=True)
class Case:
    """A good mapping and the schemas of its team's events, by the event's type and name."""

    name: str
    connection: Connection
    mapping: ActionMapping
    schemas: Mapping[str, Json]

    @property
    def team(self) -> str:
        """The folder that it is in."""
        return self.name.split("/")[0]

    @cached_property
    def reads(self) -> tuple[tuple[str, ...], ...]:
        """The paths of the event that trigger or mapping look at."""
        return reads(self.mapping)


def reads(mapping: ActionMapping) -> tuple[tuple[str, ...], ...]:
    """The paths of the event that a trigger or its mapping look at, each once."""
    found = mapping_paths(mapping.fields)
    looked = [one.keys for one in found if one.keys and one.within is None]
    asked = [path.parts for path in trigger_paths(mapping.trigger)]
    return tuple(dict.fromkeys((*looked, *asked)))


def catalogue() -> Catalogue:
    """What ships with Segue, and the destinations that were made up for the study."""
    return load_plugins(folder=HERE / "plugins")


@cache
def cases() -> tuple[Case, ...]:
    """Every mapping of the corpus, in the order of folders and files."""
    known = catalogue()
    return tuple(
        case for file in sorted(HERE.glob("*/workspace.yaml")) for case in _team(file, known)
    )


def _team(file: Path, known: Catalogue) -> Iterator[Case]:
    text, folder = file.read_text("utf-8"), file.parent
    workspace = parse_workspace(text, known, environ={"KEY": "key"}, folder=folder)
    schemas = dict(_schemas(yaml.safe_load(text)["schemas"], folder))
    for connection in workspace.connections.values():
        for mapping in connection.mappings:
            yield Case(f"{folder.name}/{mapping.name}", connection, mapping, schemas)


def _schemas(named: Mapping[str, Json], folder: Path) -> Iterator[tuple[str, Json]]:
    for kind, one in named.items():
        if kind == "track":
            for name, entry in one.items():
                fixed = {"type": kind, "event": name}
                yield f"{kind} {name}", _schema(folder / entry["schema"], fixed)
        else:
            yield kind, _schema(folder / one["schema"], {"type": kind})


def _schema(file: Path, fixed: Mapping[str, str]) -> Json:
    said = json.loads(file.read_text("utf-8"))
    return {
        **said,
        "type": "object",
        "required": [*fixed, *said.get("required", ())],
        "properties": {
            **{key: {"const": value} for key, value in fixed.items()},
            **{key: {"type": "string", "minLength": 1} for key in ("userId", "anonymousId")},
            **said["properties"],
        },
        "anyOf": SOMEBODY,
    }
