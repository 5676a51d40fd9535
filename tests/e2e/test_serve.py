"""The running program: events over HTTP, commands beside it, and every way to end it."""

import json
import signal
import time
from pathlib import Path

import httpx
from running import KEY, WORKSPACE, until

from segue import load_plugins


def identify(number, user="u1"):
    traits = {"email": f"{user}@example.com", "firstName": f"Ada {number}"}
    return {"type": "identify", "userId": user, "messageId": f"i{number}", "traits": traits}


def track(number, user="u1", event="Signed Up"):
    person = {"userId": user, "context": {"traits": {"email": f"{user}@example.com"}}}
    return {"type": "track", "event": event, "messageId": f"t{number}", **person}


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


def received(team):
    return [one.event for one in team.receipts]


def states(ask, *options):
    return sorted(one["state"] for one in ask("deliveries", *options)["deliveries"])


def test_events_over_http_become_contacts_and_events_in_order(start, team):
    running = start()
    names = [f"Step {n}" for n in range(10)]
    answer = running.send(identify(1), *(track(n, event=name) for n, name in enumerate(names)))
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    until(lambda: received(team) == names)
    assert team.audience.with_email("u1@example.com").values["firstName"] == "Ada 1"


def test_the_options_may_stand_after_the_command(start, folder, team):
    folder.joinpath("segue.yaml").rename(folder / "other.yaml")
    running = start("-w", "other.yaml", "--data", "elsewhere")
    running.send(track(1))
    until(lambda: received(team) == ["Signed Up"])
    assert (folder / "elsewhere" / "segue.db").exists()


def test_sigterm_ends_it_cleanly_and_nothing_is_left(start, team, ask):
    running = start()
    running.send(*(track(n) for n in range(50)))
    assert running.end() == 0
    assert running.records()[-1]["message"] == "stopped"
    second = start()
    until(lambda: len(received(team)) == 50)
    second.end()
    assert states(ask, "--limit", "100") == ["delivered"] * 50


def test_after_kill_9_the_rest_is_delivered(start, team, ask):
    running = start(LOOPS_URL="http://127.0.0.1:9")
    running.send(*(track(n) for n in range(20)))
    running.end(signal.SIGKILL)
    assert received(team) == []
    start()
    until(lambda: len(received(team)) == 20)


def test_after_kill_9_a_command_takes_over_until_the_next_start(start, ask, segue, team):
    start().end(signal.SIGKILL)
    assert segue("hold", "loops").returncode == 0
    start().send(track(1))
    until(lambda: states(ask) == ["held"])
    assert received(team) == []


def test_a_second_server_is_refused_and_told_whose_it_is(start, segue):
    running = start()
    answer = segue("serve", "--port", str(httpx.URL(running.url).port))
    assert answer.returncode == 1
    assert f"process {running.process.pid}" in answer.stderr


def test_a_wrong_workspace_does_not_start(start, folder, segue):
    (folder / "segue.yaml").write_text("version: 2\n")
    answer = segue("serve", "--port", "0")
    assert answer.returncode == 2
    assert "segue.yaml:1:" in answer.stderr


def test_a_changed_workspace_is_taken_up_without_dropping_an_event(start, folder, team):
    running = start()
    running.send(track(1, event="Before"))
    until(lambda: received(team) == ["Before"])
    changed = WORKSPACE.replace(
        "{action: sendEvent}", "{action: sendEvent, override: {eventName: Renamed}}"
    )
    (folder / "segue.yaml").write_text(changed)
    until(lambda: [one for one in running.records() if "is in force" in one["message"]])
    running.send(track(2, event="After"))
    until(lambda: received(team) == ["Before", "Renamed"])


def test_a_wrong_change_is_refused_and_logged_and_the_old_one_goes_on(start, folder, team):
    running = start()
    (folder / "segue.yaml").write_text(WORKSPACE.replace("sendEvent", "sendEvnt"))
    (refused,) = until(lambda: [one for one in running.records() if "refused" in one["message"]])
    assert 'did you mean "sendEvent"' in refused["message"]
    running.send(track(1))
    until(lambda: received(team) == ["Signed Up"])
    assert (
        'segue_workspace_reloads_total{result="refused"} 1.0' in running.http.get("/metrics").text
    )


def test_sighup_reads_the_secrets_again(start, folder, team, sandbox, ask):
    secrets = folder / ".segue" / "secrets.json"
    secrets.parent.mkdir()
    secrets.touch(0o600)
    secrets.write_text('{"key": "revoked"}')
    workspace = WORKSPACE.replace("${LOOPS_API_KEY}", "${secret:key}")
    (folder / "segue.yaml").write_text(workspace)
    running = start()
    running.send(identify(1))
    until(lambda: ask("stats")[0]["hold"])
    secrets.write_text(json.dumps({"key": sandbox[1]["LOOPS_API_KEY"]}))
    running.process.send_signal(signal.SIGHUP)
    until(lambda: team.audience.with_email("u1@example.com"))


def test_a_secret_that_is_set_anew_is_taken_up_and_releases_what_waits(
    start, folder, team, sandbox, ask, segue
):
    workspace = WORKSPACE.replace("${LOOPS_API_KEY}", "${secret:loops}")
    (folder / "segue.yaml").write_text(workspace)
    segue("secret", "set", "loops", input="revoked")
    running = start()
    running.send(identify(1))
    until(lambda: ask("stats")[0]["hold"])
    segue("secret", "set", "loops", input=sandbox[1]["LOOPS_API_KEY"])
    until(lambda: team.audience.with_email("u1@example.com"))
    assert sandbox[1]["LOOPS_API_KEY"] not in running.log.read_text()


def test_new_settings_release_what_a_revoked_key_held(start, folder, team, ask):
    running = start(LOOPS_API_KEY="revoked")
    running.send(identify(1))
    until(lambda: ask("stats")[0]["held"] == 1)
    assert "401" in ask("stats")[0]["hold"]["why"]
    good = load_plugins().destination("loops").stand_in.settings["apiKey"]
    (folder / "segue.yaml").write_text(WORKSPACE.replace("${LOOPS_API_KEY}", good))
    until(lambda: team.audience.with_email("u1@example.com"))
    assert running.process.poll() is None


def test_health_and_readiness_are_told(start):
    running = start()
    assert running.http.get("/healthz").json() == {"ok": True, "reasons": [], "notes": []}
    assert running.http.get("/readyz").status_code == 200


def test_metrics_count_events_and_deliveries(start, team):
    running = start()
    running.send(track(1), track(1), {"type": "track", "userId": "u1"})
    until(lambda: received(team))

    def counted():
        text = running.http.get("/metrics").text
        return 'result="delivered_first_try"} 1.0' in text and text

    text = until(counted)
    assert 'segue_events_total{result="new",source="web"} 1.0' in text
    assert 'segue_events_refused_total{code="event_not_defined",source="web"} 1.0' in text
    assert "process_resident_memory_bytes" in text


def test_commands_read_beside_the_running_process(start, ask, segue):
    running = start()
    running.send(identify(1), track(2))
    until(lambda: states(ask) == ["delivered", "delivered"])
    (one,) = ask("deliveries", "--message", "t2")["deliveries"]
    assert (one["connection"], one["mapping"], one["tries"]) == ("loops", "events", 1)
    shown = ask("show", str(one["delivery"]))
    assert shown["event"]["event"] == "Signed Up"
    assert shown["attempts"][0]["status"] == 200
    assert "loops_sandbox_key" not in json.dumps(shown)
    assert ask("stats")[0]["firstTry"] == 2
    assert "delivered" in segue("deliveries", "--since", "1h").stdout
    assert "Signed Up" in segue("show", str(one["delivery"])).stdout
    assert ask("deliveries", "--user", "nobody")["deliveries"] == []


def test_refused_events_can_be_looked_at(start, ask):
    running = start()
    running.send({"type": "track", "userId": "u1"})
    (one,) = ask("refused")
    assert (one["source"], one["code"]) == ("web", "event_not_defined")


def test_hold_and_resume_beside_the_running_process(start, ask, segue, team):
    running = start()
    assert segue("hold", "loops", "--why", "maintenance").returncode == 0
    running.send(track(1))
    until(lambda: states(ask) == ["held"])
    assert ask("stats")[0]["hold"]["why"] == "maintenance"
    (note,) = running.http.get("/healthz").json()["notes"]
    assert note.startswith('the connection "loops" is held (')
    assert segue("resume", "loops").returncode == 0
    until(lambda: received(team) == ["Signed Up"])
    assert running.http.get("/healthz").json()["notes"] == []


def test_hold_and_resume_without_a_running_process(start, ask, segue, team):
    assert segue("hold", "loops").returncode == 0
    segue("send", "-", input=lines(track(1)))
    assert states(ask) == ["held"]
    assert received(team) == []
    assert segue("resume", "loops").returncode == 0
    start()
    until(lambda: received(team) == ["Signed Up"])


def test_forget_and_backup_without_a_running_process(ask, segue, team):
    segue("send", "-", input=lines(identify(1, "u1"), identify(2, "u2")))
    assert segue("backup", "copy").returncode == 0
    receipt = ask("forget", "u1")
    assert (receipt["done"], receipt["events"]) == (True, 1)
    assert team.audience.with_email("u1@example.com") is None
    assert len(states(ask)) == 1
    assert len(states(ask, "--data", "copy")) == 2


def test_a_deletion_that_fails_is_said_and_can_be_done_again(ask, segue, team):
    segue("send", "-", input=lines(identify(1)))
    failed = segue("forget", "u1", "--json", LOOPS_API_KEY="revoked")
    receipt = json.loads(failed.stdout)
    assert (failed.returncode, receipt["done"], receipt["events"]) == (1, False, 0)
    assert "401" in receipt["destinations"][0]["why"]
    assert "revoked" not in failed.stdout + failed.stderr
    assert ask("forget", "u1")["events"] == 1


def test_send_hands_its_events_to_the_running_process(start, segue, team):
    start()
    answer = segue("send", "-", "--json", input=lines(track(1), {"type": "nope"}, track(2)))
    summary = json.loads(answer.stdout)
    assert (answer.returncode, summary["events"], summary["stored"]) == (1, 3, 2)
    until(lambda: len(received(team)) == 2)


def test_send_without_a_running_process_delivers_by_itself(segue, team, ask):
    answer = segue("send", "-", "--json", input=lines(track(1), track(1)))
    summary = json.loads(answer.stdout)
    assert (answer.returncode, summary["events"], summary["stored"]) == (0, 2, 1)
    assert received(team) == ["Signed Up"]
    assert states(ask) == ["delivered"]


def test_what_send_could_not_deliver_in_time_is_delivered_later(segue, team, start, ask):
    vendor = {"LOOPS_URL": "http://127.0.0.1:9"}
    answer = segue("send", "-", "--retry-for", "0.5", input=lines(track(1)), **vendor)
    assert answer.returncode == 1
    assert states(ask) == ["retrying"]
    start()
    until(lambda: received(team) == ["Signed Up"])


def test_dead_letters_are_replayed_through_the_mapping_as_it_is_now(start, folder, team, ask):
    broken = WORKSPACE.replace(
        "{action: sendEvent}", '{action: sendEvent, override: {eventName: {"@path": $.gone}}}'
    )
    (folder / "segue.yaml").write_text(broken)
    running = start()
    running.send(track(1), track(2, user="u2"))
    until(lambda: len(ask("deliveries", "--state", "discarded")["deliveries"]) == 2)
    (folder / "segue.yaml").write_text(WORKSPACE)
    until(lambda: [one for one in running.records() if "is in force" in one["message"]])
    counted = ask("replay", "--state", "discarded", "--dry-run")
    assert (counted["total"], counted["deliveries"]) == (2, 0)
    assert ask("replay", "--state", "discarded", "--message", "t1")["deliveries"] == 1
    until(lambda: received(team) == ["Signed Up"])
    assert ask("replay", "--state", "discarded")["deliveries"] == 1
    until(lambda: len(received(team)) == 2)


def test_redispatch_sends_stored_events_to_a_connection_added_later(start, folder, team, ask):
    head, _, rest = WORKSPACE.partition("connections:")
    (folder / "segue.yaml").write_text(head)
    running = start()
    running.send(track(1))
    running.end()
    (folder / "segue.yaml").write_text(head + "connections:" + rest)
    assert ask("replay", "--redispatch", "--dry-run")["queued"][0]["count"] == 1
    assert ask("replay", "--redispatch")["deliveries"] == 1
    start()
    until(lambda: received(team) == ["Signed Up"])


def test_a_user_is_forgotten_here_and_there(start, team, ask, segue):
    running = start()
    running.send(identify(1, "u1"), identify(2, "u2"))
    until(lambda: states(ask) == ["delivered", "delivered"])
    receipt = ask("forget", "u1", "--suppress")
    assert (receipt["done"], receipt["events"]) == (True, 1)
    assert team.audience.with_email("u1@example.com") is None
    assert team.audience.with_email("u2@example.com") is not None
    assert ask("deliveries", "--user", "u1")["deliveries"] == []
    assert [one["who"] for one in ask("forget", "u1", "--receipts")] == [receipt["who"]]
    assert running.send(track(3, "u1"), track(4, "u2")).status_code == 200
    until(lambda: received(team) == ["Signed Up"])
    assert 'code="suppressed",source="web"} 1.0' in running.http.get("/metrics").text


def test_what_waits_for_a_forgotten_user_is_never_sent(start, team, ask, segue):
    running = start()
    segue("hold", "loops")
    running.send(track(1, "u1"), track(2, "u2", event="Other"))
    until(lambda: states(ask) == ["held", "held"])
    assert ask("forget", "u1")["cancelled"] == 1
    segue("resume", "loops")
    until(lambda: received(team) == ["Other"])


def test_suppression_outlives_the_process_and_can_be_lifted(start, team, segue):
    assert segue("suppress", "u1").returncode == 0
    running = start()
    running.send(track(1, "u1"))
    assert segue("unsuppress", "u1").returncode == 0
    assert segue("unsuppress", "u1").returncode == 1
    running.send(track(2, "u1", event="Later"))
    until(lambda: received(team) == ["Later"])


def test_no_file_of_the_data_directory_names_the_suppressed(segue, folder):
    segue("suppress", "user-8321")
    found = [one.name for one in (folder / ".segue").iterdir() if b"user-8321" in one.read_bytes()]
    assert found == []


def test_deleting_over_http_needs_the_admin_token(start, folder, team):
    running = start()
    running.send(identify(1))
    until(lambda: team.audience.with_email("u1@example.com"))
    body = {"userId": "u1"}
    assert running.http.post("/v1/delete", json=body).status_code == 401
    wrong = httpx.Headers({"authorization": f"Bearer {KEY}"})
    assert (
        httpx.post(
            f"{running.url}/v1/delete", json=body, headers=wrong, trust_env=False
        ).status_code
        == 401
    )
    token = (folder / ".segue" / "admin-token").read_text().strip()
    right = {"authorization": f"Bearer {token}"}
    done = httpx.post(f"{running.url}/v1/delete", json=body, headers=right, trust_env=False)
    assert (done.status_code, done.json()["receipt"]["events"]) == (200, 1)
    assert team.audience.with_email("u1@example.com") is None


def test_deleting_nobody_is_a_bad_request(start):
    running = start(SEGUE_ADMIN_TOKEN="t0ken")
    bodies = ["{", "[]", "{}", '{"userId": 7}', '{"userId": ""}']
    token = {"authorization": "Bearer t0ken"}
    answers = [
        httpx.post(f"{running.url}/v1/delete", content=body, headers=token, trust_env=False)
        for body in bodies
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(400, "bad_request")] * 5


def test_a_backup_of_the_running_process_is_a_data_directory(start, folder, segue, ask, team):
    segue("suppress", "u9")
    running = start()
    running.send(track(1))
    until(lambda: states(ask) == ["delivered"])
    assert segue("backup", "copy").returncode == 0
    running.end()
    assert states(ask, "--data", "copy") == ["delivered"]
    again = start("--data", "copy")
    again.send(track(1), track(2, "u9"), track(3, event="New"))
    until(lambda: received(team) == ["Signed Up", "New"])
    assert segue("backup", "copy").returncode == 1


def test_without_a_store_the_commands_say_how_to_make_one(segue):
    answer = segue("deliveries")
    assert answer.returncode == 1
    assert "segue serve" in answer.stderr


def test_an_unknown_delivery_is_said(segue):
    segue("suppress", "u1")
    answer = segue("show", "7")
    assert answer.returncode == 1
    assert "no delivery 7" in answer.stderr


def test_files_of_the_data_directory_are_their_owners(start, folder):
    start()
    modes = {
        one.name: one.stat().st_mode & 0o077
        for one in Path(folder, ".segue").iterdir()
        if not one.name.endswith("-shm")
    }
    assert [name for name, mode in modes.items() if mode] == []
    assert {"segue.db", "lock", "control.sock", "hash.key", "admin-token"} <= set(modes)


FUNCTION = """
from segue import Request

def on_track(event):
    if event["event"] == "Loop":
        while True:
            pass
    return Request.put("/contacts/update", json={{"userId": "u1", "firstName": {name!r}}}, headers={key})
"""


def test_a_changed_function_is_taken_up_and_one_that_loops_delays_no_other(
    start, folder, team, exchanges
):
    key = {
        "Authorization": "Bearer " + load_plugins().destination("loops").stand_in.settings["apiKey"]
    }
    (folder / "functions").mkdir()
    file = folder / "functions" / "names.py"
    file.write_text(FUNCTION.format(name="First", key=key))
    names = '  names: {destination: names, sources: [web], base_url: "${LOOPS_URL}/api/v1"}\n'
    (folder / "segue.yaml").write_text(f"{WORKSPACE}{names}functions: ./functions\n")
    running = start()

    def asked(name):
        return any(name in str(one) for one in exchanges)

    running.send(track(1))
    until(lambda: asked("First"))
    file.write_text(FUNCTION.format(name="Second", key=key))
    until(lambda: [one for one in running.records() if "is in force" in one["message"]])
    running.send(track(2))
    until(lambda: asked("Second"))
    running.send(track(3, event="Loop"), *(track(n, user="u2") for n in range(4, 8)))
    began = time.monotonic()
    until(lambda: len(received(team)) == 7)
    assert time.monotonic() - began < 4.5  # the loop is stopped after five seconds
