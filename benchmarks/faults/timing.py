"""How long the check of a workspace of 50 mappings takes: those of the corpus, with their schemas."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import yaml

from faults.corpus import HERE, catalogue
from segue.check import Report, inspect
from segue.workspace import load_workspace


Json: TypeAlias = Any

MAPPINGS: Final = 50


def said() -> str:
    """A sentence with the time of one check, loading included."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "segue.yaml")
        file.write_text(yaml.safe_dump(workspace(), sort_keys=False), "utf-8")
        start, worked = time.monotonic(), time.process_time()
        report = check(file)
        took, work = time.monotonic() - start, time.process_time() - worked
    tried = sum(one.tried for one in report.evidence)
    return f"A workspace of {len(report.evidence)} mappings is checked in {took:.1f} s ({work:.1f} s of processor time), with {tried:,} events."


def check(file: Path) -> Report:
    """What is found in a workspace, from its file on."""
    return inspect(load_workspace(file, catalogue(), environ={"KEY": "key"}))


def workspace() -> Json:
    """The teams' workspaces as one, cut to its first 50 mappings. Each team's schemas are for all."""
    made: Json = {"version": 1, "sources": {}, "schemas": {"track": {}}, "connections": {}}
    left = MAPPINGS
    for file in sorted(HERE.glob("*/workspace.yaml")):
        team, own = file.parent.name, yaml.safe_load(file.read_text("utf-8"))
        made["sources"] |= own["sources"]
        _schemas(made["schemas"], own["schemas"], file.parent)
        for name, connection in own["connections"].items():
            kept = dict([*connection["mappings"].items()][:left])
            left -= len(kept)
            if kept:
                made["connections"][f"{team}-{name}"] = {**connection, "mappings": kept}
    return made


def _schemas(made: Json, own: Json, folder: Path) -> None:
    for kind, one in own.items():
        if kind == "track":
            for name, entry in one.items():
                made["track"][name] = {**entry, "schema": str(folder / entry["schema"])}
        else:
            made.setdefault(kind, {**one, "schema": str(folder / one["schema"])})
