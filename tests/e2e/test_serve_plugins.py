"""A running server takes up changed plugins, and keeps what worked of those that are wrong."""

import signal

import pytest
from running import WORKSPACE, until

from segue import load_plugins


PLUGIN = """
from segue import Destination, Request, action

DESK = Destination("desk", title="Desk", url="{url}")


@action(DESK, "put", trigger='type = "track"', fields={{"type": "object", "properties": {{}}}})
def put(payload):
    return Request.put("/contacts/update", json={{"userId": "u1", "firstName": {name!r}}}, headers={headers})
"""


@pytest.fixture
def write(folder, sandbox):
    """``write(name)`` saves a plugin whose requests hold this name; ``write(text=…)`` any text."""
    (folder / "plugins").mkdir()
    desk = "  desk: {destination: desk, sources: [web], mappings: {put: {action: put}}}\n"
    (folder / "segue.yaml").write_text(f"{WORKSPACE}{desk}plugins: ./plugins\n")
    key = load_plugins().destination("loops").stand_in.settings["apiKey"]
    url = sandbox[1]["LOOPS_URL"] + "/api/v1"

    def write(name="", text=None):
        headers = {"Authorization": f"Bearer {key}"}
        made = PLUGIN.format(url=url, name=name, headers=headers) if text is None else text
        (folder / "plugins" / "desk.py").write_text(made)

    return write


def track(number):
    person = {"userId": "u1", "context": {"traits": {"email": "u1@example.com"}}}
    return {"type": "track", "event": "Paid", "messageId": f"m{number}", **person}


def test_a_changed_plugin_is_taken_up_and_a_wrong_one_stays_as_it_was(
    start, write, exchanges, folder
):
    def asked(name, times=1):
        until(lambda: sum(name in str(one) for one in exchanges) == times)

    def told(words):
        return until(lambda: [one for one in running.records() if words in one["message"]])

    write("First")
    running = start()
    running.send(track(1))
    asked("First")
    write("Second")
    told("is in force")
    running.send(track(2))
    asked("Second")
    write(text="import nothing_like_this\n")
    (wrong,) = told("left as it last worked")
    place = f"{folder / 'plugins' / 'desk.py'}:1"
    assert place in wrong["message"]
    assert "nothing_like_this" in wrong["message"]
    notes = running.http.get("/healthz").json()["notes"]
    assert notes == [f"{place} is wrong and left as it last worked; the log says why"]
    running.send(track(3))
    asked("Second", 2)
    write("Third")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: len(told("is in force")) == 2)
    assert running.http.get("/healthz").json()["notes"] == []
    running.send(track(4))
    asked("Third")


def test_a_plugin_that_is_added_can_be_used_at_once(start, write, exchanges, folder):
    whole = (folder / "segue.yaml").read_text()
    (folder / "segue.yaml").write_text(WORKSPACE + "plugins: ./plugins\n")
    running = start()
    write("New")
    (folder / "segue.yaml").write_text(whole)
    until(lambda: [one for one in running.records() if "is in force" in one["message"]])
    until(lambda: running.http.get("/healthz").json().get("notes", []) == [])
    running.send(track(1))
    until(lambda: any("New" in str(one) for one in exchanges))
