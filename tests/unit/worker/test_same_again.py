"""What was mapped once goes out again, whatever is mapped now; a replay maps anew."""

from dataclasses import replace

import pytest

from segue import Request, Response, RetryableError
from segue.errors import TimedOutError
from segue.pacing import RateLimit
from segue.store import Replay
from segue.store.values import NewDelivery
from segue.workspace.model import ActionMapping


def remapped(action, **more):
    """The mapping of an action that gives it more."""
    plain = ActionMapping.of(action)
    return replace(plain, map=lambda event: {**plain.map(event), **more})


def test_a_request_goes_out_again_though_the_mapping_has_changed(play, connect, put):
    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.use(connect(remapped(put, n=99)))
        await scene.settle()
        return scene.bodies()

    first, second = play(story, connect(put), script=[503])
    assert first == second == {"id": "ann", "n": 1}


def test_it_is_signed_anew_with_the_settings_of_its_time(play, connect, put):
    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.use(replace(connect(put), settings={"token": "new"}))
        await scene.settle()
        return [one.header("authorization") for one in scene.sent]

    assert play(story, connect(put), script=[503]) == ["Bearer s3cret", "Bearer new"]


def test_a_replay_maps_anew(play, connect, put):
    async def story(scene):
        await scene.arrive("ann")
        await scene.settle()
        await scene.use(connect(remapped(put, n=99)))
        (dead,) = await scene.found()
        await scene.store.queue.replay([Replay(dead.event, (NewDelivery("desk", "put"),))])
        await scene.settle()
        return scene.bodies()

    assert play(story, connect(put), script=[400]) == [
        {"id": "ann", "n": 1},
        {"id": "ann", "n": 99},
    ]


def test_a_first_try_that_dies_with_its_process_maps_anew_under_the_same_key(
    play, connect, declare
):
    keyed = declare(
        lambda payload, context: Request.put(
            "/put", json=payload, headers={"Idempotency-Key": context.idempotency_key}
        )
    )

    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        await scene.restart(connect(remapped(keyed, n=99)), kill=True)
        await scene.settle()
        return [(one.json["n"], one.header("idempotency-key")) for one in scene.sent]

    (first, key), (second, same) = play(story, connect(keyed), script=[60.0])
    assert (first, second) == (1, 99)
    assert key == same


@pytest.fixture
def steps(declare):
    """A generator of two requests: look, then put what it found."""

    def look_and_put(payload):
        found = yield Request.get("/look", params={"id": payload["id"]})
        yield Request.put("/put", json={**payload, "found": found.json()["found"]})

    return declare(look_and_put)


FOUND = Response(200, {}, b'{"found":7}')


def urls(scene):
    return [one.url.removeprefix("https://desk.test").partition("?")[0] for one in scene.sent]


def test_the_answer_to_a_step_is_stored_before_the_next_step_is_made(play, connect, steps):
    stored = []

    async def story(scene):
        def second(_):
            (delivery,) = scene.store._data.deliveries.values()
            stored.extend(delivery.steps)
            return 200

        scene.script.extend([FOUND, second])
        await scene.arrive("ann")
        await scene.settle()

    play(story, connect(steps))
    assert [one.response for one in stored] == [FOUND]


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "stopped"])
def test_after_a_restart_a_generator_is_fed_the_answers_it_has_had(play, connect, steps, kill):
    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        await scene.restart(kill=kill)
        await scene.settle()
        return urls(scene), scene.bodies()[-1]["found"]

    assert play(story, connect(steps), script=[FOUND, 60.0]) == (["/look", "/put", "/put"], 7)


def test_a_generator_goes_on_with_its_payload_though_the_mapping_has_changed(play, connect, steps):
    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.use(connect(remapped(steps, id="other", n=99)))
        await scene.settle()
        return await scene.codes(), scene.bodies()[-1]

    codes, last = play(story, connect(steps), script=[FOUND, 503, 200])
    assert codes == [("delivered", "OK")]
    assert last == {"id": "ann", "n": 1, "found": 7}


def test_a_generator_that_asks_for_something_else_the_second_time_is_a_dead_letter(
    play, connect, declare
):
    asked = []

    def moody(payload):
        asked.append(payload)
        yield Request.get("/look", params={"time": len(asked)})
        yield Request.put("/put", json=payload)

    async def story(scene):
        await scene.arrive("ann")
        await scene.settle()
        return await scene.codes()

    script = [FOUND, 503]
    assert play(story, connect(declare(moody)), script=script) == [
        ("dead", "NONDETERMINISTIC_PERFORM")
    ]


def test_each_step_takes_a_token(play, connect, steps):
    async def story(scene):
        await scene.arrive("ann", "bob")
        await scene.settle()
        return [later - scene.times[0] for later in scene.times]

    paced = connect(steps, rate_limit=RateLimit(1))
    moments = play(story, paced, script=[FOUND] * 4)
    assert moments == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=1e-6)


def test_an_async_action_is_given_the_same_payload_again(play, connect, declare):
    given = []

    async def call(payload):
        given.append(payload)
        if len(given) == 1:
            raise RetryableError("busy")

    action = declare(call)

    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.use(connect(remapped(action, n=99)))
        await scene.settle()

    play(story, connect(action))
    assert given == [{"id": "ann", "n": 1}] * 2


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (TimedOutError("t"), ("delivered", "ALREADY_DELIVERED")),
        (500, ("delivered", "ALREADY_DELIVERED")),
        (429, ("dead", "CONFLICT")),
        (409, ("dead", "CONFLICT")),
    ],
    ids=["timeout", "5xx", "429", "none"],
)
def test_a_conflict_counts_as_delivered_only_if_an_earlier_try_may_have_got_through(
    play, connect, declare, before, expected
):
    keyed = declare(lambda payload: Request.put("/put", headers={"Idempotency-Key": "k"}))

    async def story(scene):
        await scene.arrive("ann")
        await scene.settle()
        return await scene.codes()

    assert play(story, connect(keyed), script=[before, 409]) == [expected]


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "stopped"])
def test_a_conflict_after_a_restart_counts_as_delivered(play, connect, declare, kill):
    keyed = declare(lambda payload: Request.put("/put", headers={"Idempotency-Key": "k"}))

    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        await scene.restart(kill=kill)
        await scene.settle()
        return await scene.codes()

    codes = play(story, connect(keyed), script=[60.0, 409])
    assert codes == [("delivered", "ALREADY_DELIVERED")]


def test_a_conflict_without_our_key_is_never_a_success(play, connect, put):
    async def story(scene):
        await scene.arrive("ann")
        await scene.settle()
        return await scene.codes()

    assert play(story, connect(put), script=[500, 409]) == [("dead", "CONFLICT")]
