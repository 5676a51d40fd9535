"""Whole histories of a worker, in virtual time: whatever happens, nothing is lost, swapped or done twice."""

import asyncio
from collections import defaultdict
from itertools import pairwise

import virtual_time
from hypothesis import given, settings
from hypothesis import strategies as st
from worker_world import World

from segue.pacing import RateLimit
from segue.store import State


USERS = st.sampled_from(["ann", "bob", "cyd", "dan", "eve", "fay"])
NAMES = st.sampled_from(["put", "many"])
ANSWERS = st.sampled_from(
    [
        (200, None),
        (200, None),
        (500, None),
        (503, None),
        (503, 3),
        (429, 7),
        (429, None),
        (400, None),
        (409, None),
        (401, None),
        (403, None),
        ("timeout", None),
        ("unreachable", None),
    ]
)
CHANGES = ["tagged", "token", "mapping off", "mapping gone", "off", "gone", None]
HAPPENINGS = st.one_of(
    *[st.tuples(st.just("append"), st.lists(USERS, min_size=3, max_size=12))] * 3,
    st.tuples(st.just("kill"), st.none()),
    st.tuples(st.just("stop"), st.none()),
    st.tuples(st.just("change"), st.tuples(NAMES, st.sampled_from(CHANGES))),
    st.tuples(st.just("hold"), NAMES),
    st.tuples(st.just("resume"), NAMES),
)
GAPS = st.sampled_from([0.0, 0.0, 0.001, 0.5, 3.0, 30.0, 400.0])
LAGS = st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3]), min_size=1, max_size=7)
SCRIPTS = st.dictionaries(NAMES, st.lists(ANSWERS, max_size=60))
OPTIONS = st.fixed_dictionaries(
    {
        "concurrency": st.integers(1, 4),
        "rate_limit": st.sampled_from([None, None, RateLimit(5), RateLimit(1, 2.0)]),
    }
)


async def happen(world, what, told):
    match what:
        case "append":
            await world.append(told)
        case "kill" | "stop":
            await world.restart(kill=what == "kill")
        case "change":
            await world.change(*told)
        case "hold":
            await world.store.queue.hold(told, "PAUSED", "by hand")
        case "resume":
            await world.store.queue.resume(told)


async def recover(world):
    """The vendor is well, everything is in force again, nobody holds anything."""
    world.vendor.scripts.clear()
    for name in ("put", "many"):
        await world.change(name, None)
        await world.store.queue.resume(name)


def live(history, **options):
    """A world that has seen a history, and has come to rest since."""

    async def go(clock):
        world = World(clock, **options)
        await world.start()
        for gap, (what, told) in history:
            await clock.sleep(gap)
            await happen(world, what, told)
        await clock.sleep(5.0)
        await recover(world)
        world.left = await world.settle(hours=1)
        if world.left:  # what is still held then was refused with other settings: that is seen
            await recover(world)
            world.left = await world.settle(hours=24)
        world.done = await world.found()
        await world.process.stop()
        return world

    return virtual_time.run(go)


HISTORIES = st.lists(st.tuples(GAPS, HAPPENINGS), min_size=4, max_size=24)


@settings(max_examples=100)
@given(HISTORIES, SCRIPTS, st.sampled_from([0.0, 0.05, 2.0]), st.booleans(), LAGS, OPTIONS)
def test_whatever_happens_the_laws_hold(history, scripts, latency, tested, lags, options):
    scripts = {name: list(script) for name, script in scripts.items()}
    world = live(history, scripts=scripts, latency=latency, tested=tested, lags=lags, **options)
    ends_in_a_state(world)
    keeps_the_order_of_each_lane(world)
    does_nothing_twice(world)
    sends_the_same_again(world)
    keeps_to_the_rate(world, options["rate_limit"])


def ends_in_a_state(world):
    """Delivered is what was taken, and only that."""
    assert world.left == {}
    for one in world.done:
        calls = world.calls(one.connection, world_number(one))
        answers = {call.answer for call in calls}
        if one.state is State.DELIVERED:
            assert answers & {200, 409}, one
        else:
            assert one.state is State.DEAD, one
            assert calls[-1].answer not in {200, None}, one


def world_number(summary):
    return int(summary.message_id[1:])


def keeps_the_order_of_each_lane(world):
    """Nobody's later event is sent before an earlier one is over."""
    lanes = defaultdict(list)
    for call in world.vendor.calls:
        if call.number is not None:
            lanes[call.connection, world.lanes[call.number]].append(call.number)
    for numbers in lanes.values():
        assert numbers == sorted(numbers)


def does_nothing_twice(world):
    """After an answer that ends a delivery it is sent again only if the process ended just then."""
    for one in world.done:
        for before, _ in pairwise(world.calls(one.connection, world_number(one))):
            if before.answer in {200, 400, 409}:
                assert any(0 <= end - before.ended < 2.0 for end in world.ends), one


def sends_the_same_again(world):
    """What was settled once is sent as it was; what was not keeps its idempotency key."""
    for one in world.done:
        calls = world.calls(one.connection, world_number(one))
        for before, after in pairwise(calls):
            if one.connection == "put":
                assert before.request.headers == after.request.headers
            if before.answer in {500, 503, 429, "timeout", "unreachable"}:
                cut = any(0 <= end - before.ended < 2.0 for end in world.ends)
                assert cut or body(before, one) == body(after, one)


def body(call, one):
    items = call.request.json if isinstance(call.request.json, list) else [call.request.json]
    return next(item for item in items if item["n"] == world_number(one))


def keeps_to_the_rate(world, limit):
    """No more requests in any stretch of time than its limit, by one process with one credential."""
    if limit is None:
        return
    starts = defaultdict(dict)
    for call in world.vendor.calls:
        key = call.process, call.connection, call.token
        starts[key][id(call.request)] = call.at
    for times in starts.values():
        ordered = sorted(times.values())
        for first, last in zip(ordered, ordered[limit.requests :], strict=False):
            assert last - first >= limit.per - 1e-6


MILD = st.sampled_from([(200, None), (400, None), (500, None), ("timeout", None)])
STIRS = st.one_of(
    *[st.tuples(st.just("append"), st.lists(USERS, min_size=1, max_size=12))] * 4,
    st.tuples(st.just("hold"), NAMES),
    st.tuples(st.just("resume"), NAMES),
    st.tuples(st.just("change"), st.tuples(NAMES, st.sampled_from(["tagged", "token", None]))),
)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(GAPS, STIRS), min_size=1, max_size=14),
    st.lists(MILD, max_size=9),
    st.sampled_from([0.0, 0.05, 2.0]),
    LAGS,
    st.integers(1, 4),
)
def test_whatever_is_due_is_soon_under_way(history, script, latency, lags, places):
    """However appends, settlements and notices fall together, no channel sleeps over its work.

    It looks again after a second at most, and a batch waits for two.
    """
    happened = []

    async def watch(world, patience):
        while True:
            await world.clock.sleep(0.25)
            for name in ("put", "many"):
                due, since = await world.store.queue.due(name), world.clock.now() - patience
                waits = due is not None and max(due, world.latest(name), happened[-1]) < since
                assert not waits or world.vendor.flying[name] >= places, (name, due)

    async def go(clock):
        happened.append(clock.now())
        script_of = {"put": list(script), "many": list(script)}
        options = {"latency": latency, "lags": lags, "concurrency": places}
        world = World(clock, scripts=script_of, **options)
        await world.start()
        watcher = asyncio.create_task(watch(world, 3.1 + 10 * max(lags)))
        for gap, (what, told) in history:
            await clock.sleep(gap)
            await happen(world, what, told)
            happened.append(clock.now())
        await recover(world)
        happened.append(clock.now())
        assert await world.settle(hours=1) == {}
        assert not watcher.done(), watcher.exception()
        watcher.cancel()
        await world.process.stop()

    virtual_time.run(go)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(GAPS, st.lists(USERS, min_size=1, max_size=6)), min_size=1, max_size=8),
    st.sampled_from([(200, None), (503, None), (429, 30), ("timeout", None), (401, None)]),
    OPTIONS,
)
def test_a_vendor_in_trouble_delays_no_other_by_a_moment(arrivals, answer, options):
    def moments(script):
        async def go(clock):
            world = World(clock, scripts={"many": script}, latency=0.05, **options)
            await world.start()
            for gap, users in arrivals:
                await clock.sleep(gap)
                await world.append(users)
            await clock.sleep(60.0)
            await world.process.stop()
            return [(one.at, one.number) for one in world.vendor.calls if one.connection == "put"]

        return virtual_time.run(go)

    assert moments([answer] * 200) == moments([])


@settings(max_examples=25)
@given(st.integers(1, 12), st.integers(2, 20))
def test_of_five_tokens_one_is_a_retrys_while_first_tries_wait_too(places, rate):
    """Every second first try fails, so that there are always retries; first tries go before them."""

    async def go(clock):
        script = [(500, None), (200, None)] * 100
        limit = RateLimit(rate)
        world = World(clock, scripts={"put": script}, concurrency=places, rate_limit=limit)
        world.chance.random = lambda: 0.0
        await world.append([f"u{n}" for n in range(100)], ["put"])
        await world.start()
        assert await world.settle(hours=1) == {}
        await world.process.stop()
        return [one.number for one in world.vendor.calls]

    numbers = virtual_time.run(go)
    seen, again = set(), []
    for number in numbers:
        again.append(number in seen)
        seen.add(number)
    contested = again[5 : len(again) - again[::-1].index(False)]
    fives = [sum(contested[start : start + 5]) for start in range(len(contested) - 4)]
    assert set(fives) <= {1}, fives
