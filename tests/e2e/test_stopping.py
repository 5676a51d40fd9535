"""A process under load that is stopped, hurried or given another workspace loses nothing."""

import asyncio
import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from running import KEY, WORKSPACE, until

from segue import load_plugins
from segue_actions.loops.sandbox.app import create_app


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return tmp_path


def track(name, user="u1"):
    person = {"userId": user, "context": {"traits": {"email": f"{user}@example.com"}}}
    return {"type": "track", "event": name, "messageId": name, **person}


class Pourer(threading.Thread):
    """Sends events of one user, a few at a time, until it is stopped or nobody answers."""

    def __init__(self, url, user):
        super().__init__()
        self.url, self.user, self.stopped = url, user, threading.Event()
        self.taken, self.answers = [], []

    def run(self):
        with httpx.Client(base_url=self.url, auth=(KEY, ""), trust_env=False) as client:
            number = 0
            while not self.stopped.wait(0.05):
                names = [f"{self.user} {number + n}" for n in range(5)]
                number += 5
                batch = [track(name, self.user) for name in names]
                try:
                    answer = client.post("/v1/batch", json={"batch": batch})
                except httpx.TransportError:
                    return
                self.answers.append(answer.status_code)
                self.taken += names if answer.status_code == 200 else []


@contextmanager
def poured(url, users=3):
    """Several of them at work."""
    pourers = [Pourer(url, f"u{n}") for n in range(users)]
    for one in pourers:
        one.start()
    try:
        yield pourers
    finally:
        for one in pourers:
            one.stopped.set()
        for one in pourers:
            one.join()


def taken(pourers):
    return [name for one in pourers for name in one.taken]


def received(team, prefix=""):
    return [one.event for one in team.receipts if one.event.startswith(prefix)]


def test_sigterm_under_load_loses_nothing_and_sends_nothing_twice(start, slow, team, ask):
    slow.free.set()
    running = start()
    with poured(running.url) as pourers:
        until(lambda: len(taken(pourers)) > 100 and len(received(team)) > 20)
        assert running.end() == 0
    start()
    until(lambda: set(received(team)) >= set(taken(pourers)))
    assert len(received(team)) == len(set(received(team)))
    for one in pourers:
        events = received(team, f"{one.user} ")
        assert events == sorted(events, key=lambda name: int(name.split()[1]))
    until(lambda: {one["state"] for one in deliveries(ask)} == {"delivered"})


def children(pid):
    """The processes that a process has begun."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid):
    """Whether a process has ended; its parent may not have heard of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_killed_deputy_loses_nothing_and_another_process_takes_its_place(start, slow, team, ask):
    slow.free.set()
    running = start("--processes", "2")
    (deputy,) = children(running.process.pid)
    with poured(running.url) as pourers:
        until(lambda: len(taken(pourers)) > 100 and len(received(team)) > 20)
        os.kill(deputy, signal.SIGKILL)
        before = len(taken(pourers))
        until(lambda: len(taken(pourers)) > before + 50)
    until(lambda: set(received(team)) >= set(taken(pourers)))
    assert {status for one in pourers for status in one.answers} == {200}
    for one in pourers:  # the sandbox does nothing twice that has the same idempotency key
        assert received(team, f"{one.user} ") == one.taken
    until(lambda: {one["state"] for one in deliveries(ask)} == {"delivered"})
    healthz = running.http.get("/healthz").json()
    assert healthz["ok"]
    (note,) = healthz["notes"]
    assert note.startswith("the process for deliveries was ended by SIGKILL; until a restart")
    assert running.end() == 0


def test_a_deputy_that_hangs_is_told_and_holds_up_no_end(start):
    running = start("--processes", "2")
    (deputy,) = children(running.process.pid)
    os.kill(deputy, signal.SIGSTOP)
    hung = until(lambda: running.http.get("/healthz").json()["reasons"])
    assert hung[0].startswith("the process for deliveries has not answered for 1")
    assert running.http.get("/healthz").status_code == 503
    assert running.send(track("taken all the same")).status_code == 200
    assert running.end() == 0
    assert gone(deputy)


@pytest.mark.parametrize("end", ["killed", "told", "interrupted as a group"])
def test_no_deputy_outlives_the_process_it_works_for(start, slow, end):
    running = start("--processes", "2")
    (deputy,) = children(running.process.pid)
    running.send(track("under way"))
    until(lambda: slow.waiting)
    if end == "killed":
        running.process.kill()
    else:
        if end == "interrupted as a group":
            os.kill(deputy, signal.SIGINT)
        running.process.send_signal(signal.SIGINT)
        slow.free.set()
        assert running.process.wait(20) == 0
    until(lambda: gone(deputy))


def test_one_process_is_enough_where_that_is_asked_for(start, slow, team):
    slow.free.set()
    running = start("--processes", "1")
    running.send(track("one"))
    until(lambda: received(team) == ["one"])
    assert children(running.process.pid) == []


def deliveries(ask):
    return ask("deliveries", "--limit", "10000")["deliveries"]


def renamed(number):
    return WORKSPACE.replace(
        "{action: sendEvent}", f"{{action: sendEvent, override: {{userId: null}}}} # {number}"
    )


def test_a_workspace_that_changes_under_load_drops_no_event(start, slow, folder, team):
    slow.free.set()
    running = start()
    with poured(running.url) as pourers:
        for number in range(6):
            text = renamed(number) if number % 2 else WORKSPACE.replace("sendEvent", f"x{number}")
            before = len(running.records())
            (folder / "segue.yaml").write_text(text)
            if number % 3 == 0:
                running.process.send_signal(signal.SIGHUP)
            until(lambda at=before: len(running.records()) > at)
    assert {status for one in pourers for status in one.answers} == {200}
    until(lambda: set(received(team)) >= set(taken(pourers)))
    assert len(received(team)) == len(set(received(team)))
    said = [one["message"] for one in running.records() if one["logger"] == "segue.workspace"]
    assert (sum("refused" in one for one in said), sum("in force" in one for one in said)) >= (3, 3)


# a vendor that takes its time


class Slow:
    """An application before another: it lets nothing through until ``free`` is set."""

    def __init__(self, app):
        self.app, self.waiting, self.free = app, 0, threading.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            self.waiting += 1
            await asyncio.to_thread(self.free.wait, 20)
        await self.app(scope, receive, send)


@pytest.fixture
def loops():
    """A sandbox that takes as much as comes."""
    return create_app(rate=0)


@pytest.fixture
def slow(loops):
    vendor = Slow(loops)
    yield vendor
    vendor.free.set()


@pytest.fixture
def sandbox(serve, slow, loops):
    key = load_plugins().destination("loops").stand_in.settings["apiKey"]
    return loops.state.team, {"LOOPS_URL": serve(slow), "LOOPS_API_KEY": str(key)}


@pytest.fixture
def stopping(start, slow):
    """A process that was told to stop while a delivery is under way."""
    running = start()
    running.send(track("Signed Up"))
    until(lambda: slow.waiting == 1)
    running.process.send_signal(signal.SIGTERM)
    until(lambda: said(running, "stopping"))
    return running


def said(running, word):
    return [one for one in running.records() if word in one["message"]]


def test_what_is_under_way_ends_first(stopping, slow, team, ask):
    slow.free.set()
    assert stopping.process.wait(20) == 0
    assert received(team) == ["Signed Up"]
    (one,) = ask("deliveries")["deliveries"]
    assert (one["state"], one["tries"]) == ("delivered", 1)


def test_a_second_signal_breaks_it_off_and_it_is_tried_again(stopping, start, slow, team, ask):
    stopping.process.send_signal(signal.SIGINT)
    assert stopping.process.wait(10) == 0
    assert said(stopping, "stopping at once")
    assert [one["state"] for one in ask("deliveries")["deliveries"]] == ["retrying"]
    slow.free.set()
    start()
    until(lambda: [one["state"] for one in ask("deliveries")["deliveries"]] == ["delivered"])
    assert received(team) == ["Signed Up"]


def test_sighup_does_not_end_a_process_that_is_stopping(stopping, slow):
    stopping.process.send_signal(signal.SIGHUP)
    slow.free.set()
    assert stopping.process.wait(20) == 0


def test_what_was_refused_last_is_counted_before_the_end(start, ask, slow):
    running = start()
    running.send({"type": "track", "userId": "u1"}, {"type": "nope"}, {"type": "page"})
    assert running.end() == 0
    (nowhere,) = [one for one in ask("stats") if one["connection"] == ""]
    assert sum(nowhere["discarded"].values()) == 3


# what is told from outside


def test_a_refused_workspace_shows_until_it_is_right(start, folder):
    running = start()
    (folder / "segue.yaml").write_text("version: 2\n")
    (note,) = until(lambda: running.http.get("/readyz").json()["notes"])
    assert "the workspace file is refused" in note
    assert "segue_workspace_refused 1.0" in running.http.get("/metrics").text
    (folder / "segue.yaml").write_text(renamed(1))
    until(lambda: not running.http.get("/readyz").json()["notes"])
    assert "segue_workspace_refused 0.0" in running.http.get("/metrics").text


def test_there_is_one_revision_and_all_tell_it(start, slow, ask):
    slow.free.set()
    running = start()
    running.send(track("Signed Up"))
    until(lambda: [one["state"] for one in ask("deliveries")["deliveries"]] == ["delivered"])
    (one,) = ask("deliveries")["deliveries"]
    revision = ask("show", str(one["delivery"]))["revision"]
    shown = running.http.get("/metrics").text
    assert f'segue_workspace_info{{revision="{revision}"}} 1.0' in shown


def test_figures_are_not_for_whoever_comes_through_a_proxy(start):
    running = start(SEGUE_METRICS_TOKEN="figures")
    through = {"x-forwarded-for": "203.0.113.9"}
    known = {**through, "authorization": "Bearer figures"}
    given = [{}, through, known]
    answers = [
        httpx.get(f"{running.url}/metrics", headers=one, trust_env=False).status_code
        for one in given
    ]
    assert answers == [200, 401, 200]


def test_a_delete_in_a_batch_needs_the_admin_token(start, slow, team, ask):
    slow.free.set()
    running = start(SEGUE_ADMIN_TOKEN="t0ken")
    running.send(track("Signed Up", "u1"), track("Signed Up too", "u2"))
    until(lambda: len(received(team)) == 2)
    order = {"writeKey": KEY, "batch": [{"type": "delete", "userId": "u1"}]}
    assert running.http.post("/v1/batch", json=order).status_code == 401
    assert len(deliveries(ask)) == 2
    token = {"authorization": "Bearer t0ken"}
    done = httpx.post(f"{running.url}/v1/batch", json=order, headers=token, trust_env=False)
    assert (done.status_code, done.json()) == (200, {"success": True})
    assert [one["user"] for one in deliveries(ask)] == ["u2"]
    assert team.audience.with_user("u1") is None
    (receipt,) = ask("forget", "u1", "--receipts")
    assert receipt["done"]
