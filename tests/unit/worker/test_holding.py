"""What cannot be delivered now waits with its reason, and goes on when the reason is gone."""

from dataclasses import replace

import pytest

from segue import Destination, Request, action
from segue.pacing import RateLimit
from segue.store import Query
from segue.workspace.model import ActionMapping


def mapped(action, **changes):
    return replace(ActionMapping.of(action), **{"name": "put", **changes})


@pytest.mark.parametrize(
    ("mappings", "code"),
    [
        ((), "MAPPING_GONE"),
        ((("name", "renamed"),), "MAPPING_GONE"),
        ((("enabled", False),), "MAPPING_DISABLED"),
    ],
    ids=["gone", "renamed", "switched off"],
)
def test_a_delivery_whose_mapping_cannot_be_used_waits_until_it_can(
    play, connect, put, mappings, code
):
    without = connect(*([mapped(put, **dict(mappings))] if mappings else []))

    async def story(scene):
        await scene.use(without)
        await scene.arrive("ann")
        await scene.clock.sleep(90.0)
        held = await scene.codes()
        assert scene.sent == []
        await scene.use(connect(put))
        await scene.settle(hours=0.01)
        return held, await scene.codes()

    assert play(story, connect(put)) == ([("held", code)], [("delivered", "OK")])


def test_a_retry_waits_too_when_its_mapping_goes_and_sends_the_same_when_it_is_back(
    play, connect, put
):
    async def story(scene):
        await scene.arrive("ann")
        await scene.clock.sleep(0.1)
        await scene.use(connect())
        await scene.clock.sleep(90.0)
        held = await scene.codes()
        await scene.use(connect(put))
        await scene.settle(hours=0.01)
        return held, scene.bodies()

    held, bodies = play(story, connect(put), script=[503])
    assert held == [("held", "MAPPING_GONE")]
    assert bodies == [{"id": "ann", "n": 1}] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [("gone", "CONNECTION_GONE"), ("off", "CONNECTION_DISABLED")],
)
def test_deliveries_of_a_connection_that_cannot_be_used_wait_until_it_can(
    play, connect, put, change, code
):
    async def story(scene):
        await scene.use(*([] if change == "gone" else [connect(put, enabled=False)]))
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        held = await scene.codes()
        await scene.use(connect(put))
        await scene.settle(hours=0.01)
        return held, await scene.codes()

    assert play(story, connect(put)) == ([("held", code)], [("delivered", "OK")])


def me_or(status, test):
    """Answers the credential test with one status, everything else with another."""
    return lambda request: test if request.url.endswith("/me") else status


def test_credentials_that_fail_their_test_hold_the_connection_until_the_settings_are_others(
    play, connect, put
):
    async def story(scene):
        scene.script.extend([me_or(401, 401)] * 6)
        await scene.arrive("ann", "bob", "cyd")
        await scene.clock.sleep(10.0)
        held, asked = await scene.codes(), len(scene.sent)
        await scene.use(connect(put))
        await scene.clock.sleep(100.0)
        assert len(scene.sent) == asked
        scene.script.clear()
        await scene.use(replace(connect(put), settings={"token": "new"}))
        await scene.settle(hours=0.01)
        return held, await scene.codes()

    held, codes = play(story, connect(put))
    assert held == [("held", "UNAUTHORIZED")] * 3
    assert codes == [("delivered", "OK")] * 3


def test_the_log_says_how_many_go_on_with_other_settings(play, connect, put, caplog):
    async def story(scene):
        scene.script.extend([me_or(401, 401)] * 6)
        await scene.arrive("ann", "bob", "cyd")
        await scene.clock.sleep(10.0)
        scene.script.clear()
        await scene.use(replace(connect(put), settings={"token": "new"}))

    caplog.set_level("INFO", "segue.worker")
    play(story, connect(put))
    assert "desk goes on: 3 deliveries" in caplog.text


def test_a_hold_outlasts_a_restart_with_the_same_settings_but_not_with_others(play, connect, put):
    async def story(scene):
        scene.script.extend([me_or(401, 401)] * 6)
        await scene.arrive("ann")
        await scene.clock.sleep(10.0)
        scene.script.clear()
        await scene.restart()
        await scene.clock.sleep(100.0)
        held = await scene.codes()
        await scene.restart(replace(connect(put), settings={"token": "new"}))
        await scene.settle(hours=0.01)
        return held, await scene.codes()

    assert play(story, connect(put)) == ([("held", "UNAUTHORIZED")], [("delivered", "OK")])


def test_a_hold_that_somebody_placed_is_not_lifted_by_other_settings(play, connect, put):
    async def story(scene):
        await scene.store.queue.hold("desk", "PAUSED", "by hand")
        await scene.arrive("ann")
        await scene.use(replace(connect(put), settings={"token": "new"}))
        await scene.clock.sleep(100.0)
        held = await scene.codes()
        await scene.store.queue.resume("desk")
        await scene.settle(hours=0.01)
        return held, await scene.codes()

    assert play(story, connect(put)) == ([("held", "PAUSED")], [("delivered", "OK")])


@pytest.mark.parametrize("status", [401, 403])
def test_with_good_credentials_only_what_was_refused_is_a_dead_letter(play, connect, put, status):
    async def story(scene):
        scene.script.append(me_or(status, 200))
        await scene.arrive("ann", "bob")
        await scene.settle()
        tests = [one for one in scene.sent if one.url.endswith("/me")]
        return [state for state, _ in await scene.codes()], len(tests)

    assert play(story, connect(put, concurrency=1)) == (["dead", "delivered"], 1)


def test_a_credential_test_without_an_answer_leaves_the_delivery_to_another_try(
    play, connect, declare
):
    keyed = declare(lambda payload: Request.put("/put", headers={"Idempotency-Key": "k"}))

    async def story(scene):
        scene.script.extend([401, 503, 409])
        await scene.arrive("ann")
        await scene.settle()
        return await scene.codes()

    assert play(story, connect(keyed)) == [("dead", "CONFLICT")]


@pytest.fixture
def untested(desk):
    """A destination like the desk, without a credential test."""
    bare = Destination("bare", title="Bare", url="https://bare.test", settings=desk.settings)
    bare.authenticate(lambda request, settings: request.with_bearer(settings["token"]))
    return bare


@pytest.fixture
def plain(untested, put, connect):
    """``plain()`` is a connection to it, with one place so that requests go one by one."""
    made = action(untested, "put", trigger=put.trigger, fields=put.fields)(put.perform)
    return lambda: replace(connect(made, concurrency=1), destination=untested)


@pytest.mark.parametrize(
    ("script", "users", "codes"),
    [
        ([401] * 9, ["a", "b"], ["held UNAUTHORIZED"] * 2),
        ([403] * 4, list("abcd"), ["dead FORBIDDEN"] * 4),
        ([403] * 5, list("abcde"), ["dead FORBIDDEN"] * 4 + ["held FORBIDDEN"]),
        ([403] * 6, list("aaaaaa"), ["dead FORBIDDEN"] * 6),
        ([403] * 4 + [200] + [403] * 4, list("abcdefghi"), None),
    ],
    ids=["401 at once", "four 403", "five 403", "of one user", "not in a row"],
)
def test_without_a_test_401_is_believed_and_403_after_five_users_in_a_row(
    play, plain, script, users, codes
):
    async def story(scene):
        await scene.arrive(*users)
        await scene.clock.sleep(30.0)
        return [" ".join(one) for one in await scene.codes()]

    one_other = ["dead FORBIDDEN"] * 4 + ["delivered OK"] + ["dead FORBIDDEN"] * 4
    assert play(story, plain(), script=script) == (codes or one_other)


def test_what_was_refused_with_settings_of_before_is_tried_with_those_of_now(play, plain):
    async def story(scene):
        scene.script.append((5.0, 401))
        await scene.arrive("ann")
        await scene.clock.sleep(1.0)
        await scene.use(replace(plain(), settings={"token": "new"}))
        await scene.settle(hours=0.1)
        holds = await scene.store.queue.holds()
        return holds, await scene.codes(), [one.header("authorization") for one in scene.sent]

    holds, codes, tokens = play(story, plain())
    assert (dict(holds), codes) == ({}, [("delivered", "OK")])
    assert tokens == ["Bearer s3cret", "Bearer new"]


def test_a_hold_by_hand_stops_what_stands_in_line_but_not_what_is_under_way(play, connect, put):
    async def story(scene):
        scene.script.extend([30.0] * 2)
        await scene.arrive(*"abcdef")
        await scene.clock.sleep(1.0)
        await scene.store.queue.hold("desk", "PAUSED", "by hand")
        await scene.clock.sleep(100.0)
        codes, sent = await scene.codes(), len(scene.sent)
        await scene.store.queue.resume("desk")
        await scene.settle(hours=0.01)
        return codes, sent, len(scene.sent)

    codes, sent, all_sent = play(story, connect(put, concurrency=2))
    assert codes == [("delivered", "OK")] * 2 + [("held", "PAUSED")] * 4
    assert (sent, all_sent) == (2, 6)


def test_a_hold_by_hand_stops_what_waits_for_a_token(play, connect, put):
    async def story(scene):
        await scene.arrive(*"abcdef")
        await scene.clock.sleep(0.5)
        await scene.store.queue.hold("desk", "PAUSED", "by hand")
        await scene.clock.sleep(100.0)
        page = await scene.store.history.search(Query())
        return len(scene.sent), {one.attempts for one in page.items}

    assert play(story, connect(put, rate_limit=RateLimit(1))) == (1, {0, 1})
