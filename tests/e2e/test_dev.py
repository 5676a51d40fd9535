"""segue dev as its user meets it: the real command, real files, a real terminal."""

import json
import os
import pty
import subprocess
import sys
import textwrap
from threading import Timer
from time import monotonic

import pytest


PLUGIN = textwrap.dedent("""
    from segue import Destination, Request, action, path

    ACME = Destination("acme", title="Acme", url="https://acme.test")
    FIELDS = {"type": "object", "properties": {"name": {"type": "string", "mapping": path("$.event")}}}

    @action(ACME, "put", trigger='type = "track"', fields=FIELDS)
    def put(payload):
        print("an author's print")
        return Request.post("/one", json=dict(payload))
""")
COMMAND = [sys.executable, "-m", "segue", "dev"]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "acme.py").write_text(PLUGIN)
    (tmp_path / "segue.yaml").write_text("version: 1\nplugins: ./plugins\n")
    return tmp_path


@pytest.fixture
def run(project):
    """Starts the command; it is ended after a while, so that nothing waits for ever."""
    running = []

    def start(*options, **more):
        process = subprocess.Popen([*COMMAND, *options], cwd=project, **more)
        timer = Timer(30, process.kill)
        timer.start()
        running.append((process, timer))
        return process

    yield start
    for process, timer in running:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_saved_file_is_shown_within_a_second_and_a_wrong_one_is_named(run, project):
    process = run("--json", stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    (first,) = json.loads(process.stdout.readline())["changes"]
    assert (first["name"], first["status"]) == ("acme.put", "new")
    assert first["request"]["url"] == "https://acme.test/one"

    saved = monotonic()
    (project / "plugins" / "acme.py").write_text(PLUGIN.replace("/one", "/two"))
    (second,) = json.loads(process.stdout.readline())["changes"]
    assert monotonic() - saved < 5  # under one where nothing else runs
    assert [one for one in second["diff"] if one[:1] in {"+", "-"}] == [
        "-   POST https://acme.test/one",
        "+   POST https://acme.test/two",
    ]

    (project / "plugins" / "acme.py").write_text(PLUGIN.replace("def put(", "def put(("))
    third = json.loads(process.stdout.readline())
    assert [one["status"] for one in third["changes"]] == ["same"]
    (problem,) = third["problems"]
    assert (problem["file"], problem["line"]) == (str(project / "plugins" / "acme.py"), 8)


def test_once_prints_plain_lines_and_ends(project):
    done = subprocess.run(
        [*COMMAND, "--once"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "  POST https://acme.test/one\n" in done.stdout.replace("\r", "")
    assert "\x1b" not in done.stdout
    assert (done.stdout.count("an author's print"), "print" in done.stderr) == (0, True)


def test_once_fails_where_something_is_wrong(project):
    (project / "plugins" / "acme.py").write_text("1 / 0")
    done = subprocess.run(
        [*COMMAND, "--once"], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "acme.py:1" in done.stdout) == (1, True)


def test_an_event_from_a_file_is_used(project):
    event = {"type": "track", "event": "Mine", "userId": "u"}
    (project / "event.json").write_text(json.dumps(event))
    done = subprocess.run(
        [*COMMAND, "--once", "--json", "--event", "event.json"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    (change,) = json.loads(done.stdout)["changes"]
    assert (change["payload"], change["event"]["event"]) == ({"name": "Mine"}, "Mine")


def test_the_last_event_of_the_store_is_used_and_the_store_left_alone(project):
    (project / "segue.yaml").write_text(
        textwrap.dedent("""
            version: 1
            plugins: ./plugins
            sources: {web: {write_key: k}}
        """)
    )
    event = {"type": "track", "event": "Stored", "userId": "u"}
    line = json.dumps(event).encode()
    subprocess.run(
        [*COMMAND[:-1], "send", "-"], cwd=project, input=line, check=True, capture_output=True
    )
    done = subprocess.run(
        [*COMMAND, "--once", "--json"], cwd=project, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["event"].startswith("the last event")
    assert found["changes"][0]["payload"] == {"name": "Stored"}
    sampled = subprocess.run(
        [*COMMAND, "--once", "--json", "--sample"], cwd=project, capture_output=True, check=True
    )
    assert json.loads(sampled.stdout)["event"] == "samples"


def test_an_event_that_is_saved_anew_is_tried(run, project):
    event = {"type": "track", "event": "First", "userId": "u"}
    (project / "event.json").write_text(json.dumps(event))
    process = run(
        *("--json", "--event", "event.json"),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    process.stdout.readline()
    (project / "event.json").write_text(json.dumps({**event, "event": "Second"}))
    (change,) = json.loads(process.stdout.readline())["changes"]
    assert change["payload"] == {"name": "Second"}


def test_a_project_that_begins_while_it_watches_is_seen(run, project):
    workspace = (project / "segue.yaml").read_text()
    (project / "segue.yaml").unlink()
    process = run("--json", stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    assert json.loads(process.stdout.readline())["changes"] == []
    (project / "segue.yaml").write_text(workspace)
    (change,) = json.loads(process.stdout.readline())["changes"]
    assert (change["name"], change["status"]) == ("acme.put", "new")


def test_an_action_that_never_ends_is_ended_with_its_line(project):
    endless = PLUGIN.replace("    print(", "    while True: pass\n    print(")
    (project / "plugins" / "acme.py").write_text(endless)
    done = subprocess.run(
        [*COMMAND, "--once", "--json"], cwd=project, capture_output=True, text=True, check=False
    )
    problem = json.loads(done.stdout)["changes"][0]["problem"]
    assert "it has run for 3 s and is not done (acme.py:9)" in problem


def test_keys_lead_to_another_event_and_to_the_end(run):
    terminal, end = pty.openpty()
    process = run(stdin=end, stdout=end, stderr=end, env={**os.environ, "TERM": "xterm"})
    os.close(end)
    shown = read_until(terminal, "q: end")
    assert "\x1b[" in shown
    os.write(terminal, b"e")
    assert "with sample identify" in read_until(terminal, "does not match")
    os.write(terminal, b"q")
    assert process.wait(10) == 0
    os.close(terminal)


def read_until(terminal, end):
    shown = ""
    while end not in shown:
        shown += os.read(terminal, 4096).decode()
    return shown
