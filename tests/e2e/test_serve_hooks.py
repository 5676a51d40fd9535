"""The hooks of plugins in the running program: what they change, drop, hear of, and how they fail."""

import json

import pytest
from running import until

from segue import load_plugins


PLUGIN = """
import json
from pathlib import Path

import click

from segue import hookimpl


@hookimpl
def segue_event(event, source):
    if event.get("userId") == "bot":
        return None
    if event.get("userId") == "oops":
        raise KeyError("plan")
    event["event"] = f"{event['event']} on {source}"
    return event


@hookimpl
def segue_settled(settled):
    with Path("settled.jsonl").open("a") as file:
        file.write(json.dumps([settled.message_id, settled.state, settled.tries]) + "\\n")


@hookimpl
def segue_commands(group):
    @group.command()
    @click.pass_obj
    def wiring(run):
        for name, one in run.workspace.connections.items():
            click.echo(f"{name}: {one.destination.title}")
"""


def track(user, number):
    person = {"userId": user, "context": {"traits": {"email": f"{user}@example.com"}}}
    return {"type": "track", "event": "Paid", "messageId": f"m{number}", **person}


@pytest.fixture
def plugins(folder):
    """The options that bring the plugin, ``hooked.py``."""
    (folder / "plugins").mkdir()
    (folder / "plugins" / "hooked.py").write_text(PLUGIN)
    return {"SEGUE_PLUGINS_DIR": str(folder / "plugins")}


def told(folder):
    file = folder / "settled.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_plugin_changes_drops_and_observes_what_goes_through_the_program(
    start, plugins, folder, team
):
    running = start(**plugins)
    events = [track("ann", 1), track("bot", 2), track("oops", 3)]
    assert running.send(*events).status_code == 200
    until(lambda: len(told(folder)) == 2)
    assert sorted(one.event for one in team.receipts) == ["Paid", "Paid on web"]
    assert sorted(told(folder)) == [["m1", "delivered", 1], ["m3", "delivered", 1]]
    figures = running.http.get("/metrics").text
    assert 'segue_events_refused_total{code="DROPPED_BY_PLUGIN",source="web"} 1.0' in figures
    assert 'segue_plugin_errors_total{hook="segue_event",plugin="hooked.py"} 1.0' in figures
    (failed,) = [one["message"] for one in running.records() if one["logger"] == "segue.plugins"]
    assert failed == (
        "plugin \"hooked.py\": segue_event failed: KeyError: 'plan' (hooked.py:15); "
        "the event goes on as it was"
    )


def test_what_a_plugin_dropped_is_in_the_stats(start, plugins, ask):
    running = start(**plugins)
    running.send(track("bot", 1), track("bot", 2))
    assert running.end() == 0
    (nowhere,) = [one for one in ask("stats") if not one["connection"]]
    assert nowhere["discarded"] == {"DROPPED_BY_PLUGIN": 2}


def test_send_asks_the_same_plugins_with_and_without_a_server(start, plugins, segue, folder, team):
    lines = json.dumps(track("ann", 1)) + "\n" + json.dumps(track("bot", 2)) + "\n"
    alone = segue("send", "-", input=lines, **plugins)
    assert alone.returncode == 0, alone.stderr
    assert "2 events; 1 of them taken before, suppressed, or dropped by a plugin" in alone.stderr
    assert "DROPPED_BY_PLUGIN      1" in alone.stderr
    start(**plugins)
    beside = segue("send", "-", "--json", input=lines.replace("m1", "m4").replace("m2", "m5"))
    assert beside.returncode == 0, beside.stderr
    dropped = {"connection": "-", "code": "DROPPED_BY_PLUGIN", "count": 1}
    assert json.loads(beside.stdout)["skipped"] == [dropped]
    until(lambda: len(told(folder)) == 2)
    assert [one.event for one in team.receipts] == ["Paid on web", "Paid on web"]


def test_a_trace_of_the_program_is_json_like_its_other_logs(start, plugins):
    running = start(**plugins, SEGUE_TRACE_PLUGINS="1")
    running.send(track("ann", 1))
    until(lambda: any("segue_settled" in one["message"] for one in running.records()))
    traced = [one for one in running.records() if one["logger"] == "segue.plugins.trace"]
    assert any('"hooked.py": loaded in' in one["message"] for one in traced)
    assert any('"hooked.py": segue_event returned after' in one["message"] for one in traced)
    assert not any("ann" in one["message"] for one in traced)


def test_a_plugin_adds_a_command_to_the_program(plugins, segue):
    done = segue("wiring", **plugins)
    assert (done.returncode, done.stdout) == (0, "loops: Loops\n")


def test_help_of_the_program_loads_no_plugin_at_all(plugins, folder, segue):
    (folder / "plugins" / "loud.py").write_text("open('loaded', 'w').close()")
    done = segue("--help", **plugins)
    assert (done.returncode, (folder / "loaded").exists()) == (0, False)
    assert "wiring" not in done.stdout
    segue("plugins", **plugins)
    assert (folder / "loaded").exists()


def test_the_stand_in_of_loops_is_a_plugin_like_any_other():
    assert load_plugins().origins["loops"].file == "segue_actions"
