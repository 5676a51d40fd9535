"""What is not there, and what cannot be read, is one sentence; looking for it makes nothing."""

import json

import pytest
from click.testing import CliRunner

from segue.cli import main


WORKSPACE = "version: 1\nsources: {web: {write_key: wk_web}}\n"
EVENT = {"type": "track", "event": "Paid", "userId": "u1"}


@pytest.fixture
def segue(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return lambda *arguments: CliRunner().invoke(main, arguments)


READING = [("replay",), ("replay", "--redispatch"), ("deliveries",), ("stats",), ("backup", "copy"),
           ("unsuppress", "u1"), ("show", "7"), ("refused",), ("show",), ("check",),
           ("resume", "web"), ("hold", "none"), ("forget", "u1", "--receipts"), ("forget", "u1", "-w", "none"),
           ("secret", "remove", "none"), ("secret", "list")]  # fmt: skip


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_command_that_reads_makes_no_store(segue, tmp_path, arguments):
    segue(*arguments)
    assert [one.name for one in tmp_path.iterdir()] == ["segue.yaml"]


@pytest.mark.parametrize(
    "arguments", [("replay",), ("backup", "copy"), ("unsuppress", "u1")], ids=" ".join
)
def test_without_a_store_it_is_said_what_makes_one(segue, arguments):
    done = segue(*arguments)
    assert done.exit_code == 1
    assert done.stderr == (
        'segue: there is no store in .segue; "segue serve" or "segue send" makes one\n'
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "command",
    [
        ("send", "--dry-run"),
        ("schema", "infer", "--events"),
        ("test", "loops.sendEvent", "--dry-run", "--event"),
    ],
    ids="-".join,
)
def test_utf_16_is_one_error_that_says_how_to_convert_it(segue, tmp_path, encoding, command):
    file = tmp_path / "events.ndjson"
    file.write_bytes((json.dumps(EVENT) + "\n").encode(encoding) * 3)
    done = segue(*command, str(file))
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"segue: {file} is UTF-16 text, and events are read as UTF-8;")
    assert "iconv -f UTF-16 -t UTF-8" in done.stderr


@pytest.mark.parametrize("command", [("send", "-"), ("suppress", "u1")], ids=" ".join)
def test_a_place_where_nothing_can_be_stored_is_named_with_the_option(segue, command):
    done = segue(*command, "--data", "/proc/x")
    assert (done.exit_code, done.stderr) == (
        1,
        "segue: /proc/x cannot be the data directory: No such file or directory; name another with --data\n",
    )
