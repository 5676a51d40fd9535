"""segue plugins, and the commands that plugins add."""

import json
import sys

import pytest
from click.testing import CliRunner

from segue import load_plugins
from segue.cli import GROUPS, main
from segue.cli.send import apart
from segue.dispatch import Delivery


HEAD = "import click\nfrom segue import hookimpl\n"
HELLO = (
    HEAD
    + """
@hookimpl
def segue_commands(group):
    @group.command()
    @click.pass_obj
    def hello(setup):
        click.echo(f"hello from {setup.data}")
"""
)
DROP = (
    HEAD
    + "@hookimpl\ndef segue_event(event):\n    return None if event['userId'] == 'bot' else event"
)


@pytest.fixture
def segue(tmp_path, monkeypatch):
    """``segue("hello", a=source)`` runs a command with these plugin files."""
    monkeypatch.chdir(tmp_path)

    def segue(*arguments, lines=(), **files):
        folder = tmp_path / "plugins"
        folder.mkdir(exist_ok=True)
        for name, source in files.items():
            (folder / f"{name}.py").write_text(source)
        text = "\n".join(map(json.dumps, lines))
        return CliRunner().invoke(main, ["--plugins-dir", str(folder), *arguments], input=text)

    return segue


def test_a_plugin_adds_a_command_that_knows_where_things_are(segue):
    result = segue("hello", "--data", "there", a=HELLO)
    assert (result.exit_code, result.stdout) == (0, "hello from there\n")


def test_a_plugin_cannot_take_a_command_of_ours(segue, caplog):
    source = HELLO.replace("group.command()", 'group.command("stats")')
    result = segue("stats", "--help", a=source)
    assert "Count what was delivered" in result.stdout
    segue("plugins", a=source)
    assert (
        'the command "stats" is taken by Segue; choose another name; it is left out' in caplog.text
    )


def test_two_plugins_cannot_add_the_same_command(segue, caplog):
    result = segue("plugins", "--json", a=HELLO, b=HELLO)
    assert [one["commands"] for one in json.loads(result.stdout)[-2:]] == [["hello"], []]
    assert 'plugin "b.py"' in caplog.text
    assert 'is taken by plugin "a.py"' in caplog.text


def test_a_plugin_that_fails_to_add_commands_stops_no_other(segue, caplog):
    bad = HEAD + "@hookimpl\ndef segue_commands(group):\n    raise SystemExit(3)"
    result = segue("hello", a=bad, b=HELLO)
    assert result.stdout == "hello from .segue\n"
    assert 'plugin "a.py": segue_commands failed: SystemExit: 3 (a.py:5)' in caplog.text


def test_a_blocked_hook_adds_nothing(segue):
    result = segue("--block", "a.py.segue_commands", "hello", a=HELLO)
    assert result.exit_code == 2
    assert 'there is no command "hello"' in result.stderr


def test_a_command_that_nobody_has_suggests_the_nearest_of_all(segue):
    result = segue("helo", a=HELLO)
    assert (result.exit_code, 'did you mean "hello"?' in result.stderr) == (2, True)
    assert 'did you mean "serve"?' in segue("serv").stderr


@pytest.mark.parametrize("arguments", [["--help"], ["stats", "--help"]], ids=["all", "one"])
def test_help_loads_no_plugin(segue, arguments):
    result = segue(*arguments, a="import sys\nsys.modules['was_loaded'] = sys")
    assert result.exit_code == 0
    assert "was_loaded" not in sys.modules


def test_plugins_as_json_tell_version_place_hooks_offers_and_problems(segue, tmp_path):
    source = HELLO + "\n@hookimpl\ndef segue_evnt(event):\n    return event\n"
    builtin, own = json.loads(segue("plugins", "--json", a=source).stdout)
    assert {"loops"} <= set(builtin["destinations"])
    assert {"loops.sendEvent"} <= set(builtin["actions"])
    file = str(tmp_path / "plugins" / "a.py")
    assert own == {
        "plugin": "a.py",
        "version": None,
        "place": file,
        "hooks": ["segue_commands"],
        "destinations": [],
        "actions": [],
        "commands": ["hello"],
        "problems": [
            {
                "reason": 'no hook is called "segue_evnt"; did you mean "segue_event"?',
                "file": file,
                "line": 11,
            }
        ],
    }


def test_plugins_are_listed_for_people(segue):
    shown = segue("plugins", a=HELLO).stdout
    assert "a.py" in shown
    assert "segue_commands" in shown


def test_a_trace_goes_to_stderr_and_tells_nothing_of_events(segue, monkeypatch, caplog):
    monkeypatch.setenv("SEGUE_TRACE_PLUGINS", "1")
    monkeypatch.setenv("LOOPS_API_KEY", "k-secret")
    segue("init")
    event = {"type": "track", "event": "E", "userId": "ann"}
    result = segue("send", "-", "--dry-run", "--json", a=DROP, lines=[event])
    assert result.exit_code == 0
    assert 'plugin "a.py": loaded in ' in caplog.text
    assert 'plugin "a.py": segue_event returned after ' in caplog.text
    assert "ann" not in caplog.text
    assert "k-secret" not in caplog.text


def test_what_a_plugin_drops_is_no_failure_and_is_shown(segue, monkeypatch):
    monkeypatch.setenv("LOOPS_API_KEY", "k")
    segue("init")
    events = [{"type": "track", "event": "E", "userId": user} for user in ("ann", "bot")]
    result = segue("send", "-", "--dry-run", a=DROP, lines=events)
    assert (result.exit_code, "DROPPED_BY_PLUGIN" in result.stderr) == (0, True)
    assert result.stdout.count("POST") == 1


def test_an_action_that_writes_to_its_event_spoils_no_other_delivery(workspace, connect, put):
    event = {"properties": {"n": 1}}
    one, other = connect(put, name="one"), connect(put, name="other")
    first, second = apart([Delivery(event, "web", each, each.mappings[0]) for each in (one, other)])
    first.event["properties"]["n"] = 2
    assert second.event == {"properties": {"n": 1}}


def test_the_commands_of_a_group_are_in_order():
    for group in GROUPS.values():
        assert list(group) == sorted(group)


def test_no_installed_plugin_takes_the_name_of_a_command():
    assert load_plugins().hooks.listeners.get("segue_commands", []) == []
