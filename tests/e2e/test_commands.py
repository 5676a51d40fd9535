"""What the commands tell their user, with and without a running process."""

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from running import WORKSPACE, until

from segue.control.channel import address


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return tmp_path


def track(number, user="u1"):
    person = {"userId": user, "context": {"traits": {"email": f"{user}@example.com"}}}
    return json.dumps({"type": "track", "event": "E", "messageId": f"t{number}", **person}) + "\n"


@pytest.fixture
def interrupted(folder, environ, team):
    """``interrupted(signal)`` is exit code and stderr of a ``send`` that waits for more events."""

    def interrupted(number):
        with subprocess.Popen(
            [sys.executable, "-m", "segue", "send", "-"],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            process.stdin.write(track(1))
            process.stdin.flush()
            until(lambda: len(team.receipts) == 1)
            process.send_signal(number)
            started = time.monotonic()
            said = process.stderr.read()
            assert time.monotonic() - started < 10
        return process.returncode, said

    return interrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_send_that_is_ended_says_how_far_it_came(interrupted, ask, number):
    code, said = interrupted(number)
    assert code == 130
    assert "interrupted; what is stored stays" in said
    assert "1 event\n" in said
    assert "Traceback" not in said
    assert [one["state"] for one in ask("deliveries")["deliveries"]] == ["delivered"]


def stand_in(listener, told):
    """Answer as a running process that has queued 500 deliveries again, and gets no further."""
    count = {"total": 900, "seen": 600, "deliveries": 500, "queued": []}
    line = json.dumps({"progress": count, "more": "x" * 50_000}).encode() + b"\n"
    while not told.is_set():
        connection, _ = listener.accept()
        with suppress(ConnectionError), connection, connection.makefile("rwb") as pipe:
            if json.loads(pipe.readline())["do"] == "hello":
                pipe.write(b'{"done": {"pid": 1}}\n')
                continue
            for _ in range(100):  # more than lies between them, so that the first has come
                pipe.write(line)
            told.set()
            pipe.readline()


@pytest.fixture
def half_way(folder, segue):
    """An event that is set once somebody has been told of half a replay."""
    segue("send", "-", input=track(1))
    told = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener, address(folder / ".segue") as path:
        listener.bind(path)
        listener.listen()
        owner = threading.Thread(target=stand_in, args=(listener, told), daemon=True)
        owner.start()
        yield told
        owner.join()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_replay_that_is_ended_says_how_many_it_queued(half_way, folder, environ, number):
    with subprocess.Popen(
        [sys.executable, "-m", "segue", "replay", "--state", "delivered"],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert half_way.wait(30)
        process.send_signal(number)
        out, said = process.communicate(timeout=10)
    assert (process.returncode, out) == (130, "")
    assert said == "interrupted; 500 deliveries queued so far stay queued\n"


def test_a_closed_stdin_is_a_sentence(folder, environ):
    command = f"{sys.executable} -m segue send - <&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "stdin is closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_taken_before_is_said_and_no_failure(segue, team):
    events = track(1) + track(2)
    assert segue("send", "-", input=events).returncode == 0
    again = segue("send", "-", input=events + track(3))
    assert again.returncode == 0
    assert "3 events; 2 of them taken before" in again.stderr
    assert len(team.receipts) == 3


def test_the_running_process_knows_what_was_taken_before(start, segue):
    start()
    segue("send", "-", input=track(1))
    told = json.loads(segue("send", "-", "--json", input=track(1) + track(2)).stdout)
    assert (told["events"], told["stored"], told["known"]) == (2, 1, 1)


def test_a_key_that_an_earlier_run_used_is_told_as_that(segue):
    assert segue("send", "-", "--now", input=track(1)).returncode == 0
    again = segue("send", "-", "--now", input=track(1))
    assert again.returncode == 1
    assert "CONFLICT: the destination knows them by their key, from an earlier run" in again.stderr


@pytest.mark.parametrize("now", [[], ["--now"]], ids=["store", "now"])
def test_an_address_nobody_listens_at_is_named(segue, now):
    away = {"LOOPS_URL": "http://127.0.0.1:9"}
    answer = segue("send", "-", "--retry-for", "0.2", *now, input=track(1), **away)
    assert "no connection to 127.0.0.1:9: " in answer.stderr


def test_who_delivers_what_is_queued_is_said(segue, start):
    segue("hold", "loops", "--why", "maintenance")
    assert "1 delivery waits" not in segue("hold", "loops").stdout
    segue("send", "-", input=track(1))
    assert segue("hold", "loops").stdout == "loops is held; 1 delivery waits\n"
    held = segue("resume", "loops")
    assert held.stdout == "loops goes on; 1 delivery was held\n"
    assert "nothing runs here" in held.stderr
    start()
    assert "nothing runs here" not in segue("resume", "loops").stderr


def test_the_reason_of_a_hold_stays_until_another_is_given(segue, ask):
    segue("hold", "loops", "--why", "maintenance")
    segue("hold", "loops")
    assert ask("stats")[0]["hold"]["why"] == "maintenance"
    segue("hold", "loops", "--why", "migration")
    assert ask("stats")[0]["hold"]["why"] == "migration"


def test_replay_says_what_it_queues_and_nothing_else(segue, ask):
    segue("send", "-", input=track(1))
    counted = segue("replay", "--state", "delivered", "--dry-run")
    assert (counted.stdout, counted.stderr) == (
        "loops.events 1\n1 delivery would be queued\n",
        "",
    )
    queued = segue("replay", "--state", "delivered")
    assert queued.stdout == "loops.events 1\n1 delivery queued\n"
    assert "nothing runs here" in queued.stderr


def test_refused_events_are_known_to_what_runs_alone(segue, start):
    stopped = segue("refused")
    assert (stopped.returncode, stopped.stdout) == (0, "")
    assert "nothing runs here" in stopped.stderr
    running = start()
    assert "nothing was refused" in segue("refused").stderr
    running.send({"type": "track", "userId": "u1"})
    assert "event_not_defined" in segue("refused").stdout


def test_what_was_done_for_a_user_before_is_told(segue):
    assert "there is no store" in segue("forget", "u1", "--receipts").stderr
    segue("send", "-", input=track(1))
    assert "never forgotten" in segue("forget", "u1", "--receipts").stderr
    segue("forget", "u1")
    assert segue("forget", "u1", "--receipts").stdout.endswith(
        " done; 0 deliveries cancelled, 1 event removed\n"
    )


COMMANDS = [
    "deliveries",
    "stats",
    "refused",
    "show 99",
    "hold lops",
    "resume loops",
    "replay --redispatch --dry-run",
    "forget nobody",
    "suppress u9",
    "unsuppress u9",
    "send no-such-file",
    "serve --port 0 --data segue.yaml",
    "serve --port 99999",
    "serve --rate 0",
]


@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_no_command_ends_in_a_trace(segue, start, running):
    segue("send", "-", input=track(1))
    if running:
        start()
    answers = {command: segue(*command.split()) for command in COMMANDS}
    assert [one for one, told in answers.items() if "Traceback" in told.stderr] == []
    wrong = {one for one, told in answers.items() if told.returncode}
    assert wrong == {"show 99", "hold lops", *COMMANDS[-4:]}


PAGE = Path(__file__).parents[2] / "README.md"


def shown():
    """The commands that the README shows for production, but for the one that goes on running."""
    text = PAGE.read_text(encoding="utf-8").partition("## In production")[2].partition("\n## ")[0]
    lines = re.findall(r"^\$ ([^#\n]+)", text, re.MULTILINE)
    told = [shlex.split(one) for line in lines for one in line.split(" · ")]
    return [arguments[1:] for arguments in told if arguments[1] != "serve"]


def test_the_commands_of_the_readme_do_what_they_say(start, segue, ask, folder):
    running = start()
    person = {"userId": "usr_4821", "context": {"traits": {"email": "ada@example.com"}}}
    running.send({"type": "track", "event": "Signed Up", **person})
    until(lambda: [one["state"] for one in ask("deliveries")["deliveries"]] == ["delivered"])
    own = {"1042": "1", "…": "usr_4821", "/backups/monday": str(folder / "monday")}
    for arguments in shown():
        done = segue(*(own.get(one, one) for one in arguments))
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), (arguments, done.stderr)
    assert (folder / "monday" / "segue.db").exists()


def test_ctrl_c_while_it_is_imported_is_no_trace(tmp_path):
    """A stand-in for the package sends the signal in the middle of its import."""
    package = tmp_path / "segue"
    package.mkdir()
    interrupting = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    (package / "__init__.py").write_text(interrupting)
    done = subprocess.run(
        [sys.executable, "-c", "import segue_command; segue_command.main()"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_the_installed_command_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import segue_command; segue_command.main()", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.partition(",")[0]) == (0, "segue")
