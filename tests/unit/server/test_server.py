"""The pieces around the store: the gate, the figures, the logs, the reload."""

import asyncio
import json
import logging

import pytest
from asgi import call

from segue.errors import ConfigError, Problem, StoreFullError, StoreUnavailableError
from segue.events import Rejected
from segue.ingest import create_app
from segue.ingest.intake import Full
from segue.privacy import Hasher, Suppression
from segue.server.gate import Gate
from segue.server.health import Pulse
from segue.server.logs import Lines
from segue.server.metrics import Meter
from segue.server.reload import Watch
from segue.server.revision import Standing
from segue.server.runtime import back_up
from segue.server.scrape import Scrape
from segue.store.memory import MemoryStore
from segue.store.records import Stats
from segue.store.values import Hold
from segue.workspace.model import Source, Workspace


WEB = Source("web", "wk")


class Shelf:
    """An Intake that remembers, and knows m1 already."""

    def __init__(self):
        self.taken, self.refused, self.full = [], [], False

    async def take(self, source, events):
        if self.full:
            raise Full(3)
        self.taken += [event["messageId"] for event in events]
        return [event["messageId"] != "m1" for event in events]

    def refuse(self, source, rejected):
        self.refused.append(rejected)


@pytest.fixture
def gate(clock):
    suppression = asyncio.run(Suppression.load(MemoryStore().ledger, Hasher(b"k")))
    return Gate(Shelf(), suppression, Meter(), clock.now)


def event(number, user="u1"):
    return {"type": "track", "messageId": f"m{number}", "userId": user}


def take(gate, *events):
    return list(asyncio.run(gate.take(WEB, events)))


def text(meter, stats=None):
    return meter.text(stats or {}, stats or {}).decode()


def test_events_go_through_the_gate_and_are_counted(gate):
    assert take(gate, event(1), event(2)) == [False, True]
    shown = text(gate.meter)
    assert 'segue_events_total{result="new",source="web"} 1.0' in shown
    assert 'segue_events_total{result="duplicate",source="web"} 1.0' in shown


def test_events_of_the_suppressed_are_turned_away_and_nothing_of_them_is_kept(gate):
    asyncio.run(gate.suppression.add("u2"))
    assert take(gate, event(2), event(3, "u2"), event(4)) == [True, False, True]
    assert gate.inner.taken == ["m2", "m4"]
    assert [(one.code, one.text) for one in gate.inner.refused] == [("suppressed", "")]
    assert 'segue_events_refused_total{code="suppressed",source="web"} 1.0' in text(gate.meter)


def test_a_batch_of_nobody_but_the_suppressed_needs_no_store(gate):
    asyncio.run(gate.suppression.add("u2"))
    gate.inner.full = True
    assert take(gate, event(1, "u2")) == [False]


def test_a_full_store_counts_as_crowded_for_a_moment(gate, clock):
    gate.inner.full = True
    with pytest.raises(Full):
        take(gate, event(1))
    crowded = gate.crowded
    clock.time += 60
    assert (crowded, gate.crowded) == (True, False)
    assert 'segue_events_total{result="turned_away",source="web"} 1.0' in text(gate.meter)


def test_what_is_refused_is_counted_also_without_a_source(gate):
    gate.refuse(None, Rejected(0, "unknown_source", "no key", "{}"))
    assert 'segue_events_refused_total{code="unknown_source",source=""} 1.0' in text(gate.meter)


def test_figures_of_the_store_become_families():
    stats = Stats(
        first=5,
        retried=1,
        waiting=2,
        held=3,
        dead={"GONE": 4},
        p50=0.1,
        p95=0.4,
        hold=Hold("C", "w", 0),
    )
    shown = text(Meter(), {"loops": stats})
    for line in (
        'segue_deliveries_total{code="",connection="loops",result="delivered_first_try"} 5.0',
        'segue_deliveries_total{code="GONE",connection="loops",result="dead"} 4.0',
        'segue_backlog{connection="loops",state="held"} 3.0',
        'segue_connection_held{connection="loops"} 1.0',
        'segue_delivery_seconds{connection="loops",quantile="0.95"} 0.4',
    ):
        assert line in shown


def test_a_refused_workspace_shows_until_one_is_taken():
    meter, found = Meter(), []
    for result in ("refused", "taken"):
        meter.reloaded(result)
        found.append("segue_workspace_refused 1.0" in text(meter))
    assert found == [True, False]


def test_two_meters_do_not_know_of_each_other():
    one, other = Meter(), Meter()
    one.refused("web", "bad_request")
    assert "bad_request" not in text(other)


class Broken:
    """A store in this much trouble."""

    def __init__(self, trouble=None, held=None):
        self.trouble, self.held = trouble, held or {}


def test_a_process_whose_parts_work_is_well(gate):
    health = Pulse(Broken(), gate)()
    assert (health.failures, health.waits) == ((), ())


def test_a_connection_that_is_held_is_a_note_without_the_reason(gate):
    held = {"loops": Hold("UNAUTHORIZED", "401 for ada@example.com", 0.0)}
    notes = Pulse(Broken(held=held), gate)().notes
    assert notes == ('the connection "loops" is held (UNAUTHORIZED); "segue stats" says why',)


def test_a_full_disk_is_waited_for_and_a_broken_one_is_a_failure(gate):
    full = Pulse(Broken(StoreFullError("full")), gate)()
    broken = Pulse(Broken(StoreUnavailableError("broken")), gate)()
    assert (full.failures, full.waits) == ((), ("full",))
    assert (broken.failures, broken.waits) == (("broken",), ())


def test_a_worker_that_ended_is_a_failure_with_its_reason(gate):
    async def run():
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        return Pulse(Broken(), gate, {"the worker": task})()

    async def fail():
        raise RuntimeError("out of luck")

    assert asyncio.run(run()).failures == ("the worker ended: RuntimeError: out of luck",)


def test_a_process_that_stops_takes_no_more(gate):
    assert Pulse(Broken(), gate, stopping=True)().waits == ("it is stopping",)


def logged(**given):
    """What one record becomes."""
    record = logging.makeLogRecord({"name": "segue.test", "levelname": "WARNING", **given})
    return json.loads(Lines().format(record))


def test_a_log_line_is_json_with_what_extra_gave():
    line = logged(msg="it is %s", args=("late",), connection="loops")
    assert (line["level"], line["logger"], line["message"]) == (
        "warning",
        "segue.test",
        "it is late",
    )
    assert line["connection"] == "loops"


def test_a_log_line_carries_the_trace_on_the_same_line():
    error = ValueError("no")
    line = logged(msg="failed", exc_info=(ValueError, error, None))
    assert line["trace"] == "ValueError: no"


@pytest.fixture
def watched(tmp_path):
    """``watched(*answers)`` is a Watch whose file is, one after the other, what these say."""

    def watched(*answers):
        left = [*answers]
        adopted = []

        def load():
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return Workspace({"web": WEB}, {}, revision=answer)

        async def use(workspace):
            adopted.append(workspace.revision)

        standing = Standing(load)
        assert standing.current.name == answers[0]
        return Watch(tmp_path / "segue.yaml", standing, use, Meter()), standing, adopted

    return watched


def test_a_new_revision_is_adopted(watched):
    watch, standing, adopted = watched("a", "b")
    assert asyncio.run(watch.reload())
    assert (adopted, standing.current.name) == (["b"], "b")


def test_the_same_text_again_is_passed_over_unless_it_is_asked_for(watched):
    watch, _, adopted = watched("a", "a", "a")
    asyncio.run(watch.reload())
    assert adopted == []
    asyncio.run(watch.reload(force=True))
    assert adopted == ["a"]


def test_a_wrong_file_is_refused_and_the_old_one_stays(watched, caplog):
    wrong = ConfigError([Problem("/version", "is not 1", None, 1, 1)], file="segue.yaml")
    watch, standing, adopted = watched("a", wrong)
    assert not asyncio.run(watch.reload())
    assert (adopted, standing.current.name) == ([], "a")
    assert "segue.yaml:1:1: /version: is not 1" in caplog.text


def test_a_look_takes_up_a_change_at_once_and_says_whether_it_is_in_force(watched, tmp_path):
    wrong = ConfigError([Problem("/version", "is not 1", None, 1, 1)], file="segue.yaml")
    watch, _, adopted = watched("a", "b", wrong)

    async def story():
        yield await watch.look()
        for text in ("b", "wrong"):
            (tmp_path / "segue.yaml").write_text(text)
            yield await watch.look()
        yield await watch.look()

    async def told():
        return [one async for one in story()]

    assert asyncio.run(told()) == [True, True, False, False]
    assert adopted == ["b"]


def test_that_the_file_is_refused_is_noted_until_it_is_right_again(gate, watched):
    wrong = ConfigError([Problem("/version", "is secret", None, 1, 1)], file="segue.yaml")
    watch, _, _ = watched("a", wrong, "a")
    told, notes = Pulse(Broken(), gate, notes=watch.notes), []
    for _ in range(2):
        asyncio.run(watch.reload())
        notes.append(told().notes)
    (note,), none = notes
    assert ("a stays in force" in note, "secret" in note, none) == (True, False, ())


def test_a_write_key_finds_its_source_in_the_revision_in_force(watched):
    _, standing, _ = watched("a")
    assert (standing.source("wk"), standing.source("other")) == (WEB, None)


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path):
    class Failing:
        async def backup(self, path):
            raise StoreUnavailableError("the disk is full")

    (tmp_path / "hash.key").write_bytes(b"k")
    with pytest.raises(StoreUnavailableError):
        asyncio.run(back_up(Failing(), tmp_path, tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()


class History:
    """Has no figures."""

    async def stats(self, *, since):
        return {}


def scrape(host, token=None, **headers):
    """What ``GET /metrics`` answers to an address."""
    app = create_app(
        sources={}.get, intake=None, routes={"/metrics": {"GET": Scrape(Meter(), History(), token)}}
    )
    return call(app, "GET", "/metrics", iter([b""]), client=host, **headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_figures_are_for_this_machine(host):
    assert scrape(host).status == 200


@pytest.mark.parametrize("host", ["10.0.0.7", "::ffff:10.0.0.7", "localhost", ""])
def test_others_get_no_figures_without_a_token(host):
    answer = scrape(host, authorization="Bearer ")
    assert (answer.status, answer.json["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("said", "status"), [("Bearer t", 200), ("bearer t", 200), ("Bearer x", 401), ("Basic t", 401)]
)
def test_others_get_figures_for_the_token(said, status):
    assert scrape("10.0.0.7", "t", authorization=said).status == status


def test_actions_that_held_everything_up_are_counted():
    meter = Meter()
    meter.watch({"acme.note": 2})
    assert 'segue_slow_actions_total{action="acme.note"} 2.0' in text(meter)
