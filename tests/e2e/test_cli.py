"""The installed command, run as its user runs it."""

import json
import os
import signal
import subprocess
import sys

import pytest

from segue import load_plugins
from segue.cli import COMMANDS


WORKSPACE = """
version: 1
sources:
  website: {write_key: wk_demo}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL}/api/v1"
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [website]
    rate_limit: null
    mappings:
      contacts: {action: createOrUpdateContact}
      events: {action: sendEvent}
"""
IDENTIFY = {
    "type": "identify",
    "userId": "u1",
    "messageId": "m1",
    "traits": {"email": "ada@example.com", "firstName": "Ada", "favoriteColor": "blue"},
}
TRACK = {"type": "track", "event": "Signed Up", "userId": "u1", "messageId": "m2"}


def kept():
    """What a command inherits here: where programs are, and that coverage is measured."""
    return {key: value for key, value in os.environ.items() if key == "PATH" or "COVERAGE" in key}


@pytest.fixture
def segue(tmp_path):
    """``segue("send", "-", input=...)`` runs the command in an empty folder."""

    def run(*arguments, input="", **environ):  # noqa: A002
        return subprocess.run(
            [sys.executable, "-m", "segue", *arguments],
            cwd=tmp_path,
            input=input,
            env={**kept(), "COLUMNS": "200", **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def sandbox(serve):
    """A Loops sandbox on a port, and the environment that leads to it."""
    stand_in = load_plugins().destination("loops").stand_in
    app = stand_in.open()
    return app.state.team, {
        "LOOPS_URL": serve(app),
        "LOOPS_API_KEY": str(stand_in.settings["apiKey"]),
    }


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return tmp_path


def lines(*events):
    return "".join(
        event if isinstance(event, str) else json.dumps(event) + "\n" for event in events
    )


def test_init_writes_a_workspace_that_checks(segue):
    assert segue("init").returncode == 0
    first, *_ = segue("check").stdout.splitlines()
    assert first == "segue.yaml is valid: 1 source, 1 connection, 2 mappings"


def test_of_warnings_of_a_kind_one_is_shown_and_all_of_them_on_request(segue):
    segue("init")
    folded, every = segue("check").stdout, segue("check", "--all").stdout
    assert folded.count("warning S012 loops/contacts") == 1
    assert "and 4 more like it: firstName, lastName, source, userGroup" in folded
    assert every.count("warning S012 loops/contacts") == 5
    assert folded.splitlines()[-1] == every.splitlines()[-1]


def test_init_does_not_write_over_a_file(segue, workspace):
    answer = segue("init")
    assert answer.returncode == 1
    assert "--force" in answer.stderr
    assert (workspace / "segue.yaml").read_text() == WORKSPACE


def test_sent_events_become_contacts_and_events(segue, workspace, sandbox):
    team, environ = sandbox
    answer = segue("send", "-", "--json", input=lines(IDENTIFY, TRACK), **environ)
    assert answer.returncode == 0, answer.stderr
    summary = json.loads(answer.stdout)
    assert summary["deliveries"] == [
        {"connection": "loops", "mapping": "contacts", "code": "OK", "count": 1},
        {"connection": "loops", "mapping": "events", "code": "OK", "count": 1},
    ]
    assert team.audience.with_email("ada@example.com").values["firstName"] == "Ada"
    assert [one.event for one in team.receipts] == ["Signed Up"]


def test_bad_lines_are_reported_by_number_and_the_rest_goes_on(segue, workspace, sandbox):
    team, environ = sandbox
    bad = lines(
        "{oops\n", IDENTIFY, "\n", {"type": "track", "userId": "u1"}, '{"type": NaN}\n', TRACK
    )
    answer = segue("send", "-", input=bad, **environ)
    assert answer.returncode == 1
    assert [number for number in range(1, 8) if f"line {number}:" in answer.stderr] == [1, 4, 5]
    assert len(team.receipts) == 1


def test_a_dry_run_prints_requests_without_the_key_and_sends_nothing(segue, workspace, sandbox):
    team, environ = sandbox
    answer = segue("send", "-", "--dry-run", "--json", input=lines(IDENTIFY, TRACK), **environ)
    requests = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(one["mapping"], one["method"]) for one in requests] == [
        ("loops.contacts", "PUT"),
        ("loops.events", "POST"),
    ]
    assert environ["LOOPS_API_KEY"] not in answer.stdout + answer.stderr
    assert len(team.receipts) == 0


def test_a_revoked_key_holds_the_connection_and_says_so(segue, workspace, sandbox):
    _, environ = sandbox
    answer = segue("send", "-", input=lines(IDENTIFY), **{**environ, "LOOPS_API_KEY": "revoked"})
    assert answer.returncode == 1
    assert "credentials are invalid: 401 Invalid API key" in answer.stderr
    assert 'connection "loops" at 127.0.0.1: put its apiKey right' in answer.stderr
    assert "a sandbox there takes keys of its own" in answer.stderr
    assert "revoked" not in answer.stdout + answer.stderr
    assert 'the connection "loops" is held: its events are kept, and go on with' in answer.stderr


def test_a_missing_variable_is_named_with_its_place(segue, workspace):
    answer = segue("check", LOOPS_URL="http://127.0.0.1:9")
    assert answer.returncode == 2
    assert "segue.yaml:9:24: /connections/loops/settings/apiKey" in answer.stderr
    assert "LOOPS_API_KEY" in answer.stderr


def test_a_missing_workspace_says_how_to_make_one(segue):
    answer = segue("send", "-")
    assert answer.returncode == 2
    assert "segue init" in answer.stderr


def test_check_gives_every_problem_as_json(segue, tmp_path):
    (tmp_path / "segue.yaml").write_text(
        "version: 2\nsauces: {}\nconnections: {a: {destination: lops}}\n"
    )
    answer = segue("check", "--json")
    report = json.loads(answer.stdout)
    assert (answer.returncode, report["valid"]) == (2, False)
    assert {1, 2, 3} <= {one["line"] for one in report["problems"]}


def test_one_event_is_shown_through_every_stage(segue, workspace, sandbox, tmp_path):
    team, environ = sandbox
    (tmp_path / "event.json").write_text(json.dumps(IDENTIFY, indent=2))
    answer = segue(
        "test", "loops.createOrUpdateContact", "--event", "event.json", "--json", **environ
    )
    report = json.loads(answer.stdout)
    assert report["payload"]["email"] == "ada@example.com"
    assert report["attempts"][0]["request"]["method"] == "PUT"
    assert report["attempts"][0]["response"]["status"] == 200
    assert environ["LOOPS_API_KEY"] not in answer.stdout
    assert team.audience.with_email("ada@example.com") is not None


def test_an_action_can_be_tried_without_a_workspace(segue):
    answer = segue("test", "loops.sendEvent")
    assert answer.returncode == 0
    assert "POST https://app.loops.so/api/v1/events/send" in answer.stdout
    assert "not sent" in answer.stdout


def test_an_unknown_action_suggests_the_nearest(segue):
    answer = segue("test", "loops.sendEvnt")
    assert answer.returncode == 2
    assert 'did you mean "loops.sendEvent"' in answer.stderr


def test_the_catalogue_lists_actions_and_shows_one(segue):
    assert "loops.sendEvent" in segue("actions").stdout
    page = segue("actions", "loops.sendEvent").stdout
    assert "$.properties.email, else $.context.traits.email" in page
    assert (
        json.loads(segue("actions", "loops.sendEvent", "--json").stdout)["trigger"]
        == 'type = "track"'
    )


def test_show_fills_in_the_defaults_and_hides_the_key(segue, workspace, sandbox):
    _, environ = sandbox
    answer = segue("show", "loops", **environ)
    assert '"$.event"' in answer.stdout
    assert environ["LOOPS_API_KEY"] not in answer.stdout


@pytest.mark.parametrize("name", ["workspace", "event", "fields", "directive"])
def test_schemas_are_written_for_editors(segue, name):
    assert json.loads(segue("schema", name).stdout)["$schema"].endswith("2020-12/schema")


def test_the_demo_ends_by_itself_and_says_what_happened(segue):
    answer = segue("demo", "--once", "--port", "0")
    assert answer.returncode == 0, answer.stderr
    assert "Signed Up" in answer.stdout
    assert "NO_MATCHING_MAPPING" in answer.stdout


def test_the_sandbox_serves_until_it_is_interrupted(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "segue", "sandbox", "loops", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert "/api/v1" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_fault_that_does_not_exist_is_said(segue):
    answer = segue("sandbox", "loops", "--port", "0", "--fail", "5yy=0.1")
    assert answer.returncode != 0
    assert "5yy" in answer.stderr


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ("burm=true", 'did you mean "burn"'),
        ("rate=fast", 'cannot be "fast"'),
        ("clash=500", 'cannot be "500"'),
    ],
    ids=["name", "number", "word"],
)
def test_a_switch_that_does_not_exist_or_fit_is_said(segue, switch, said):
    answer = segue("sandbox", "loops", "--port", "0", "--set", switch)
    assert answer.returncode == 1
    assert said in answer.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(segue, name):
    assert segue(name, "--help").stdout.startswith(f"Usage: segue {name}")
