"""Workspaces are read without the environment and the secrets."""

import pytest

from segue.diff.opening import read
from segue.errors import ConfigError
from segue.plugins import load_plugins


PLUGIN = """
from segue import Destination

SHELF = Destination("shelf", title="Shelf", url="https://shelf.example", settings={
    "type": "object", "required": ["key"], "additionalProperties": False, "properties": {
        "key": {"type": "string", "writeOnly": True}, "port": {"type": "integer"},
        "owner": {"type": "string", "format": "email"}, "secure": {"type": "boolean"},
        "home": {"type": "string", "format": "uri"},
    }})
"""
TEXT = """
version: 1
sources:
  a: {write_key: "${A_KEY}"}
  b: {write_key: "${B_KEY:-given}"}
connections:
  one:
    destination: shelf
    base_url: "${BASE_URL}"
    settings: {key: "${secret:key.one}", port: "${PORT}", owner: "${OWNER}", secure: "${SECURE}", home: "https://${HOST}/x"}
    sources: [a, b]
"""


@pytest.fixture
def opened(tmp_path):
    """``opened(text)``: the workspace of a file with this text."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "shelf.py").write_text(PLUGIN)
    catalogue = load_plugins(folder=tmp_path / "plugins")

    def opened(text):
        (tmp_path / "segue.yaml").write_text(text)
        return read(tmp_path / "segue.yaml", catalogue)

    return opened


def test_each_name_gets_a_value_that_suits(opened):
    workspace = opened(TEXT)
    connection = workspace.connections["one"]
    assert connection.base == "https://base-url.invalid"
    assert dict(connection.settings) == {
        "key": "key.one",
        "port": 104729,
        "owner": "someone@owner.invalid",
        "secure": True,
        "home": "https://HOST/x",
    }
    assert [one.write_key for one in workspace.sources.values()] == ["A_KEY", "given"]


def test_what_is_wrong_with_the_file_itself_is_told(opened):
    with pytest.raises(ConfigError, match="sheIf"):
        opened(TEXT.replace("destination: shelf", "destination: sheIf"))
    with pytest.raises(ConfigError, match="cannot be filled in"):
        opened(TEXT.replace("${A_KEY}", "${A KEY}"))


def test_the_environment_is_not_read(opened, monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://real.example")
    assert opened(TEXT).connections["one"].base == "https://base-url.invalid"
