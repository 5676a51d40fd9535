"""A worker stops, starts, follows other workspaces and loses leases without losing a delivery."""

from dataclasses import replace
from itertools import pairwise

import pytest

from segue import Request
from segue.pacing import RateLimit


def test_what_is_under_way_ends_before_the_worker_does_and_the_rest_goes_back(play, connect, put):
    async def story(scene):
        scene.script.extend([5.0] * 2)
        await scene.arrive(*"abcd")
        await scene.clock.sleep(1.0)
        await scene.process.stop()
        found = [(str(one.state), one.attempts) for one in await scene.found()]
        free = await scene.store.queue.claim("desk", fresh=9)
        await scene.store.queue.release(free)
        await scene.start()
        await scene.settle()
        return found, len(free), len(scene.sent)

    assert play(story, connect(put, concurrency=2)) == (
        [("delivered", 1)] * 2 + [("waiting", 0)] * 2,
        2,
        4,
    )


def test_what_does_not_end_in_time_is_broken_off_and_tried_again_at_once(play, connect, put):
    async def story(scene):
        scene.script.append(600.0)
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        before = scene.clock.now()
        await scene.process.stop()
        stopped = scene.clock.now() - before
        broken_off = await scene.codes()
        (claim,) = await scene.store.queue.claim("desk", fresh=0, retries=9)
        await scene.store.queue.release([claim])
        await scene.start()
        await scene.settle(hours=0.01)
        return stopped, broken_off, claim.ambiguous, len(scene.sent)

    stopped, broken_off, ambiguous, sent = play(story, connect(put))
    assert stopped == pytest.approx(15.0)
    assert broken_off == [("retrying", "INTERRUPTED")]
    assert (ambiguous, sent) == (True, 2)


def test_what_waits_for_a_token_goes_back_untouched(play, connect, put):
    async def story(scene):
        await scene.arrive(*"abc")
        await scene.clock.sleep(1.0)
        before = scene.clock.now()
        await scene.process.stop()
        return scene.clock.now() - before, [one.attempts for one in await scene.found()]

    assert play(story, connect(put, rate_limit=RateLimit(1, 60.0))) == (0.0, [1, 0, 0])


def test_a_reload_drops_nothing_and_disturbs_nothing_under_way(play, connect, put):
    async def story(scene):
        scene.script.extend([3.0] * 2)
        await scene.arrive(*"abcdefgh")
        for number in range(20):
            await scene.clock.sleep(0.25)
            await scene.use(replace(connect(put, concurrency=2), settings={"token": f"t{number}"}))
        await scene.settle(hours=0.01)
        return await scene.codes(), len(scene.sent)

    assert play(story, connect(put, concurrency=2)) == ([("delivered", "OK")] * 8, 8)


def test_what_is_under_way_for_a_connection_that_goes_ends_as_it_began(play, connect, put):
    async def story(scene):
        scene.script.append(5.0)
        await scene.arrive("a", "b")
        await scene.clock.sleep(1.0)
        await scene.use()
        await scene.clock.sleep(10.0)
        return await scene.codes()

    one_by_one = connect(put, concurrency=1)
    assert play(story, one_by_one) == [("delivered", "OK"), ("held", "CONNECTION_GONE")]


def test_a_delivery_whose_lease_was_lost_in_line_is_made_once(play, connect, put):
    async def story(scene):
        scene.script.append(30.0)
        await scene.arrive("a", "b", "c")
        await scene.clock.sleep(1.0)
        for lease in list(scene.store._data.leases.of("desk")):
            if lease.value.event.user != "a":
                await scene.store.queue.release([_claim(lease)])
        await scene.settle(hours=0.1)
        return [one.json["id"] for one in scene.sent]

    assert sorted(play(story, connect(put, concurrency=1))) == ["a", "b", "c"]


def _claim(lease):
    """As much of a claim as a store looks at to take it back."""
    return type("Claim", (), {"delivery": lease.delivery, "lease": lease.number})()


def test_a_lost_lease_leaves_the_delivery_to_whoever_has_it_now(play, connect, put):
    async def story(scene):
        scene.script.append(5.0)
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        await scene.store.queue.hold("desk", "PAUSED", "so that nobody claims it here")
        (lease,) = scene.store._data.leases.of("desk")
        await scene.store.queue.release([_claim(lease)])
        await scene.clock.sleep(30.0)
        return [(one.state, one.attempts) for one in await scene.found()]

    assert play(story, connect(put)) == [("held", 0)]


def test_a_vendor_that_is_down_is_asked_by_one_probe_at_a_time(play, connect, put):
    """Ten failures open the breaker; then there is one request at a time, ever further apart."""

    async def story(scene):
        began = scene.clock.now()
        scene.script.extend([lambda _: 503] * 16)
        await scene.arrive(*[f"u{n}" for n in range(40)])
        await scene.settle(hours=1)
        return [one - began for one in scene.times], set(await scene.codes())

    times, codes = play(story, connect(put, concurrency=10))
    assert codes == {("delivered", "OK")}
    assert times[9] == 0.0
    probes = [later - earlier for earlier, later in pairwise(times[9:17])]
    assert all(2.5 <= gap <= 5.0 for gap in probes[:1])
    assert all(later >= earlier for earlier, later in pairwise(probes[:6]))
    assert times[17] - times[16] < 1.0


def test_a_stop_does_not_wait_for_a_store_that_cannot_write(play, connect, put):
    async def story(scene):
        scene.script.append(5.0)
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        scene.process.queue.cut = True
        before = scene.clock.now()
        await scene.process.stop()
        return scene.clock.now() - before

    assert play(story, connect(put)) == pytest.approx(4.0 + 15.0, abs=1.0)


def test_a_request_that_cannot_be_signed_is_a_dead_letter_and_stops_nobody(
    play, connect, put, desk
):
    desk.authenticate(lambda request, settings: request.with_bearer(settings["missing"]))

    async def story(scene):
        await scene.arrive("a", "b")
        await scene.settle()
        return await scene.codes()

    assert play(story, connect(put)) == [("dead", "INTERNAL")] * 2


def test_an_event_that_cannot_be_read_is_a_dead_letter_and_stops_nobody(play, connect, put):
    async def story(scene):
        await scene.arrive("a", "b")
        scene.store._data.events[1].text = b"{"
        await scene.settle(hours=0.01)
        return await scene.codes()

    both = play(story, connect(put))
    assert both == [("dead", "INTERNAL"), ("delivered", "OK")]


def test_a_batch_survives_an_event_that_cannot_be_read(play, connect, put):
    put.batch(max_items=2, wait=1.0)(lambda payloads: Request.post("/many", json=list(payloads)))

    async def story(scene):
        await scene.arrive("a", "b", "c")
        scene.store._data.events[1].text = b"{"
        await scene.settle(hours=0.01)
        return await scene.codes()

    assert play(story, connect(put)) == [("dead", "INTERNAL")] + [("delivered", "OK")] * 2
