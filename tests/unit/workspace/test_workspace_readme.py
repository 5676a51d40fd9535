"""The reference page of the workspace file keeps its word."""

import re
from importlib.resources import files

import pytest

from segue import load_plugins
from segue.workspace import parse_workspace
from segue.workspace.shape import STATIC


@pytest.fixture(scope="module")
def page():
    return files("segue.workspace").joinpath("README.md").read_text("utf-8")


def test_its_workspace_loads(page):
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    workspace = parse_workspace(text, load_plugins(), environ={"LOOPS_API_KEY": "x"})
    assert workspace.notes == ()


@pytest.mark.parametrize("part", ["connection", "mapping", "source"])
def test_it_names_every_key_there_is(page, part):
    known = STATIC["$defs"][part]["properties"]
    assert [key for key in known if f"`{key}`" not in page] == []
