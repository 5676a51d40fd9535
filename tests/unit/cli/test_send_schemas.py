"""segue send without the store holds events to the schemas of the workspace, as the store's owner does."""

import json

import pytest
from click.testing import CliRunner

from segue.cli import main


WORKSPACE = """
version: 1
sources: {web: {write_key: wk}}
schemas:
  enforce: block
  track:
    Paid: {schema: {required: [total]}}
    Left: {schema: {properties: {secret: false}}, enforce: drop_fields}
connections:
  loops:
    destination: loops
    settings: {apiKey: abc}
    sources: [web]
    mappings: {events: {action: sendEvent}}
"""


@pytest.fixture
def send(tmp_path):
    """``send(*events)`` prints the requests that these events would become, unless told otherwise."""
    (tmp_path / "segue.yaml").write_text(WORKSPACE)

    def send(*events, how=("--dry-run",)):
        lines = "\n".join(json.dumps({"type": "track", "userId": "ann", **one}) for one in events)
        places = ["-w", str(tmp_path / "segue.yaml"), "--data", str(tmp_path / "data")]
        return CliRunner().invoke(main, [*places, "send", "-", *how, "--json"], input=lines)

    return send


def test_what_a_schema_blocks_is_refused_with_its_code(send):
    result = send({"event": "Paid"})
    assert (result.exit_code, result.stdout) == (1, "")
    assert '✗ /properties: "total" is a required property (schema_violation)' in result.stderr


def test_what_a_schema_drops_is_not_sent(send):
    result = send({"event": "Left", "properties": {"secret": 1, "open": 2}})
    assert result.exit_code == 0
    assert '"open"' in result.stdout
    assert "secret" not in result.stdout


def test_what_satisfies_its_schema_or_has_none_is_sent(send):
    result = send({"event": "Paid", "properties": {"total": 1}}, {"event": "Other"})
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)


@pytest.mark.parametrize("how", [(), ("--now",)], ids=["through the store", "now"])
def test_what_a_schema_blocks_is_refused_on_every_way(send, how):
    result = send({"event": "Paid"}, {"event": "Paid"}, how=how)
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["events"], told["stored"], told["known"]) == (2, 0, 0)
    assert (told["refused"], told["skipped"]) == ({"schema_violation": 2}, [])
    assert "schema" in told["failures"][0]
