"""Functions in real processes: what they do, and what they cannot do to anyone else."""

import asyncio
import itertools
import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from raw_server import answer, serving

from segue import Context, EventNotSupported, Request, Response, load_plugins
from segue.functions.host import Call, Host
from segue.functions.inserting import Insert, transform
from segue.functions.launch import Limits
from segue.functions.library import Library
from segue.functions.offering import context_data
from segue.functions.reading import read_files
from segue.outcome import Discarded, OutcomeError, Retry


CRM = '''
"""Our CRM.

Contacts and what they do.
"""
import os, sys, time, ctypes
from segue import Request, EventNotSupported, FunctionContext, RetryError

SETTINGS = {"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}}
LEFT = []

def on_track(event, settings, context):
    match event["event"]:
        case "plain":
            return Request.post("https://crm.example/events", json=event, accept={409})
        case "nothing":
            return None
        case "settings":
            return Request.post("https://crm.example/", headers={"Authorization": settings["token"]})
        case "key":
            return Request.post("https://crm.example/", json=context.idempotency_key)
        case "cached":
            return Request.post("https://crm.example/", json=context.cache.load("pid", 60, os.getpid))
        case "print":
            print("the token is", settings["token"])
            return None
        case "flood":
            for _ in range(100_000):
                print("x" * 100)
            return None
        case "stderr":
            os.write(2, b"x" * 99 + b"\\n" + b"y" * 50_000)
            return None
        case "closes":
            os.closerange(3, 256)
            return None
        case "raw":
            os.write(1, b"\\xff" * 1000)
            return None
        case "environment":
            return Request.post("https://crm.example/", json=dict(os.environ))
        case "loop":
            while True: pass
        case "memory":
            LEFT.append("x" * 1_000_000_000)
        case "exit":
            os._exit(7)
        case "segfault":
            ctypes.string_at(0)
        case "giant":
            return Request.post("https://crm.example/", json="x" * 6_000_000)
        case "dict":
            return {"not": "a request"}
        case "odd":
            return Request.post("https://crm.example/", json={"at": object()})
        case "unsupported":
            raise EventNotSupported("no such event")
        case _:
            return Request.post("https://crm.example/", json=event["properties"]["email"])

def on_page(event):
    found = yield Request.get("https://crm.example/contacts")
    if found.json() is None:
        yield Request.post("https://crm.example/contacts")
    yield Request.post("https://crm.example/pages", json=found.json())

async def on_screen(event, client):
    match event["name"]:
        case "sent":
            answer = await client.get(event["url"])
            answer.raise_for_status()
        case "slow":
            import asyncio
            await asyncio.sleep(60)
        case "blocked":
            time.sleep(60)
        case "exit":
            os._exit(7)
        case "apart":
            import asyncio
            await asyncio.gather(asyncio.sleep(0.01), spin())
        case "cut":
            import asyncio
            await asyncio.sleep(0.3)
            raise RetryError("later")
        case "waits":
            import asyncio
            await asyncio.sleep(0.3)

async def spin():
    while True: pass

def on_alias(event):
    event["userId"] = event["userId"].lower()
    return event

def on_group(event):
    return None

def on_batch(events):
    return [None if one["event"] == "good" else {"status": 400, "errormessage": "bad"} for one in events]
'''

SECONDS = 1.0


def line(words):
    """The number of the line that holds these words."""
    return next(at for at, text in enumerate(CRM.splitlines(), 1) if words in text)


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    path = tmp_path_factory.mktemp("functions") / "crm.py"
    path.write_text(CRM)
    (file,) = read_files([path])
    return file


@pytest.fixture
def run():
    """``run(script)`` awaits ``script(host)`` with a host of its own, whose steps may take a second."""

    def run(script):
        async def main():
            async with Host(Limits(seconds=SECONDS, memory=200_000_000)) as host:
                async with asyncio.timeout(30):
                    return await script(host)

        return asyncio.run(main())

    return run


def call(file, handler="on_track", owner="here", count=None, secrets=(), **event):
    context = Context(connection=owner, message_id="m-1")
    given = {"event": event, "events": [event], "settings": {"token": "s3cret"}}
    told = {"context": context_data(context), "contexts": [context_data(context)]}
    return Call(
        file, file.handlers[handler], owner, {**given, **told}, count=count, secrets=secrets
    )


async def ask(host, *args, **event):
    return await host.script(call(*args, **event)).ask(None)


async def fail(host, *args, **event):
    with pytest.raises(OutcomeError) as caught:
        await ask(host, *args, **event)
    return caught.value.outcome


def test_a_file_tells_what_it_offers(crm):
    assert (crm.slug, crm.title) == ("crm", "Our CRM")
    assert crm.description == "Contacts and what they do."
    assert list(crm.settings["properties"]) == ["token"]
    kinds = {name: one.kind for name, one in crm.handlers.items()}
    assert kinds == {
        "on_track": "pure",
        "on_page": "generator",
        "on_screen": "async",
        "on_group": "pure",
        "on_alias": "pure",
        "on_batch": "pure",
    }


def test_a_handler_makes_a_request(crm, run):
    request = run(lambda host: ask(host, crm, event="plain"))
    wanted = Request.post(
        "https://crm.example/events", json={"event": "plain"}, accept=frozenset({409})
    )
    assert request == wanted


def test_a_handler_may_make_none(crm, run):
    assert run(lambda host: ask(host, crm, event="nothing")) is None


def test_a_handler_is_given_settings_and_context(crm, run):
    async def script(host):
        return await ask(host, crm, event="settings"), await ask(host, crm, event="key")

    settings, key = run(script)
    assert settings.headers == {"Authorization": "s3cret"}
    assert key.json == Context(connection="here", message_id="m-1").idempotency_key


def test_the_cache_lasts_from_event_to_event_but_not_beyond_a_process(crm, run):
    async def script(host):
        first = await ask(host, crm, event="cached")
        second = await ask(host, crm, event="cached")
        await fail(host, crm, event="exit")
        return first.json, second.json, (await ask(host, crm, event="cached")).json

    first, second, third = run(script)
    assert first == second
    assert third != first


def test_connections_do_not_share_a_process(crm, run):
    async def script(host):
        return [(await ask(host, crm, owner=one, event="cached")).json for one in ("a", "b")]

    one, other = run(script)
    assert one != other


def test_a_generator_is_handed_each_answer(crm, run):
    async def script(host):
        steps = host.script(call(crm, "on_page"))
        first = await steps.ask(None)
        second = await steps.ask(Response(200, body=b'{"id":1}'))
        return first.url, second.json, await steps.ask(Response(201))

    assert run(script) == ("https://crm.example/contacts", {"id": 1}, None)


def test_a_generator_goes_on_in_another_process_when_its_own_is_gone(crm, run):
    async def script(host):
        steps = host.script(call(crm, "on_page"))
        await steps.ask(None)
        await fail(host, crm, event="exit")
        second = await steps.ask(Response(200))
        return second.url, (await steps.ask(Response(201))).url, await steps.ask(Response(201))

    assert run(script) == ("https://crm.example/contacts", "https://crm.example/pages", None)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("loop", Retry(f"crm.py:{line('while True')} in on_track: it took longer than 1 s and was stopped", "FUNCTION_TIMEOUT", ambiguous=True)),
        ("memory", Retry(f"crm.py:{line('LEFT.append')} in on_track: it ran out of memory", "FUNCTION_MEMORY")),
        ("exit", Retry("crm.py in on_track: its process ended with exit code 7", "INVOKE_ERROR", ambiguous=True)),
        ("segfault", Retry(f"crm.py:{line('ctypes.string_at')} in on_track: its process ended by SIGSEGV", "INVOKE_ERROR", ambiguous=True)),
        ("unsupported", Discarded("no such event", "UNSUPPORTED_EVENT_TYPE")),
        ("other", Discarded(f"crm.py:{line('email')} in on_track: KeyError: 'properties'", "BAD_REQUEST")),
        ("dict", Discarded(f"crm.py:{line('def on_track')} in on_track: it returned dict, not a Request or None; yield several requests", "BAD_REQUEST")),
    ],
)  # fmt: skip
def test_each_way_to_fail_is_one_sentence_and_the_next_event_goes_well(crm, run, name, outcome):
    async def script(host):
        return await fail(host, crm, event=name), await ask(host, crm, event="nothing")

    assert run(script) == (outcome, None)


@pytest.mark.parametrize(
    ("name", "reason"), [("giant", "at most 5,000,000 are allowed"), ("odd", "it is not JSON")]
)
def test_a_request_that_cannot_be_sent_is_refused(crm, run, name, reason):
    outcome = run(lambda host: fail(host, crm, event=name))
    assert outcome.code == "BAD_REQUEST"
    assert "crm.py" in outcome.why
    assert reason in outcome.why


def test_an_event_that_is_too_large_is_refused_before_it_is_sent(crm, run):
    outcome = run(lambda host: fail(host, crm, event="plain", more="x" * 11_000_000))
    assert outcome.code == "BAD_REQUEST"
    assert "it cannot be given this" in outcome.why


def test_a_loop_delays_nobody_else(crm, run):
    async def script(host):
        await asyncio.gather(*(ask(host, crm, owner=one, event="nothing") for one in "ab"))
        loop = asyncio.create_task(fail(host, crm, owner="a", event="loop"))
        await asyncio.sleep(0)
        done = 0
        while not loop.done():
            await ask(host, crm, owner="b", event="nothing")
            done += 1
        return done

    assert run(script) > 100


def test_events_behind_a_loop_go_well_in_the_next_process(crm, run):
    async def script(host):
        loop = asyncio.create_task(fail(host, crm, event="loop"))
        behind = [asyncio.create_task(ask(host, crm, event="plain")) for _ in range(5)]
        requests = await asyncio.gather(*behind)
        return (await loop).code, len(requests)

    assert run(script) == ("FUNCTION_TIMEOUT", 5)


def test_whoever_stops_waiting_does_not_stop_a_step_nor_blame_the_next(crm, run):
    async def script(host):
        task = asyncio.create_task(ask(host, crm, event="loop"))
        await ask(host, crm, owner="other", event="nothing")
        task.cancel()
        return await ask(host, crm, event="nothing")

    assert run(script) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("slow", f"crm.py:{line('asyncio.sleep')} in on_screen: it took longer than 1 s"),
        (
            "blocked",
            f"crm.py:{line('time.sleep')} in on_screen: it took longer than 1 s and was stopped",
        ),
    ],
)
def test_an_async_handler_has_its_time_too(crm, run, name, why):
    outcome = run(lambda host: fail(host, crm, "on_screen", name=name))
    assert outcome == Retry(why, "FUNCTION_TIMEOUT", ambiguous=True)


def test_async_handlers_run_side_by_side(crm, run):
    async def script(host):
        await ask(host, crm, "on_screen", name="nothing")
        started = time.monotonic()
        await asyncio.gather(*(fail(host, crm, "on_screen", name="slow") for _ in range(10)))
        return time.monotonic() - started

    assert run(script) < 2 * SECONDS


@pytest.mark.parametrize("name", ["blocked", "exit", "apart"])
def test_only_the_async_step_that_ends_its_process_is_told_so(crm, run, name):
    """The others, begun or not, go on in the next process as if nothing had been."""

    async def script(host):
        ahead = [asyncio.create_task(ask(host, crm, "on_screen", name="waits")) for _ in range(5)]
        bad = asyncio.create_task(fail(host, crm, "on_screen", name=name))
        behind = [asyncio.create_task(ask(host, crm, "on_screen", name="x")) for _ in range(20)]
        return (await bad).code, await asyncio.gather(*ahead, *behind)

    code = "INVOKE_ERROR" if name == "exit" else "FUNCTION_TIMEOUT"
    assert run(script) == (code, [None] * 25)


def test_a_handler_that_is_not_async_costs_those_beside_it_nothing(crm, run):
    async def script(host):
        ahead = [asyncio.create_task(ask(host, crm, "on_screen", name="waits")) for _ in range(5)]
        code = (await fail(host, crm, event="loop")).code
        return code, await asyncio.gather(*ahead)

    assert run(script) == ("FUNCTION_TIMEOUT", [None] * 5)


def test_a_step_that_was_cut_off_may_have_been_done(crm, run):
    """It fails in the end for reasons of its own, and is known to have begun before."""

    async def script(host):
        cut = asyncio.create_task(fail(host, crm, "on_screen", name="cut"))
        await fail(host, crm, "on_screen", name="exit")
        return await cut

    assert run(script) == Retry("later", "RETRY", ambiguous=True)


def test_an_async_handler_sends_by_itself(crm, run):
    async def script(host):
        async with serving(answer(503, b"busy")) as server:
            return await fail(host, crm, "on_screen", name="sent", url=server.url())

    outcome = run(script)
    assert (type(outcome), outcome.code) == (Retry, "SERVICE_UNAVAILABLE")


def test_a_batch_has_a_result_for_each_event(crm, run):
    async def script(host):
        steps = host.script(call(crm, "on_batch", count=1, event="poor"))
        await steps.ask(None)
        return steps.outcomes

    assert run(script) == [Discarded("400 bad", "BAD_REQUEST")]


def test_what_a_function_prints_is_logged_without_its_secrets(crm, run, caplog):
    caplog.set_level(logging.INFO, "segue.functions")
    run(lambda host: ask(host, crm, event="print", secrets=("s3cret",)))
    assert "crm: the token is [redacted]" in caplog.messages


def test_the_secrets_of_settings_that_are_new_are_known_too(crm, run, caplog):
    caplog.set_level(logging.INFO, "segue.functions")

    async def script(host):
        await ask(host, crm, event="nothing", secrets=("old",))
        await ask(host, crm, event="print", secrets=("s3cret",))

    run(script)
    assert "crm: the token is [redacted]" in caplog.messages


def test_what_a_function_prints_is_bounded(crm, run, caplog):
    caplog.set_level(logging.INFO, "segue.functions")
    run(lambda host: ask(host, crm, event="flood"))
    assert sum(map(len, caplog.messages)) < 6_000
    assert "(more is left out)" in caplog.text


def test_what_goes_around_print_is_bounded_in_the_log_too(crm, run, caplog):
    caplog.set_level(logging.INFO, "segue.functions")
    run(lambda host: ask(host, crm, event="stderr"))
    assert 8_000 < sum(map(len, caplog.messages)) < 9_000
    assert "(more is left out)" in caplog.text


def test_a_process_whose_descriptors_a_function_closed_is_replaced(crm, run):
    async def twice(host):
        await fail(host, crm, event="closes")
        return await ask(host, crm, event="key")

    assert run(twice) is not None


def test_what_a_function_writes_to_its_standard_output_is_no_answer(crm, run):
    assert run(lambda host: ask(host, crm, event="raw")) is None


def test_a_function_sees_nothing_of_its_owners_environment(crm, run, monkeypatch):
    monkeypatch.setenv("LOOPS_API_KEY", "k")
    seen = run(lambda host: ask(host, crm, event="environment")).json
    assert seen.keys() <= {
        "PATH",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    }


def test_nothing_is_left_when_the_host_closes(crm, run):
    async def script(host):
        pid = (await ask(host, crm, event="cached")).json
        task = asyncio.create_task(ask(host, crm, event="loop"))
        await ask(host, crm, owner="other", event="nothing")
        return pid, task

    pid, _ = run(script)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


OWNER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from test_functions import ask, call
from segue.functions.host import Host
from segue.functions.launch import Limits
from segue.functions.reading import read_files

async def main():
    (crm,) = read_files([Path({path!r})])
    async with Host(Limits(seconds=2.0)) as host:
        print((await ask(host, crm, event="cached")).json, flush=True)
        await ask(host, crm, event={last!r})
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("last", ["nothing", "loop"])
def test_a_function_ends_with_its_owner_even_in_a_loop(crm, last):
    source = OWNER.format(
        paths=[str(Path(__file__).parent), *sys.path], path=str(crm.path), last=last
    )
    owner = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE)
    with owner:
        pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_a_function_that_comes_to_nothing_is_not_started_at_full_speed(crm, run):
    async def script(host):
        started, ends = time.monotonic(), []
        for _ in range(4):
            await fail(host, crm, event="exit")
            ends.append(time.monotonic() - started)
        return [later - earlier for earlier, later in itertools.pairwise(ends)]

    first, second, third = run(script)
    assert first >= 0.1
    assert second >= 0.2
    assert third >= 0.4


def test_nothing_is_asked_of_a_host_that_is_closed(crm, run):
    async def script(host):
        await host.close()
        return await fail(host, crm, event="plain")

    assert run(script) == Retry("the processes of functions have been ended", "INVOKE_ERROR")


# Insert functions


def insert(host, file, **event):
    return transform(event, [Insert(file, {})], Context(connection="here"), host)


def test_an_insert_function_changes_an_event(crm, run):
    made = run(lambda host: insert(host, crm, type="alias", userId="ANN", messageId="m"))
    assert made == {"type": "alias", "userId": "ann", "messageId": "m"}


def test_an_insert_function_must_return_the_event(crm, run):
    with pytest.raises(OutcomeError) as caught:
        run(lambda host: insert(host, crm, type="group"))
    assert caught.value.outcome == Discarded(
        f"crm.py:{line('def on_group')} in on_group: it returned NoneType, not the event; to drop an event, raise DropEvent",
        "BAD_REQUEST",
    )


def test_an_insert_function_without_a_handler_stops_the_event(crm, run):
    with pytest.raises(EventNotSupported, match=r"crm\.py has no on_identify"):
        run(lambda host: insert(host, crm, type="identify"))


# Reading


@pytest.fixture
def folder(tmp_path):
    """``folder(name=source, …)`` is a folder with these files."""

    def write(**sources):
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        return tmp_path

    return write


HANDLER = "def on_track(event):\n    return None\n"

BROKEN = {
    "error": ("import nothing_of_that_name\n", "it does not load: line 1: ModuleNotFoundError"),
    "syntax": ("def on_track(:\n", "it does not load: line 1: SyntaxError"),
    "loop": ("x = 1\nwhile True:\n    pass\n", "it takes longer than 1 s to load (loop.py:"),
    "exit": (
        "import os\nos._exit(3)\n",
        "it ended the process that loads it (exit.py, exit code 3)",
    ),
    "empty": ("", "it has no handler; write one of on_track, on_identify, on_page"),
    "misnamed": (
        "def on_trak(event):\n    return None\n" + HANDLER,
        'on_trak() is no handler; did you mean "on_track"?',
    ),
    "argument": (
        "def on_track(evnt):\n    return None\n",
        'on_track() asks for "evnt"; did you mean "event"?',
    ),
    "both": ("async def on_track(event):\n    yield 1\n", "on_track() is async and yields"),
    "batch": ("def on_batch(events):\n    return None\n", "on_batch alone is never called"),
    "schema": ("SETTINGS = []\n" + HANDLER, "SETTINGS: it should be a JSON Schema"),
    "profile": ('SETTINGS = {"type": "objct"}\n' + HANDLER, "SETTINGS: "),
    "url": ("URL = 1\n" + HANDLER, "URL should be text"),
}


def test_each_broken_file_is_one_sentence_and_the_others_work(folder):
    place = folder(crm=HANDLER, **{name: source for name, (source, _) in BROKEN.items()})
    catalogue = Library(Limits(seconds=1.0)).extend(load_plugins(block=["segue"]), place)
    assert list(catalogue.destinations) == ["crm"]
    told = {one.plugin: one.reason for one in catalogue.problems}
    assert told.keys() == BROKEN.keys()
    assert [name for name, (_, reason) in BROKEN.items() if reason not in told[name]] == []


def test_a_function_is_a_destination_with_an_action_for_each_handler(folder):
    place = folder(crm='"""Our CRM."""\n' + HANDLER + "def on_page(event):\n    return None\n")
    catalogue = Library().extend(load_plugins(), place)
    assert catalogue.destination("crm").title == "Our CRM"
    actions = catalogue.actions_of(catalogue.destination("crm"))
    told = {one.name: one.trigger for one in actions}
    assert told == {"crm.onPage": 'type = "page"', "crm.onTrack": 'type = "track"'}
    assert [one.check() for one in actions] == [[], []]
    assert str(catalogue.origins["crm.onTrack"]).startswith("crm.py ")


def test_a_file_is_read_again_only_when_it_has_changed(folder):
    library, none = Library(), load_plugins(block=["segue"])
    place = folder(crm=HANDLER, other=HANDLER)
    first = library.extend(none, place)
    folder(crm='"""Changed."""\n' + HANDLER)
    second = library.extend(none, place)
    assert second.destinations["other"] is first.destinations["other"]
    assert second.destinations["crm"].title == "Changed"


def test_a_function_takes_no_name_from_a_plugin(folder):
    place = folder(loops=HANDLER)
    catalogue = Library().extend(load_plugins(), place)
    assert [one.reason for one in catalogue.problems] == [
        'a plugin offers a destination "loops" already; rename the file'
    ]
    assert catalogue.destinations["loops"].title == "Loops"
