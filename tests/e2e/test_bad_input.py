"""Bad input gets a clear error, and the good beside it goes on: the installed command at work."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from segue import EventError, check_mapping, compile_mapping, compile_trigger, load_plugins
from segue.events import check


WORKSPACE = """
version: 1
sources:
  website: {write_key: wk_demo}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL:-http://127.0.0.1:9}/api/v1"
    settings: {apiKey: "${LOOPS_API_KEY:-key}"}
    sources: [website]
    rate_limit: null
    mappings:
      events: {action: sendEvent}
"""
TRACK = {"type": "track", "event": "Signed Up", "userId": "u1"}
MIB = 1024 * 1024
MEMORY = 512 * MIB  # address space: more than the command needs, less than what it is fed


@contextmanager
def started(folder, *arguments, **environ):
    """The command under way; it is ended should it still run a minute later."""
    inherited = {key: value for key, value in os.environ.items() if "COVERAGE" in key}
    with subprocess.Popen(
        [sys.executable, "-m", "segue", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **inherited, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()


def run(folder, *arguments, given=b"", **environ):
    """The exit code, and what was printed on stdout and stderr."""
    with started(folder, *arguments, **environ) as process:
        out, err = process.communicate(given)
    return process.returncode, out.decode(), err.decode()


def write(folder, text=WORKSPACE):
    (folder / "segue.yaml").write_text(text)
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path)


def line(inside="", **members):
    """A track event; ``inside`` is the text of its context, which no mapping reads."""
    text = json.dumps({**TRACK, **members})
    return f'{text[:-1]}, "context": {{{inside}}}}}'.encode() if inside else text.encode()


def nested(levels):
    return '"a": ' + "[" * levels + "]" * levels


CASES = {
    "malformed": (b"{oops", "line 1: it cannot be read as JSON: .*column 2"),
    "good": (line(messageId="good"), None),
    "empty": (b"", None),
    "cut": (line()[:-1], "line 4: it cannot be read as JSON"),
    "one MB": (line('"a": "' + "x" * 1_000_000 + '"', messageId="1 MB"), None),
    "too large": (line('"a": "' + "x" * MIB + '"'), "line 6: the event is over 1,048,576 bytes"),
    "nested": (line(nested(98), messageId="nested"), None),
    "1,000 levels": (line(nested(1000)), "line 8: the event is nested over 100 levels deep"),
    "100,000 levels": (line(nested(100_000)), "line 9: it cannot be read as JSON: .*depth"),
    "NaN": (line('"a": NaN'), "line 10: it cannot be read as JSON"),
    "infinite": (line('"a": 1e999'), "line 11: it cannot be read as JSON: .*infinity"),
    "surrogate": (line('"a": "\\ud83d"'), "line 12: it cannot be read as JSON: .*surrogate"),
    "duplicate": (line('"a": 1, "a": 2')[:-1] + b', "messageId": "x", "messageId": "last"}', None),
    "garbage": (bytes(range(0x80, 0x100)), r"line 14: .*this is not UTF-8 \(column 1\)"),
    "no object": (b"[]", "line 15: an event is a JSON object, not a list"),
    "nobody": (line(userId=None), "line 16: nobody is named"),
    "no name": (line(event=None), "line 17: a track event needs a name"),
    "id": (line(userId={"a": 1}), "line 18: userId must be a string or a number"),
    "no newline": (line(messageId="end"), None),
}
REFUSED = {name: pattern for name, (_, pattern) in CASES.items() if pattern}


@pytest.fixture(scope="module")
def previewed(tmp_path_factory):
    """A dry run over all the cases, a line each."""
    given = b"\n".join(text for text, _ in CASES.values())
    return run(write(tmp_path_factory.mktemp("all")), "send", "-", "--dry-run", given=given)


@pytest.mark.parametrize("pattern", REFUSED.values(), ids=list(REFUSED))
def test_a_bad_line_is_reported_with_its_number(previewed, pattern):
    _, _, err = previewed
    assert re.search(rf"^✗ {pattern}", err, re.MULTILINE), err


def test_the_good_lines_go_on_and_the_bad_ones_fail_the_run(previewed):
    code, out, err = previewed
    assert re.findall("^# (.*) → loops.events$", out, re.MULTILINE) == [
        *("good", "1 MB", "nested", "last", "end")
    ]
    assert (code, err.count("✗ line"), "Traceback" in err) == (1, len(REFUSED), False)


def test_what_is_good_is_delivered_and_what_is_not_is_counted(folder, serve):
    stand_in = load_plugins().destination("loops").stand_in
    app = stand_in.open()
    environ = {"LOOPS_URL": serve(app), "LOOPS_API_KEY": str(stand_in.settings["apiKey"])}
    ada = {"properties": {"email": "ada@example.com"}}
    good = line(**ada), line(event="Paid", **ada)
    given = b"\n".join([b"{oops", good[0], line(nested(1000)), good[1]])
    code, out, _ = run(folder, "send", "-", "--json", given=given, **environ)
    summary = json.loads(out)
    assert (code, summary["events"], summary["refused"]) == (1, 4, {"bad_request": 2})
    assert [one["count"] for one in summary["deliveries"] if one["code"] == "OK"] == [2]
    assert sorted(one.event for one in app.state.team.receipts) == ["Paid", "Signed Up"]


def test_a_line_without_end_stays_out_of_memory(folder):
    with started(folder, "send", "-", "--dry-run", "--json") as process:
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))

        def feed():
            for _ in range(600):
                process.stdin.write(b"x" * MIB)
            process.stdin.write(b"\n" + line(messageId="after"))
            process.stdin.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        out, err = process.stdout.read(), process.stderr.read()
        feeder.join()
    assert b"line 1: the event is over 1,048,576 bytes" in err
    assert json.loads(out)["mapping"] == "loops.events"


def test_an_event_cannot_control_the_terminal(folder):
    hostile = "[bold]a[/] [/nope]\x1b]0;title\x07\x9b2J\u202eb"
    given = b"\n".join(
        [
            line(event=hostile, messageId=hostile),
            line(userId="", type=hostile),
            line(event=["\x1b"]),
        ]
    )
    _, out, err = run(folder, "send", "-", "--dry-run", given=given)
    assert "# [bold]a[/] [/nope]" in out
    assert [one for one in out + err if not (one.isprintable() or one == "\n")] == []


def test_a_secret_of_odd_characters_is_never_shown(folder):
    key = "k3y\n\"'\\%/ <é[b]"
    (folder / "leaky.py").write_text(
        """
from urllib.parse import quote
from segue import Destination, Request, action

LEAKY = Destination(
    "leaky",
    title="Leaky",
    url=lambda settings: "http://127.0.0.1:9/" + quote(settings["key"], safe=""),
    settings={"type": "object", "properties": {"key": {"type": "string", "writeOnly": True}}},
)
FIELDS = {"type": "object", "properties": {}}

@action(LEAKY, "send", trigger='type = "track"', fields=FIELDS)
def send(payload, settings):
    return Request.post("/x", json=[settings["key"], {settings["key"]: 1}], params=settings)

@action(LEAKY, "fail", trigger='type = "track"', fields=FIELDS)
def fail(payload, settings):
    raise RuntimeError(settings)
"""
    )
    write(
        folder,
        "version: 1\nsources: {web: {write_key: wk}}\nconnections: {c: {destination: leaky, "
        'sources: [web], settings: {key: "${KEY}"}, mappings: {a: {action: send}, b: {action: fail}}}}',
    )
    for command in (
        ["send", "-", "--dry-run"],
        ["send", "-", "--dry-run", "--json"],
        ["test", "leaky.send"],
        ["test", "leaky.fail", "--json"],
        ["show"],
    ):
        _, out, err = run(folder, "--plugins-dir", ".", *command, given=line(), KEY=key)
        assert "[redacted]" in out + err
        assert "k3y" not in out + err
        assert "Traceback" not in err


def test_a_plugin_that_misbehaves_does_not_spoil_the_others(folder):
    (folder / "loud.py").write_text("import sys\nprint('loud')\nsys.stdout = None\n")
    (folder / "rude.py").write_text("class Rude(BaseException): pass\nraise Rude('no')\n")
    code, out, err = run(folder, "--plugins-dir", ".", "actions", "--json")
    assert (code, "loops.sendEvent" in {one["name"] for one in json.loads(out)}) == (0, True)
    place = folder / "rude.py"
    assert f'plugin "rude.py" ({place}:2): it fails when it is imported: Rude: no' in err
    assert "loud" in err


def test_a_trigger_of_5_kb_is_taken_and_a_longer_one_refused_with_its_place(folder):
    known = ", ".join(f'"Event {number}"' for number in range(340))
    text = f"event in [{known}]"
    trigger = text + " " * (5 * 1024 - len(text))
    mapping = "events: {action: sendEvent}"
    own = f"events: {{action: sendEvent, trigger: '{trigger}'}}"
    write(folder, WORKSPACE.replace(mapping, own))
    assert run(folder, "check")[0] == 0
    assert compile_trigger(trigger)({"event": "Event 339"})
    write(folder, WORKSPACE.replace(mapping, own.replace("'}", " '}")))
    code, _, err = run(folder, "check")
    assert code == 2
    assert "/connections/loops/mappings/events/trigger: the trigger is too long: 5121 bytes" in err


def test_a_mapping_of_10_000_fields_is_checked_and_applied(folder):
    fields = {f"f{number}": {"@path": f"$.properties.f{number}"} for number in range(10_000)}
    own = {"action": "sendEvent", "override": {"eventProperties": fields}}
    mapping = "events: {action: sendEvent}"
    write(folder, WORKSPACE.replace(mapping, f"events: {json.dumps(own)}"))
    given = line(properties={"f0": "first", "f9999": "last", "other": 1})
    code, out, _ = run(folder, "send", "-", "--dry-run", "--json", given=given)
    sent = json.loads(out)["body"]["eventProperties"]
    assert (code, sent) == (0, {"f0": "first", "f9999": "last"})


def test_every_wrong_field_of_10_000_is_reported():
    wrong = {f"f{number}": {"@pth": "$.a"} for number in range(10_000)}
    problems = check_mapping(wrong)
    assert len(problems) == 10_000
    assert 'did you mean "@path"' in str(problems[-1])


STRANGE = {
    "keys": {1: "a", None: "b", (): "c"},
    "nan": float("nan"),
    "half": "\ud83d",
    "deep": json.loads("[" * 900 + "]" * 900),
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=list(STRANGE))
def test_what_is_no_event_is_refused_in_process_and_the_languages_bear_it(value):
    event = {**TRACK, "properties": value}
    with pytest.raises(EventError) as caught:
        check(event)
    assert caught.value.code == "bad_request"
    assert compile_trigger('event = "Signed Up" and !(properties.a.b = 1)')(event)
    mapped = compile_mapping({"name": {"@path": "$.event"}, "all": {"@path": "$.properties"}})(
        event
    )
    assert (mapped["name"], str(mapped["all"])) == ("Signed Up", str(value))


def test_a_full_disk_is_a_sentence(folder):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full to write to")
    with full.open("wb") as out:
        process = subprocess.run(
            [sys.executable, "-m", "segue", "show"],
            cwd=folder,
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (process.returncode, process.stderr) == (1, b"segue: No space left on device\n")


def test_whoever_stops_reading_ends_the_run_quietly(folder):
    with started(folder, "send", "-", "--dry-run") as process:
        process.stdin.write(line() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write((line() + b"\n") * 100)
            process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_interrupted_run_says_how_far_it_came(folder):
    with started(folder, "send", "-", "--dry-run", "--json") as process:
        process.stdin.write(line() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        err = process.stderr.read().decode()
    assert process.returncode == 130
    assert err.startswith("interrupted; so far:\n")
    assert err.endswith("\n1 event\n")
