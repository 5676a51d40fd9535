"""Delivery in process: attempts, order, pacing, holds; time is told, not waited for."""

import asyncio

import httpx
import pytest

from segue import RefusedError, Request, Response, RetryableError
from segue.delivery import Courier, SystemClock
from segue.dispatch import Delivery
from segue.errors import TimedOutError, UnreachableError
from segue.outcome import Delivered, Discarded, Held
from segue.pacing import RateLimit
from segue.retry import RetryPolicy
from segue.senders import Signed


def event(user="u1", number=1):
    return {
        "type": "track",
        "event": "E",
        "userId": user,
        "messageId": f"m{number}",
        "properties": {"n": number},
    }


@pytest.fixture
def run(clock):
    """``run(connection, vendor, *events)`` delivers and gives what was settled."""

    def run(connection, vendor, *events, **options):
        done = []

        async def go():
            courier = Courier(
                vendor, settled=done.append, clock=clock, chance=lambda: 1.0, **options
            )
            for one in events or [event()]:
                await courier.submit(Delivery(one, "web", connection, connection.mappings[0]))
            await courier.finish()

        asyncio.run(go())
        return done

    return run


def outcomes(settled):
    return [type(one.outcome) for one in settled]


def test_a_request_is_signed_when_it_is_sent_and_never_kept_signed(run, connect, put, vendor):
    there = vendor()
    (settled,) = run(connect(put), there)
    assert there.requests[0].header("authorization") == "Bearer s3cret"
    assert settled.attempts[0].request.header("authorization") is None
    assert settled.outcome == Delivered(200)


def test_what_may_pass_is_tried_again_with_backoff(run, connect, put, vendor, clock):
    (settled,) = run(connect(put), vendor(500, TimedOutError("t"), 503))
    assert settled.outcome == Delivered(200)
    assert len(settled.attempts) == 4
    assert clock.slept == [1.0, 2.0, 4.0]


def test_the_same_request_goes_out_again(run, connect, put, vendor):
    there = vendor(500, 500)
    run(connect(put), there)
    assert len({(one.url, one.content()) for one in there.requests}) == 1


def test_what_will_not_pass_is_tried_once(run, connect, put, vendor):
    there = vendor(400)
    (settled,) = run(connect(put), there)
    assert isinstance(settled.outcome, Discarded)
    assert len(there.requests) == 1


def test_a_delivery_is_given_up_at_the_end_of_its_window(run, connect, put, vendor):
    there = vendor(*[503] * 50)
    (settled,) = run(connect(put), there, retry=RetryPolicy(window=10))
    assert settled.outcome.code == "SERVICE_UNAVAILABLE"
    assert "gave up after 4 attempts" in settled.outcome.why


def test_a_hundred_days_of_backoff_take_no_time(run, connect, put, vendor):
    there = vendor(*[UnreachableError("refused")] * 8000)
    (settled,) = run(connect(put), there, retry=RetryPolicy(window=100 * 86400))
    assert len(settled.attempts) > 7000


def test_events_of_one_person_go_out_in_order_though_one_is_retried(run, connect, put, vendor):
    there = vendor(500, 500)
    run(connect(put), there, *[event(number=n) for n in range(1, 6)])
    assert [one.json["n"] for one in there.requests] == [1, 1, 1, 2, 3, 4, 5]


def test_a_failing_person_delays_no_other(connect, put, clock):
    both, sent = asyncio.Event(), []

    class Stuck:
        async def send(self, request):
            if request.json["id"] == "stuck":
                await both.wait()
            sent.append(request.json["id"])
            if len(sent) == 2:
                both.set()
            return Response(200)

    async def go():
        connection = connect(put)
        courier = Courier(Stuck(), settled=lambda _: None, clock=clock)
        for user in ("stuck", "a", "b"):
            await courier.submit(Delivery(event(user), "web", connection, connection.mappings[0]))
        await courier.finish()

    asyncio.run(go())
    assert sent == ["a", "b", "stuck"]


def test_a_connection_is_paced_at_its_rate_limit(run, connect, put, vendor, clock):
    run(connect(put, rate_limit=RateLimit(10)), vendor(), *[event(f"u{n}") for n in range(11)])
    assert clock.now() == pytest.approx(1.0)


def test_two_connections_with_one_credential_share_one_rate_limit(connect, put, clock, vendor):
    async def go():
        courier = Courier(vendor(), settled=lambda _: None, clock=clock)
        for number in range(11):
            connection = connect(put, name=f"c{number % 2}", rate_limit=RateLimit(10))
            delivery = Delivery(event(f"u{number}"), "web", connection, connection.mappings[0])
            await courier.submit(delivery)
        await courier.finish()

    asyncio.run(go())
    assert clock.now() == pytest.approx(1.0)


def test_too_many_requests_pauses_the_whole_connection(run, connect, put, vendor, clock):
    there = vendor(Response(429, {"retry-after": "30"}))
    settled = run(connect(put), there, event("a"), event("b"))
    assert outcomes(settled) == [Delivered, Delivered]
    assert clock.now() >= 30


def test_bad_credentials_hold_the_connection(run, connect, put, vendor):
    there = vendor(401, 401)
    settled = run(connect(put), there, event("a"), event("b"))
    assert outcomes(settled) == [Held, Held]
    assert [one.url for one in there.requests].count("https://desk.test/me") == 1


def test_a_refusal_with_good_credentials_is_this_deliverys_own(run, connect, put, vendor):
    there = vendor(403, 200)
    settled = run(connect(put), there, event("a", 1), event("a", 2))
    assert outcomes(settled) == [Discarded, Delivered]


@pytest.fixture
def polite(declare, desk):
    """An action of a vendor that says no with 200, and its credential test, which knows."""

    def outcome(answer):
        return Held("told so", "UNAUTHORIZED") if answer.json() == {"ok": False} else None

    @desk.test
    def test():
        return outcome((yield Request.get("/me")))

    def put(payload):
        return outcome((yield Request.put("/people")))

    return declare(put)


NO = Response(200, body=b'{"ok": false}')


def test_a_refusal_that_comes_with_200_holds_the_connection(run, connect, polite, vendor):
    there = vendor(NO, NO)
    settled = run(connect(polite), there, event("a"), event("b"))
    assert outcomes(settled) == [Held, Held]
    assert settled[0].outcome.why == (
        'credentials are invalid: told so; that is connection "desk" at desk.test: put its token right, '
        "in the workspace or in the variable or secret it is read from; what waits then goes on"
    )
    assert [one.url for one in there.requests].count("https://desk.test/me") == 1


def test_a_refusal_that_comes_with_200_is_this_deliverys_own_if_the_credentials_are_good(
    run, connect, polite, vendor
):
    settled = run(connect(polite), vendor(NO, 200), event("a", 1), event("a", 2))
    assert outcomes(settled) == [Discarded, Delivered]


def test_a_credential_test_that_fails_proves_nothing(run, connect, desk, put, vendor):
    @desk.test
    def test():
        yield Request.get("/me")
        raise KeyError("user")

    (settled,) = run(connect(put), vendor(401))
    assert (settled.outcome, len(settled.attempts)) == (Delivered(200), 2)


def test_a_secret_in_an_error_or_an_answer_is_not_part_of_the_outcome(
    run, connect, declare, desk, put, vendor
):
    echo = Response(400, body=b'{"message":"no such key: s3cret"}')
    (refused,) = run(connect(put), vendor(echo))
    assert refused.outcome.why == "400 no such key: [redacted]"
    assert refused.attempts[0].outcome == refused.outcome
    quotes = declare(lambda settings: settings["token"] + 1, "quotes")
    desk.authenticate(lambda request, settings: request.with_headers({settings: "x"}))
    (failed,) = run(connect(put), vendor())
    assert "s3cret" not in failed.outcome.why
    assert "s3cret" not in run(connect(quotes), vendor())[0].outcome.why


def test_a_conflict_after_a_timeout_is_delivered(run, connect, declare, vendor):
    keyed = declare(
        lambda payload, context: Request.post(
            "/p", headers={"Idempotency-Key": context.idempotency_key}
        )
    )
    (settled,) = run(connect(keyed), vendor(TimedOutError("t"), 409))
    assert settled.outcome.code == "ALREADY_DELIVERED"


def test_a_generator_is_fed_answers_and_a_retry_repeats_only_what_failed(
    run, connect, declare, vendor
):
    def steps(payload):
        found = yield Request.get("/find")
        yield Request.post("/use", json=found.json())

    there = vendor(Response(200, body=b'{"x":1}'), 500, 200)
    (settled,) = run(connect(declare(steps)), there)
    assert settled.outcome == Delivered(200)
    assert [one.url.rpartition("/")[2] for one in there.requests] == ["find", "use", "use"]
    assert there.requests[2].json == {"x": 1}


def test_a_generator_may_decide_by_itself(run, connect, declare, vendor):
    def refuses(payload):
        answer = yield Request.get("/find", accept={404})
        if answer.status == 404:
            raise RefusedError("no such list")

    (refused,) = run(connect(declare(refuses)), vendor(404))
    assert refused.outcome == Discarded("no such list", "MESSAGE_REJECTED")


def test_a_generator_that_asks_for_another_attempt_asks_its_last_question_again(
    run, connect, declare, vendor, clock
):
    def polls(payload):
        yield Request.post("/start")
        answer = yield Request.get("/status")
        if not answer.json():
            raise RetryableError("not ready", after=3)

    there = vendor(200, Response(200, body=b"null"), 200)
    (settled,) = run(connect(declare(polls)), there)
    assert settled.outcome == Delivered(200)
    assert [one.url.rpartition("/")[2] for one in there.requests] == ["start", "status", "status"]
    assert clock.slept == [3]


def test_an_action_that_raises_discards_only_its_delivery(run, connect, declare, vendor):
    def fails_later(payload):
        yield Request.get("/find")
        raise KeyError("oops")

    (settled,) = run(connect(declare(fails_later)), vendor())
    assert settled.outcome.code == "INTERNAL"
    assert settled.outcome.why.startswith("desk.put failed: KeyError: 'oops' (test_delivery.py:")


def test_an_async_action_gets_a_client_that_signs(run, connect, declare, vendor):
    seen = []

    async def upload(payload, client):
        (await client.put("/profile", json=payload)).raise_for_status()

    def client(connection):
        def handle(request):
            seen.append((str(request.url), request.headers["authorization"]))
            return httpx.Response(200)

        transport = httpx.MockTransport(handle)
        return httpx.AsyncClient(
            base_url=connection.base, auth=Signed(connection), transport=transport
        )

    (settled,) = run(connect(declare(upload)), vendor(), client=client)
    assert settled.outcome == Delivered()
    assert seen == [("https://desk.test/profile", "Bearer s3cret")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(httpx.Response(400), "BAD_REQUEST"), (httpx.ConnectError("no route"), "UNREACHABLE")],
    ids=["status", "network"],
)
def test_an_async_actions_errors_are_judged_like_any_other(
    run, connect, declare, vendor, answer, expected
):
    async def upload(payload, client):
        (await client.put("/profile")).raise_for_status()

    def handle(request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(connection):
        return httpx.AsyncClient(base_url=connection.base, transport=httpx.MockTransport(handle))

    (settled,) = run(connect(declare(upload)), vendor(), client=client, retry=RetryPolicy(window=0))
    assert settled.outcome.code == expected


def test_the_clock_goes_on_where_the_machines_is_set_back_and_follows_when_it_is_ahead():
    wall, steady = [1000.0], [5.0]
    clock = SystemClock(lambda: wall[0], lambda: steady[0])
    told = []
    for set_to, passed in [(1000.0, 0), (1001.0, 1), (400.0, 1), (401.0, 1), (9000.0, 1)]:
        wall[0], steady[0] = set_to, steady[0] + passed
        told.append(clock.now())
    assert told == [1000.0, 1001.0, 1002.0, 1003.0, 9000.0]
