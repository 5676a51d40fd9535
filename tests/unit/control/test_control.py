"""Operations on a store, in this process and through the socket."""

import asyncio
import json
import os
import socket
import stat
from contextlib import asynccontextmanager

import pytest

from segue.control import Office, SilentError, find_running, open_control, serve_control
from segue.control.client import AnsweredError
from segue.dispatch import Dispatcher
from segue.errors import ConfigError, SegueError, StoreLockedError
from segue.events import Rejected
from segue.ingest.intake import Full
from segue.privacy import Hasher, Suppression
from segue.store.memory import MemoryStore
from segue.store.records import Query
from segue.store.values import Arrival, NewDelivery, Settlement, State


class Shelf:
    """An Intake that remembers."""

    def __init__(self):
        self.taken, self.full = [], False

    async def take(self, source, events):
        if self.full:
            raise Full(7)
        self.taken += [(source.name, event["messageId"]) for event in events]
        return [True for _ in events]

    def refuse(self, source, rejected):
        raise AssertionError


def arrival(number, user="u1", **event):
    text = {"type": "track", "event": "E", "messageId": f"m{number}", "userId": user, **event}
    return Arrival(
        "web", user, f"m{number}", json.dumps(text).encode(), (NewDelivery("desk", "put"),)
    )


@pytest.fixture
def opened(clock, connect, put, workspace, vendor):
    """``async with opened() as office`` over a store in memory."""
    now = workspace(connect(put))
    shelf = Shelf()

    async def backup(target):
        return 42

    @asynccontextmanager
    async def opened():
        async with MemoryStore(clock=clock.now) as store:
            yield Office(
                store=store,
                workspace=lambda: now,
                dispatcher=lambda: Dispatcher(now),
                intake=shelf,
                suppression=await Suppression.load(store.ledger, Hasher(b"k")),
                sender=vendor(),
                backup=backup,
                refused=lambda: [("web", Rejected(1, "bad_request", "no", "{"))],
                clock=clock.now,
            )

    return opened


@pytest.fixture
def run(opened, tmp_path):
    """``run(script)`` runs it with an office and a control that reaches it through the socket."""

    def run(script):
        async def go():
            async with (
                opened() as office,
                serve_control(tmp_path, office),
                open_control(tmp_path, unneeded) as control,
            ):
                assert control.office is None
                return await script(office, control)

        return asyncio.run(go())

    return run


def unneeded():
    raise AssertionError("somebody answers, so nothing is to be opened")


async def settle(office, state, count=1):
    for claim in await office.store.queue.claim("desk", fresh=count):
        await office.store.queue.settle([Settlement(claim, state, code="BAD", why="no")])


def test_the_socket_is_private(run, tmp_path):
    async def script(office, control):
        return stat.S_IMODE((tmp_path / "control.sock").stat().st_mode)

    assert run(script) == 0o600


def test_the_socket_goes_with_its_server(run, tmp_path):
    async def script(office, control):
        return (await control.do("hello", {}))["pid"]

    assert run(script) == os.getpid()
    assert not (tmp_path / "control.sock").exists()


def test_a_socket_is_reached_however_long_the_path_of_its_directory(opened, tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)

    async def go():
        async with (
            opened() as office,
            serve_control(deep, office),
            open_control(deep, unneeded) as control,
        ):
            return await control.do("hello", {})

    assert asyncio.run(go()) == {"pid": os.getpid()}


def test_without_a_server_the_operation_is_done_here(opened, tmp_path):
    async def go():
        async with open_control(tmp_path, opened) as control:
            return control.office is not None, await control.do("suppress", {"user": "u1"})

    assert asyncio.run(go()) == (True, {"changed": True})


def test_a_socket_that_a_crash_left_behind_is_nobody(opened, tmp_path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "control.sock"))

    async def go():
        async with open_control(tmp_path, opened) as control:
            return control.office is not None

    assert asyncio.run(go())


@asynccontextmanager
async def posing(directory, says):
    """Whoever answers at the socket of a directory says this, and no more."""

    talks = []

    async def answer(_, writer):
        talks.append(writer)
        writer.write(says)

    server = await asyncio.start_unix_server(answer, directory / "control.sock")
    async with server:
        yield
        for one in talks:
            one.transport.abort()


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (b"", "does not answer"),
        (b'{"more": 1}\n', "does not answer"),
        (b"\x00\xff\n", "makes no sense"),
        (b"[]" * 40_000_000, "makes no sense"),
        (b'{"done": {}}\n', "makes no sense"),
    ],
    ids=["nothing", "never enough", "no JSON", "a line without end", "no number"],
)
def test_an_owner_that_says_nothing_to_the_purpose_is_not_waited_for(tmp_path, says, why):
    async def go():
        async with posing(tmp_path, says):
            with pytest.raises(SilentError, match=why):
                await find_running(tmp_path, silence=0.5 if "answer" in why else 10)

    asyncio.run(go())


def test_an_owner_that_does_not_answer_yet_is_waited_for(opened, tmp_path):
    tries = []

    @asynccontextmanager
    async def locked():
        tries.append(1)
        if len(tries) < 2:
            raise StoreLockedError(str(tmp_path), 7)
        async with opened() as office:
            yield office

    async def go():
        async with open_control(tmp_path, locked) as control:
            return control.office is not None

    assert asyncio.run(go())
    assert len(tries) == 2


def test_hold_and_resume(run):
    async def script(office, control):
        await office.store.queue.append([arrival(1), arrival(2, "u2")])
        held = await control.do("hold", {"connection": "desk", "why": "maintenance"})
        (hold,) = (await office.store.queue.holds()).values()
        await control.do("resume", {"connection": "desk"})
        return held, hold.why, await office.store.queue.holds()

    assert run(script) == ({"deliveries": 2}, "maintenance", {})


@pytest.mark.parametrize("name", ["hold", "resume"])
def test_an_unknown_connection_is_an_error_with_the_nearest_name(run, name):
    async def script(office, control):
        await control.do(name, {"connection": "dessk"})

    with pytest.raises(AnsweredError, match='did you mean "desk"') as caught:
        run(script)
    assert caught.value.exit_code == ConfigError.exit_code


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("replai", {}, 'did you mean "replay"'),
        ("hold", {}, 'needs a text "connection"'),
        ("replay", {"since": "now"}, '"since" of the operation must be a number'),
        ("replay", {"state": "waiting"}, "cannot be sent again"),
        ("take", {"source": "web"}, 'needs a list "events"'),
        ("take", {"source": "wep", "events": []}, 'did you mean "web"'),
    ],
)
def test_a_question_that_makes_no_sense_is_answered(run, name, given, why):
    async def script(office, control):
        await control.do(name, given)

    with pytest.raises(SegueError, match=why):
        run(script)


@pytest.mark.parametrize("line", [b"{\n", b"[]\n", b'{"do": "hello"}\n', b"\n", b""])
def test_a_line_that_is_no_question_is_answered(run, tmp_path, line):
    async def script(office, control):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "control.sock"))
        writer.write(line)
        writer.write_eof()
        answer = json.loads(await reader.readline())
        writer.close()
        return answer["error"]["exit_code"]

    assert run(script) == 1


def test_an_error_of_ours_is_logged_there_and_not_told(run, caplog):
    async def script(office, control):
        await office.store.close()
        office.suppression.ledger = None
        await control.do("suppress", {"user": "u1"})

    with pytest.raises(AnsweredError, match="its log says what"):
        run(script)
    assert "AttributeError" in caplog.text


def test_dead_letters_are_replayed_and_others_are_not(run, clock):
    async def script(office, control):
        await office.store.queue.append([arrival(n, f"u{n}") for n in (1, 2, 3)])
        await settle(office, State.DEAD)
        await settle(office, State.DELIVERED)
        clock.time += 1
        told = []
        done = await control.do("replay", {}, told.append)
        states = await office.store.history.search(Query(), oldest_first=True)
        return done, told[-1] == done, [one.state.value for one in states.items]

    done, told, states = run(script)
    assert (done["total"], done["deliveries"], told) == (1, 1, True)
    assert done["queued"] == [{"connection": "desk", "mapping": "put", "count": 1}]
    assert states == ["replayed", "delivered", "waiting", "waiting"]


def test_a_dry_run_only_counts(run, clock):
    async def script(office, control):
        await office.store.queue.append([arrival(1)])
        await settle(office, State.DEAD)
        clock.time += 1
        done = await control.do("replay", {"dry_run": True})
        return done, await office.store.history.count(Query(state=State.DEAD))

    done, dead = run(script)
    assert (done["queued"][0]["count"], done["deliveries"], dead) == (1, 0, 1)


def test_what_was_delivered_is_sent_again_once_when_asked_for(run, clock):
    async def script(office, control):
        await office.store.queue.append([arrival(1)])
        await settle(office, State.DELIVERED)
        clock.time += 1
        done = await control.do("replay", {"state": "delivered", "message": "m1"})
        return done["deliveries"]

    assert run(script) == 1


def test_redispatch_finds_mappings_for_events_that_led_to_nothing(run, clock):
    async def script(office, control):
        bare = Arrival("web", "u1", "m1", arrival(1).event)
        await office.store.queue.append([bare])
        clock.time += 1
        done = await control.do("redispatch", {})
        return done["deliveries"], await office.store.queue.backlog()

    count, backlog = run(script)
    assert (count, backlog["desk"].waiting) == (1, 1)


@pytest.mark.parametrize(("given", "count"), [({}, 0), ({"state": "delivered"}, 1)])
def test_redispatch_leaves_out_what_was_delivered_unless_asked_for(run, clock, given, count):
    async def script(office, control):
        await office.store.queue.append([arrival(1)])
        await settle(office, State.DELIVERED)
        clock.time += 1
        return (await control.do("redispatch", given))["deliveries"]

    assert run(script) == count


def test_redispatch_can_be_kept_to_one_connection(run, clock):
    async def script(office, control):
        await office.store.queue.append([Arrival("web", "u1", "m1", arrival(1).event)])
        clock.time += 1
        return (await control.do("redispatch", {"connection": "other"}))["deliveries"]

    assert run(script) == 0


def test_taken_events_go_to_the_intake(run):
    async def script(office, control):
        done = await control.do("take", {"source": "web", "events": [{"messageId": "m1"}]})
        return done, office.intake.taken

    assert run(script) == ({"new": 1, "known": [], "ended": []}, [("web", "m1")])


def test_a_full_store_is_said(run):
    async def script(office, control):
        office.intake.full = True
        await control.do("take", {"source": "web", "events": [{"messageId": "m1"}]})

    with pytest.raises(AnsweredError, match="try again in 7 s"):
        run(script)


def test_forgetting_with_suppression_covers_every_id_seen(run):
    async def script(office, control):
        await office.store.queue.append([arrival(1, anonymousId="a1")])
        receipt = await control.do("forget", {"user": "u1", "suppress": True})
        covered = [office.suppression.covers({"userId": one}) for one in ("u1", "a1", "u2")]
        kept = await control.do("receipts", {"user": "u1"})
        return receipt["events"], covered, kept["receipts"] == [receipt]

    assert run(script) == (1, [True, True, False], True)


def test_a_backup_is_made_by_the_owner(run):
    async def script(office, control):
        return await control.do("backup", {"directory": "/somewhere"})

    assert run(script) == {"bytes": 42}


def test_the_last_refused_events_are_told(run):
    async def script(office, control):
        return await control.do("refused", {})

    refused = {"source": "web", "code": "bad_request", "reason": "no", "text": "{"}
    assert run(script) == {"refused": [refused]}
