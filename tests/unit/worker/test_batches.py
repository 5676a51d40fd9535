"""Deliveries that share a request: who with whom, how long they wait, what becomes of each."""

import pytest

from segue import Delivered, Discarded, Held, Request, Response, Retry
from segue.errors import TimedOutError
from segue.pacing import RateLimit


def batched(put, **limits):
    """The action with a batch call that is sent the payloads as they are."""
    put.batch(**limits)(lambda payloads: Request.post("/many", json=list(payloads)))
    return put


def groups(scene):
    """The numbers of the events in each request."""
    return [[one["n"] for one in body] for body in scene.bodies()]


@pytest.fixture
def sent(play, connect):
    """``sent(action, *users)`` are the groups in which these users' events went out, and when."""

    def sent(action, *users, **options):
        async def story(scene):
            began = scene.clock.now()
            await scene.arrive(*users)
            await scene.settle(hours=0.1)
            return groups(scene), [one - began for one in scene.times]

        return play(story, connect(action, **options))

    return sent


def test_a_batch_goes_out_when_it_is_full_and_the_rest_when_it_has_waited(sent, put):
    found, times = sent(batched(put, max_items=3, wait=10.0), *"abcdefgh")
    assert found == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert times == pytest.approx([0.0, 0.0, 10.0], abs=0.1)


def test_a_batch_is_no_longer_than_its_bytes(sent, put):
    """Two payloads of 16 bytes in a list are 35 bytes, three would be 52."""
    found, _ = sent(batched(put, max_bytes=35, wait=1.0), *"abcde")
    assert found == [[1, 2], [3, 4], [5]]


@pytest.mark.parametrize(("limit", "expected"), [(35, [[1, 2], [3]]), (34, [[1], [2], [3]])])
def test_the_bytes_of_a_batch_are_those_of_its_list(sent, put, limit, expected):
    found, _ = sent(batched(put, max_bytes=limit, wait=1.0), *"abc")
    assert found == expected


def test_a_payload_that_is_longer_than_a_batch_goes_alone(sent, put):
    found, _ = sent(batched(put, max_bytes=10, wait=1.0), *"ab")
    assert found == [[1], [2]]


def test_payloads_that_differ_in_a_key_never_share_a_batch(sent, put):
    batched(put, max_items=2, wait=1.0, keys=("id",))

    found, _ = sent(put, "a", "b", "c")
    assert found == [[1], [2], [3]]


@pytest.mark.parametrize("ordered", [False, True])
def test_a_batch_has_one_event_of_a_user_at_most(sent, put, ordered):
    found, _ = sent(batched(put, max_items=3, wait=1.0, ordered=ordered), *"aab")
    assert found == [[1, 3], [2]]


def test_payloads_that_are_not_valid_are_taken_out_first(play, connect, put):
    async def story(scene):
        await scene.arrive("a", "b", n="no number")
        await scene.arrive("c", "d")
        await scene.settle()
        return groups(scene), await scene.codes()

    found, codes = play(story, connect(batched(put, max_items=2, wait=1.0)))
    assert found == [[3, 4]]
    assert codes == [("discarded", "PAYLOAD_VALIDATION_FAILED")] * 2 + [("delivered", "OK")] * 2


def test_each_item_has_the_outcome_that_the_action_gives_it(play, connect, put):
    given = {"a": Delivered(), "b": Discarded("bad", "BAD"), "c": Retry("busy", "BUSY")}

    @put.batch(max_items=3, wait=1.0)
    def together(payloads):
        yield Request.post("/many", json=payloads)
        return [given.pop(one["id"], Delivered()) for one in payloads]

    async def story(scene):
        await scene.arrive(*"abc")
        await scene.settle()
        found = await scene.found()
        return groups(scene), await scene.codes(), [one.attempts for one in found]

    assert play(story, connect(put)) == (
        [[1, 2, 3], [3]],
        [("delivered", "OK"), ("dead", "BAD"), ("delivered", "OK")],
        [1, 1, 2],
    )


def test_an_item_that_failed_may_go_with_others_next_time(play, connect, put):
    async def story(scene):
        await scene.arrive("a", "b")
        await scene.clock.sleep(0.1)
        await scene.arrive("c")
        await scene.settle()
        return groups(scene)

    found = play(story, connect(batched(put, max_items=2, wait=5.0)), script=[503])
    assert found[0] == [1, 2]
    assert sorted(n for group in found[1:] for n in group) == [1, 2, 3]
    assert any(3 in group and len(group) == 2 for group in found[1:])


def test_an_action_that_doubts_the_credentials_of_one_item_holds_the_connection(play, connect, put):
    @put.batch(max_items=2, wait=1.0)
    def together(payloads):
        yield Request.post("/many", json=payloads)
        return [Held("no such key", "NO_KEY"), Delivered()]

    async def story(scene):
        await scene.arrive("a", "b")
        await scene.clock.sleep(30.0)
        holds = await scene.store.queue.holds()
        return holds["desk"].code, await scene.codes()

    assert play(story, connect(put)) == ("NO_KEY", [("held", "NO_KEY"), ("delivered", "OK")])


@pytest.mark.parametrize("given", [[], [Delivered()] * 3, None], ids=["none", "too many", "null"])
def test_outcomes_that_do_not_fit_the_payloads_are_a_fault_of_the_action(play, connect, put, given):
    @put.batch(max_items=2, wait=1.0)
    def together(payloads):
        yield Request.post("/many", json=payloads)
        return given

    async def story(scene):
        await scene.arrive("a", "b")
        await scene.settle()
        return await scene.codes()

    expected = ("delivered", "OK") if given is None else ("dead", "INTERNAL")
    assert play(story, connect(put)) == [expected] * 2


def test_each_step_of_a_batch_takes_a_token(play, connect, put):
    @put.batch(max_items=2, wait=0.0)
    def together(payloads):
        found = yield Request.get("/list")
        yield Request.post(f"/list/{found.json()['id']}", json=payloads)
        return [Delivered()] * len(payloads)

    async def story(scene):
        scene.script.append(Response(200, {}, b'{"id":7}'))
        await scene.arrive("a", "b")
        await scene.settle()
        return [one.url.removeprefix("https://desk.test") for one in scene.sent], scene.times

    urls, (first, second) = play(story, connect(put, rate_limit=RateLimit(1)))
    assert urls == ["/list", "/list/7"]
    assert second - first >= 0.999


def test_a_batch_that_gets_no_answer_is_tried_again_with_all_its_items(play, connect, put):
    async def story(scene):
        await scene.arrive("a", "b")
        await scene.settle()
        return sorted(n for group in groups(scene) for n in group), await scene.codes()

    action = batched(put, max_items=2, wait=1.0)
    found = play(story, connect(action), script=[TimedOutError("t")])
    assert found == ([1, 1, 2, 2], [("delivered", "OK")] * 2)


def test_what_waits_for_company_goes_back_when_the_worker_stops(play, connect, put):
    async def story(scene):
        await scene.arrive("a", "b")
        await scene.clock.sleep(1.0)
        await scene.process.stop()
        untouched = [(one.state, one.attempts) for one in await scene.found()]
        claims = await scene.store.queue.claim("desk", fresh=9)
        await scene.store.queue.release(claims)
        await scene.start()
        await scene.settle()
        return untouched, len(claims), groups(scene)

    untouched, free, found = play(story, connect(batched(put, max_items=9, wait=60.0)))
    assert untouched == [("waiting", 0)] * 2
    assert (free, found) == (2, [[1, 2]])
