"""The reference page of the workspace file keeps its word."""

import re
from importlib.resources import files
from typing import get_args

import pytest

from segue import load_plugins
from segue.filters import Kind
from segue.workspace import parse_workspace
from segue.workspace.shape import STATIC


@pytest.fixture(scope="module")
def page():
    return files("segue.workspace").joinpath("README.md").read_text("utf-8")


def test_its_workspace_loads(page):
    text, filters = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    indented = filters.replace("\n", "\n    ").join(["    ", ""])
    workspace = parse_workspace(text + indented, load_plugins(), environ={"LOOPS_API_KEY": "x"})
    assert workspace.notes == ()
    assert {one.kind for one in workspace.connections["loops"].filters} == set(get_args(Kind))


@pytest.mark.parametrize("part", ["connection", "filter", "mapping", "source"])
def test_it_names_every_key_there_is(page, part):
    known = STATIC["$defs"][part]["properties"]
    assert [key for key in known if f"`{key}`" not in page] == []
