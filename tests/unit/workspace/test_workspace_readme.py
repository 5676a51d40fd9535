"""The reference page of the workspace file keeps its word."""

import re
from importlib.resources import files
from typing import get_args

import pytest

from segue import load_plugins
from segue.filters import Kind
from segue.workspace import parse_workspace
from segue.workspace.saving import revision
from segue.workspace.shape import STATIC
from segue.workspace.versions import history


@pytest.fixture(scope="module")
def page():
    return files("segue.workspace").joinpath("README.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path):
    """A folder with the schemas that the page names."""
    for name in ("order_completed", "traits"):
        (tmp_path / f"{name}.json").write_text("{}")
    return tmp_path


def test_its_workspace_loads(page, folder):
    text, filters, schemas = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    indented = filters.replace("\n", "\n    ").join(["    ", ""])
    whole = f"{text}{indented}\n{re.sub('schemas/', str(folder) + '/', schemas)}"
    workspace = parse_workspace(whole, load_plugins(), environ={"LOOPS_API_KEY": "x"})
    assert workspace.notes == ()
    assert {one.kind for one in workspace.connections["loops"].filters} == set(get_args(Kind))
    assert [*workspace.schemas.track] == ["Order Completed", "Heartbeat"]


@pytest.mark.parametrize("part", ["connection", "filter", "mapping", "schemas", "source"])
def test_it_names_every_key_there_is(page, part):
    known = STATIC["$defs"][part]["properties"]
    assert [key for key in known if f"`{key}`" not in page] == []


def test_its_edits_are_made(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, *_ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "segue.yaml"
    file.write_text(text)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    loaded = parse_workspace(file.read_text(), load_plugins(), environ={"LOOPS_API_KEY": "x"})
    mappings = [one.name for one in loaded.connections["loops"].mappings]
    assert mappings == ["signups", "completed-orders"]
    newest, oldest = history(file, tmp_path / ".segue" / "versions").versions()
    assert (newest.author, oldest.revision) == ("Ann", revision(text))
