"""A disk that cannot be written: events are turned away, nothing is lost, all recovers by itself."""

import os
import resource
import subprocess
import time
from contextlib import ExitStack

import pytest
from running import WORKSPACE, until

from segue_actions.loops.sandbox import DEMO_KEY, create_app


MIB = 1024 * 1024
RATE = 100


def track(number, size):
    context = {"traits": {"email": "ada@example.com"}, "text": "x" * size}
    told = {"event": f"Event {number}", "context": context}
    return {"type": "track", "userId": "u1", "messageId": f"m{number}", **told}


@pytest.fixture
def sandbox(serve):
    """A vendor that sets no limit."""
    app = create_app(rate=0)
    return app.state.team, {"LOOPS_URL": serve(app), "LOOPS_API_KEY": DEMO_KEY}


@pytest.fixture
def folder(folder):
    paced = WORKSPACE.replace("rate_limit: null", f"rate_limit: {RATE}/s")
    (folder / "segue.yaml").write_text(paced)
    return folder


@pytest.fixture(params=["full", "refusing"])
def small(request, folder, start):
    """A server on a small disk, and how to make room on it."""
    with ExitStack() as ends:
        yield {"full": full, "refusing": refusing}[request.param](folder, start, ends)


def full(folder, start, ends):
    disk = folder / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.getuid() or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    ends.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
    ballast = disk / "ballast"
    ballast.write_bytes(b"0" * 4 * MIB)
    return start("--data", "disk/data"), ballast.unlink


def refusing(folder, start, ends):
    """No file of the process may grow beyond 3 MiB."""
    running = start()
    pid, (_, hard) = running.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (3 * MIB, hard))

    def lift():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    return running, lift


def fill(running):
    """Send smaller and smaller events until none is taken; the taken ones, and the last answer."""
    taken, number = [], 0
    for size in (20_000, 1_000, 0):
        answer = None
        while answer is None or answer.status_code == 200:
            number += 1
            answer = running.send(track(number, size))
            taken += [f"Event {number}"] if answer.status_code == 200 else []
    return taken, answer


def steady(read, seconds=1.5):
    """What is read, once it has not changed for so long."""
    last, since = read(), time.monotonic()
    while time.monotonic() < since + seconds:
        if (now := read()) != last:
            last, since = now, time.monotonic()
        time.sleep(0.05)
    return last


def test_a_disk_that_cannot_be_written_is_told_and_survived(small, team):
    running, make_room = small

    def received():
        return [one.event for one in team.receipts]

    taken, answer = fill(running)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert running.http.get("/readyz").status_code == 503
    sent = steady(received)
    assert len(sent) < len(taken)
    make_room()
    until(lambda: len(received()) >= len(taken))
    assert received() == taken
    assert running.send(track(0, 0)).status_code == 200
    assert running.http.get("/readyz").status_code == 200
    until(lambda: received() == [*taken, "Event 0"])


def test_a_store_full_of_what_is_still_to_be_delivered_says_so_until_it_is(start, segue, team):
    segue("hold", "loops")
    running = start("--max-size", "2MB")
    taken, answer = fill(running)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "the last events could not be stored" in running.http.get("/readyz").text
    assert running.http.get("/healthz").status_code == 200
    segue("resume", "loops")
    until(lambda: running.send(track(0, 0)).status_code == 200)
    until(lambda: [one.event for one in team.receipts] == [*taken, "Event 0"])
