"""The worker on a store in memory, in a time of its own: hours pass in no time."""

from collections import defaultdict

import pytest
import virtual_time

from segue import Request, Response
from segue.errors import TimedOutError
from segue.json import encode
from segue.pacing import RateLimit
from segue.store import Arrival, MemoryStore, NewDelivery, Query, State
from segue.worker import Worker


@pytest.fixture
def deliver(workspace):
    """``deliver(connections, send, users)`` works until all is settled or ``hours`` are over."""

    def deliver(connections, send, users, *, hours=24.0, to=None):
        async def go(clock):
            store = MemoryStore(clock=clock.now)
            for number, user in enumerate(users):
                event = {"type": "track", "event": "E", "userId": user, "properties": {"n": number}}
                text = encode({**event, "messageId": f"m{number}"})
                ways = tuple(NewDelivery(one, "put") for one in to or [c.name for c in connections])
                await store.queue.append([Arrival("web", user, f"m{number}", text, ways)])
            sender = type("Vendor", (), {"send": staticmethod(send)})()
            end = clock.now() + hours * 3600
            async with Worker(store, workspace(*connections), sender, clock=clock) as worker:
                while clock.now() < end and await store.queue.backlog():
                    await clock.sleep(1.0 if clock.now() < end - 3600 * (hours - 1) else 60.0)
                assert not worker.task.done()
            found = await store.history.search(Query(), limit=1000, oldest_first=True)
            return found.items, await store.queue.holds()

        return virtual_time.run(go)

    return deliver


def answers(*statuses):
    """A vendor that answers from a list, then 200, and keeps what it was sent."""
    left, sent = list(statuses), []

    async def send(request):
        sent.append(request)
        found = left.pop(0) if left else 200
        if isinstance(found, Exception):
            raise found
        return Response(found)

    return send, sent


def states(found):
    return [one.state for one in found]


def test_many_more_than_fit_in_line_are_all_delivered(deliver, connect, put):
    send, sent = answers()
    found, _ = deliver([connect(put, concurrency=3)], send, [f"u{n}" for n in range(200)])
    assert set(states(found)) == {State.DELIVERED}
    assert len(sent) == 200


@pytest.mark.parametrize("places", [1, 3, 50])
def test_no_place_is_empty_for_a_moment_while_there_is_work(play, connect, put, places):
    """However many more wait than fit in line."""

    async def story(scene):
        scene.script.extend([0.1] * 300)
        await scene.arrive(*[f"u{n}" for n in range(300)])
        began = scene.clock.now()
        while len(scene.sent) < 300:
            await scene.clock.sleep(0.01)
        return max(scene.times) - began

    seconds = play(story, connect(put, concurrency=places))
    assert seconds == pytest.approx((300 - 1) // places * 0.1, abs=0.02)


class Noted:
    """A queue that notes how much of what is claimed."""

    def __init__(self, queue):
        self.asked, self._queue = [], queue

    def __getattr__(self, name):
        return getattr(self._queue, name)

    async def claim(self, connection, *, fresh, retries=0, **options):
        self.asked.append((fresh, retries))
        return await self._queue.claim(connection, fresh=fresh, retries=retries, **options)


def test_what_ran_out_is_asked_for_once_a_second_at_most(play, connect, put):
    """Not at every landing: there are no retries here, and first tries are claimed by the dozen."""

    async def story(scene):
        scene.store.queue = Noted(scene.store.queue)
        scene.script.extend([0.1] * 300)
        await scene.restart()
        began = scene.clock.now()
        await scene.arrive(*[f"u{n}" for n in range(300)])
        await scene.settle()
        return scene.store.queue.asked, scene.clock.now() - began

    asked, seconds = play(story, connect(put, concurrency=2))
    alone = [retries for fresh, retries in asked if not fresh]
    assert len(alone) <= seconds
    assert len(asked) - len(alone) <= 300 / 8 + 5


def test_an_answer_that_waits_to_be_written_is_no_longer_than_what_is_kept_of_it(
    play, connect, put
):
    """And it is known to have been longer, though a megabyte of it came."""

    class Weighed(Noted):
        async def settle(self, settlements):
            self.asked += [one.response for each in settlements for one in each.attempts]
            return await self._queue.settle(settlements)

    async def story(scene):
        scene.store.queue = Weighed(scene.store.queue)
        scene.script.append(Response(400, body=b"x" * 1_000_000))
        await scene.restart()
        await scene.arrive("u1")
        await scene.settle()
        (found,) = await scene.found()
        detail = await scene.store.history.show(found.delivery)
        return [one for one in scene.store.queue.asked if isinstance(one, Response)], detail

    (kept,), detail = play(story, connect(put))
    (attempt,) = detail.attempts
    assert len(kept.body) == 65_537
    assert (len(attempt.response.body), attempt.cut) == (65_536, True)


def test_events_of_one_user_go_out_in_order_though_one_is_retried(deliver, connect, put):
    send, sent = answers(503, 503)
    deliver([connect(put)], send, ["ann"] * 4)
    assert [one.json["n"] for one in sent] == [0, 0, 0, 1, 2, 3]


def test_what_is_refused_is_a_dead_letter(deliver, connect, put):
    send, _ = answers(400)
    ((found,), _) = deliver([connect(put)], send, ["ann"])
    assert (found.state, found.code) == (State.DEAD, "BAD_REQUEST")


def test_bad_credentials_hold_the_connection_and_burn_nothing(deliver, connect, put):
    async def send(request):
        return Response(401)

    found, holds = deliver([connect(put)], send, ["a", "b", "c"], hours=0.1)
    assert set(states(found)) == {State.HELD}
    assert holds["desk"].code == "UNAUTHORIZED"


def test_deliveries_of_a_connection_that_is_gone_are_held(deliver, connect, put):
    send, sent = answers()
    _, holds = deliver([connect(put)], send, ["a"], to=["other"], hours=0.01)
    assert holds["other"].code == "CONNECTION_GONE"
    assert sent == []


def test_a_conflict_counts_as_delivered_only_after_an_ambiguous_try(deliver, connect, declare):
    keyed = declare(lambda payload: Request.put("/put", headers={"Idempotency-Key": "k"}))
    after, _ = deliver([connect(keyed)], answers(TimedOutError("t"), 409)[0], ["a"])
    clean, _ = deliver([connect(keyed)], answers(409)[0], ["a"])
    assert [one.code for one in (*after, *clean)] == ["ALREADY_DELIVERED", "CONFLICT"]


def test_a_vendor_that_hangs_costs_another_nothing(deliver, connect, put, desk):
    waits = defaultdict(int)

    async def send(request):
        waits[request.url.partition("/put")[0]] += 1
        if "slow" in request.url:
            raise TimedOutError("t")
        return Response(200)

    slow = connect(put, name="slow", base_url="https://slow.test")
    fast = connect(put, name="fast", base_url="https://fast.test")
    found, _ = deliver([slow, fast], send, [f"u{n}" for n in range(60)], hours=0.05)
    assert {one.state for one in found if one.connection == "fast"} == {State.DELIVERED}
    assert {one.state for one in found if one.connection == "slow"} <= {
        State.WAITING,
        State.RETRYING,
    }


def test_a_rate_limit_is_kept(deliver, connect, put):
    send, _ = answers()
    found, _ = deliver([connect(put, rate_limit=RateLimit(10))], send, [f"u{n}" for n in range(30)])
    assert max(one.ended_at for one in found) - found[0].queued_at >= 2.8
