"""A week of retries in seconds: how long a delivery is tried, and which time counts."""

from dataclasses import replace

import pytest

from segue import Response
from segue.pacing import RateLimit
from segue.retry import RetryPolicy


HOUR, DAY = 3600.0, 86_400.0


def down_until(scene, end, status=503):
    """A destination that is down until then, for whoever asks."""
    began = scene.clock.now()

    class Script:
        def __bool__(self):
            return True

        def popleft(self):
            return status if scene.clock.now() - began < end else 200

    scene.script = Script()


def down_for(scene, user, end, status=503):
    """A destination that is well, but has nothing good for one user until then."""
    began = scene.clock.now()

    class Script:
        def __bool__(self):
            return True

        def popleft(self):
            return lambda request: (
                status if request.json["id"] == user and scene.clock.now() - began < end else 200
            )

    scene.script = Script()


@pytest.mark.parametrize(
    ("days", "options"),
    [(1, {}), (7, {"retry": RetryPolicy(window=2 * DAY)})],
    ids=["a day", "a week, with a longer window"],
)
def test_an_outage_costs_no_delivery_its_window(play, connect, put, days, options):
    """Behind the open breaker nothing is tried but a probe every few minutes, each by another."""

    async def story(scene):
        down_until(scene, days * DAY)
        await scene.arrive(*[f"u{n}" for n in range(20)])
        began = scene.clock.now()
        await scene.settle(hours=(days + 1) * 24)
        return await scene.codes(), len(scene.sent), scene.clock.now() - began

    codes, sent, seconds = play(story, connect(put, **options))
    assert set(codes) == {("delivered", "OK")}
    assert days * DAY < seconds < days * DAY + HOUR
    assert sent < days * DAY / 150 + 200


def test_a_delivery_that_fails_alone_is_given_up_after_four_hours(play, connect, put):
    async def story(scene):
        down_for(scene, "ann", 7 * DAY)
        await scene.arrive("ann")
        for _ in range(50):  # others keep the breaker closed
            await scene.clock.sleep(300.0)
            await scene.arrive("bob")
        await scene.settle()
        ann, *_ = await scene.found()
        return ann.code, ann.why, ann.ended_at - ann.queued_at, ann.attempts

    code, why, seconds, attempts = play(story, connect(put))
    assert code == "SERVICE_UNAVAILABLE"
    assert why.startswith(f"gave up after {attempts} attempts: 503")
    assert 4 * HOUR - 1200 <= seconds <= 4 * HOUR
    assert attempts > 20


def test_a_connection_may_give_its_deliveries_a_week(play, connect, put):
    async def story(scene):
        down_for(scene, "ann", 5 * DAY)
        await scene.arrive("ann")
        await scene.settle(hours=8 * 24)
        return await scene.codes()

    patient = connect(put, retry=RetryPolicy(window=7 * DAY))
    assert play(story, patient) == [("delivered", "OK")]


def test_one_attempt_is_one_attempt(play, connect, put):
    async def story(scene):
        await scene.arrive("ann")
        await scene.settle()
        (found,) = await scene.found()
        return found.why

    once = connect(put, retry=RetryPolicy(window=0.0))
    assert play(story, once, script=[503]).startswith("gave up after 1 attempt: 503")


def test_the_window_begins_with_a_deliverys_own_first_attempt(play, connect, put):
    """The second event of a user waits for the first in its lane, and has its own four hours then."""

    async def story(scene):
        down_for(scene, "ann", 7 * DAY)
        await scene.arrive("ann", "ann")
        await scene.settle(hours=48)
        first, second = await scene.found()
        return second.ended_at - first.ended_at, {first.code, second.code}

    seconds, codes = play(story, connect(put))
    assert codes == {"SERVICE_UNAVAILABLE"}
    assert seconds >= 4 * HOUR - 1200


def test_the_time_after_a_429_does_not_count(play, connect, put):
    async def story(scene):
        busy = Response(429, {"retry-after": str(int(DAY / 2))})
        scene.script.extend([503, busy, busy, 503])
        await scene.arrive("ann")
        began = scene.clock.now()
        await scene.settle(hours=48)
        return await scene.codes(), scene.clock.now() - began

    codes, seconds = play(story, connect(put))
    assert codes == [("delivered", "OK")]
    assert seconds >= DAY


def test_the_time_of_a_hold_does_not_count(play, connect, put):
    async def story(scene):
        scene.script.extend([503, 503])
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.store.queue.hold("desk", "PAUSED", "by hand")
        await scene.clock.sleep(3 * DAY)
        await scene.store.queue.resume("desk")
        await scene.settle(hours=1)
        return await scene.codes()

    assert play(story, connect(put)) == [("delivered", "OK")]


def test_the_time_between_two_processes_does_not_count(play, connect, put):
    async def story(scene):
        scene.script.extend([503, 503])
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.process.stop()
        await scene.clock.sleep(3 * DAY)
        await scene.start()
        await scene.settle(hours=1)
        return await scene.codes()

    assert play(story, connect(put)) == [("delivered", "OK")]


def test_the_time_for_pace_does_not_count(play, connect, put):
    """One token in an hour: the last of ten first tries waits for nine hours, then is retried."""

    async def story(scene):
        down_for(scene, "u9", 9.5 * HOUR)
        await scene.arrive(*[f"u{n}" for n in range(10)])
        await scene.settle(hours=48)
        return set(await scene.codes())

    slow = connect(put, rate_limit=RateLimit(1, HOUR))
    assert play(story, slow) == {("delivered", "OK")}


@pytest.mark.parametrize("wait", ["9" * 400, "99999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_can_put_a_delivery_off_for_more_than_a_day(play, connect, put, wait):
    async def story(scene):
        scene.script.append(Response(429, {"retry-after": wait}))
        await scene.arrive("ann")
        began = scene.clock.now()
        await scene.settle(hours=48)
        return scene.clock.now() - began

    patient = replace(connect(put), retry=RetryPolicy(window=7 * DAY))
    assert DAY <= play(story, patient) <= DAY + 900
