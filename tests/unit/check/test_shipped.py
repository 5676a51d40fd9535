"""What ships with Segue has no error: each action's own mapping, each preset, the workspaces of the pages."""

import json
import re
from pathlib import Path

import pytest
import yaml

import segue.check
from segue import load_plugins
from segue.workspace import parse_workspace


CATALOGUE = load_plugins()
FEW = 150
SETTINGS = {
    "customerio": {"siteId": "site", "apiKey": "key"},
    "loops": {"apiKey": "key"},
    "slack": {"botToken": "token", "channel": "general"},
    "webhook": {"url": "https://hooks.example.com/segue"},
}
MAPPINGS = {
    f"{action.destination.slug}-{action.slug}": (action.destination.slug, {"action": action.slug})
    for action in CATALOGUE.actions.values()
} | {
    f"{slug}-{preset.name}": (slug, {"action": preset.action, "override": dict(preset.override)})
    for slug, several in CATALOGUE.presets.items()
    for preset in several
}

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    *(ROOT / "runtime" / "segue" / part / "README.md" for part in ("workspace", "diff")),
    *sorted(ROOT.glob("actions/segue_actions/*/README.md")),
]
WORKSPACES = {
    f"{page.parent.name}-{at}": block
    for page in PAGES
    for at, block in enumerate(
        re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
    if re.search("^connections:", block, re.MULTILINE)
}


def errors(document, folder=None):
    text = json.dumps(document)
    names = re.findall(r"\$\{(\w+)", text)
    environ = {one: "https://a.example" if one.endswith("HOOK") else "key" for one in names}
    made = parse_workspace(text, CATALOGUE, environ=environ, folder=folder)
    return [str(one) for one in segue.check.inspect(made, most=FEW).errors]


@pytest.mark.parametrize(("destination", "mapping"), MAPPINGS.values(), ids=[*MAPPINGS])
def test_the_mapping_of_an_author_has_no_error(destination, mapping):
    connection = {"destination": destination, "settings": SETTINGS[destination], "sources": ["web"]}
    connections = {"one": {**connection, "mappings": {"it": mapping}}}
    document = {"version": 1, "sources": {"web": {"write_key": "key"}}, "connections": connections}
    assert errors(document) == []


@pytest.mark.parametrize("block", WORKSPACES.values(), ids=[*WORKSPACES])
def test_the_workspace_of_a_page_has_no_error(block):
    document = yaml.safe_load(block)
    named = {name for one in document["connections"].values() for name in one.get("sources", ())}
    document.setdefault("version", 1)
    document.setdefault("sources", {name: {"write_key": name} for name in named})
    assert errors(document) == []
