"""What ``segue check`` says of a fault: held against what it says of the mapping without the fault.

A fault is *caught* by a finding about its mapping, an error or a warning, that is not found of the
original: with the same schemas, siblings and seed. A note catches nothing. Findings are the same if code,
field and broken rule are, and the original's is no milder; where in the file it stands makes no difference.

Both are written out in full, as ``trigger`` and ``fields``, into the team's own workspace. Without
schema, the workspace has no ``schemas``, for the original neither.
"""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from faults.corpus import HERE, Case, catalogue
from faults.operators import Fault
from segue.check import Finding, inspect
from segue.check.checking import static, subjects
from segue.workspace import Workspace, parse_workspace


Json: TypeAlias = Any
Same: TypeAlias = tuple[str, str, str]

SECOND: Final = "-again"
"""What the name of a mapping's second copy ends with."""

WEIGHS: Final = frozenset({"error", "warning"})


class Seen(NamedTuple):
    """Findings about one mapping of a workspace: those that need no event, and all of them."""

    workspace: Workspace
    static: Sequence[Finding]
    every: Sequence[Finding]


def seen(case: Case, fault: Fault | None = None, *, schemas: bool) -> Seen:
    """What is said of a mapping, with a fault or as it is. Raises ConfigError where it does not load."""
    with TemporaryDirectory() as folder:
        text = written(case, fault, schemas=schemas)
        made = parse_workspace(text, _known(), environ={"KEY": "key"}, folder=HERE / case.team)
        file = Path(folder, "segue.yaml")
        file.write_text(text, "utf-8")
        return _seen(replace(made, file=file), text, _names(case, fault))


def _seen(workspace: Workspace, text: str, names: Sequence[str]) -> Seen:
    every = [*subjects(workspace, text)]
    own = [one for one in every if one.name in names]
    found = inspect(workspace, only=names).findings
    return Seen(workspace, [*static(workspace, every, own)], found)


@cache
def _known() -> Any:
    return catalogue()


def _names(case: Case, fault: Fault | None) -> list[str]:
    name = f"{case.connection.name}/{case.mapping.name}"
    return [name, name + SECOND] if fault is not None and fault.copies > 1 else [name]


def written(case: Case, fault: Fault | None, *, schemas: bool) -> str:
    """The team's workspace with the mapping written out in full."""
    document = deepcopy(_read(case.team))
    if not schemas:
        del document["schemas"]
    mappings = document["connections"][case.connection.name]["mappings"]
    said = fault or case.mapping
    given = {key: v for key, v in mappings[case.mapping.name].items() if key != "override"}
    whole = {**given, "trigger": str(said.trigger), "fields": said.fields}
    mappings[case.mapping.name] = whole
    if fault is not None and fault.copies > 1:
        mappings[case.mapping.name + SECOND] = whole
    return json.dumps(document, indent=1, ensure_ascii=False)


@cache
def _read(team: str) -> Json:
    return yaml.safe_load((HERE / team / "workspace.yaml").read_text("utf-8"))


def fresh(found: Sequence[Finding], known: Sequence[Finding]) -> list[Finding]:
    """The findings that weigh, and are not among those of the original."""
    before = {same(one) for one in known if one.severity in WEIGHS}
    errors = {same(one) for one in known if one.severity == "error"}
    return [
        one
        for one in found
        if (one.severity == "warning" and same(one) not in before)
        or (one.severity == "error" and same(one) not in errors)
    ]


def same(finding: Finding) -> Same:
    """What makes a finding the same in a mutant and in its original."""
    return finding.code, finding.field, finding.rule
