"""An action that writes to its payload is named by the commands that run it."""

import pytest
from click.testing import CliRunner

from segue.cli import main


PLUGIN = """
from segue import Destination, Request, action, path

TIDY = Destination("tidy", title="Tidy", url="https://tidy.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}

@action(TIDY, "put", trigger='type = "track"', fields=FIELDS)
def put(payload):
    payload["id"] = "gone"
    return Request.post("/things", json=dict(payload))
"""
WORKSPACE = """
version: 1
plugins: ./plugins
sources: {web: {write_key: wk_web}}
connections:
  it: {destination: tidy, sources: [web], mappings: {one: {action: put}}}
"""
SENTENCE = 'tidy.put of plugin "tidy.py" writes to the payload that it is given (see tidy.py:7)'


@pytest.mark.parametrize("command", [("check",), ("test", "tidy.put", "--dry-run")], ids=" ".join)
def test_an_action_that_writes_to_its_payload_is_named(command, tmp_path, monkeypatch, caplog):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "tidy.py").write_text(PLUGIN)
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, command)
    said = "".join([result.stderr, *caplog.messages])
    assert said.count(SENTENCE) == 1
