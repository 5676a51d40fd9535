"""The Loops sandbox: rate limit, faults on demand, and requests that are never answered."""

import asyncio
import socket
import threading
from collections import Counter

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import ConfigError
from segue_actions.loops.sandbox import DEMO_KEY, create_app
from segue_actions.loops.sandbox.faults import Fault, parse
from segue_actions.loops.sandbox.rate import Allowance


EVENT = {"email": "a@x.io", "eventName": "e"}


def faults_of(text, draws=10_000):
    faults = parse(text)
    return Counter(faults.at((number + 0.5) / draws) for number in range(draws))


def test_half_of_the_5xx_and_all_timeouts_strike_after_the_effect():
    counts = faults_of("5xx=0.8,timeout=0.1,429=0.05")
    assert counts == {
        **{Fault(status, late): 1000 for status in (500, 502, 503, 504) for late in (False, True)},
        Fault(None, after=True): 1000,
        Fault(429, after=False): 500,
        None: 500,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("503=1:before", {Fault(503, after=False): 100}),
        ("503=1:after", {Fault(503, after=True): 100}),
        (
            " timeout = .5 : before , 429 = 0.5 ",
            {Fault(None, after=False): 50, Fault(429, after=False): 50},
        ),
        ("5xx=0, 429", {None: 100}),
        ("", {None: 100}),
        (None, {None: 100}),
    ],
)
def test_a_fault_text_says_what_strikes_and_when(text, expected):
    assert faults_of(text, 100) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5x=0.1", '"5x" is none of 5xx, 500, 502, 503, 504, timeout, 429; did you mean "5xx"?'),
        ("timeouts=0.1", 'did you mean "timeout"?'),
        ("5xx", '"5xx" has no share; write for instance "5xx=0.1"'),
        ("5xx=10", 'a share is a number from 0 to 1; did you mean "5xx=0.1"?'),
        ("5xx=10%", 'a share is a number from 0 to 1; did you mean "5xx=0.1"?'),
        ("5xx=", "a share is a number from 0 to 1"),
        ("5xx=1e-1", "a share is a number from 0 to 1"),
        ("5xx=-1", "a share is a number from 0 to 1"),
        ("5xx=0.1:afer", '"afer" is neither before nor after; did you mean "after"?'),
        ("429=0.1:after", "a 429 refuses a request before it has any effect"),
        ("500=0.1,500=0.2", '"500" is given more than once'),
        ("5xx=0.9,timeout=0.2", "the shares add up to 1.1, over 1"),
    ],
)
def test_a_fault_text_that_is_wrong_says_how(text, message):
    with pytest.raises(ConfigError) as caught:
        create_app(faults=text)
    assert message in str(caught.value)


def test_every_problem_of_a_fault_text_is_reported():
    with pytest.raises(ConfigError) as caught:
        parse("5x=2,timeout:soon")
    assert len(caught.value.problems) == 4


def test_asking_for_a_rate_limit_where_there_is_none_is_an_error():
    with pytest.raises(ConfigError, match='"429" asks for the rate limit'):
        create_app(faults="429", rate=0)


@given(
    st.text()
    | st.lists(st.sampled_from(["5xx", "429", "=", "0.1", ":", "after", ",", " "])).map("".join)
)
def test_any_fault_text_parses_or_is_refused_for_a_reason(text):
    try:
        parse(text).at(0.5)
    except ConfigError as error:
        assert error.problems  # noqa: PT017 it may as well parse


@given(st.lists(st.floats(0, 3), min_size=1), st.integers(1, 50))
def test_never_more_than_a_bucket_and_its_inflow_is_allowed(waits, limit):
    allowance, now, taken = Allowance(limit), 0.0, 0
    for wait in waits:
        now += wait
        while allowance.take(now):
            taken += 1
    assert taken <= limit + limit * now + 1e-6


def test_the_rate_limit_is_told_in_headers_and_refuses_with_429(loops):
    sandbox = loops(rate=3)
    answers = [sandbox.send("GET", "/lists") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert {one.headers["x-ratelimit-limit"] for one in answers} == {"3"}
    assert answers[-1].json() == {"success": False, "message": "Too many requests."}
    assert "retry-after" not in answers[-1].headers


def test_a_steady_pace_at_the_limit_is_never_refused(loops):
    sandbox = loops(rate=10)
    statuses = set()
    for number in range(50):
        sandbox.clock.now += 0.1 + (0.02 if number % 2 else -0.02)
        statuses.add(sandbox.send("GET", "/lists").status_code)
    assert statuses == {200}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/lists", 405), ("GET", "/lists", 401)],
)
def test_refusals_carry_the_rate_limit_headers_and_cost_nothing(loops, method, path, status):
    sandbox = loops(rate=3)
    response = sandbox.send(method, path, api_key="wrong")
    assert (response.status_code, response.headers["x-ratelimit-remaining"]) == (status, "3")


@pytest.mark.parametrize(("when", "receipts"), [("before", 0), ("after", 1)])
def test_a_5xx_strikes_before_or_after_the_effect(loops, when, receipts):
    sandbox = loops(faults=f"500=1:{when}")
    response = sandbox.event(key="k", **EVENT)
    assert response.status_code == 500
    assert response.headers["x-sandbox-fault"] == f"500 {when} effect"
    assert len(sandbox.team.receipts) == receipts
    assert sandbox.last.effect == (200 if receipts else None)


@pytest.mark.parametrize("status", [502, 504])
def test_gateways_fail_in_html(loops, status):
    response = loops(faults=f"{status}=1").send("GET", "/lists")
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("faults", "burn", "spent"),
    [
        ("500=1:before", False, 0),
        ("500=1:before", True, 1),
        ("429=1", True, 0),
        ("500=1:after", False, 1),
    ],
)
def test_a_fault_spends_the_key_when_the_event_was_received_or_failures_burn(
    loops, faults, burn, spent
):
    sandbox = loops(faults=faults, burn=burn)
    sandbox.event(key="k", **EVENT)
    assert len(sandbox.team.ledger) == spent


def test_the_same_seed_brings_the_same_faults(loops):
    runs = [
        [one.send("GET", "/lists").status_code for _ in range(30)]
        for one in (loops(faults="5xx=0.5", seed=7), loops(faults="5xx=0.5", seed=7))
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 1


def test_pages_never_fail_on_demand(loops):
    assert loops(faults="500=1").browse("/audience").status_code == 200


def test_a_timeout_applies_the_event_and_answers_when_patience_ends(loops):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    sandbox = loops(faults="timeout=1", hang=7, sleep=sleep)
    response = sandbox.event(**EVENT)
    assert (response.status_code, slept, len(sandbox.team.receipts)) == (504, [7], 1)
    assert sandbox.last.silent


async def never(seconds):
    await asyncio.Event().wait()


def ask(app, receive):
    """One request for the lists, as a server would hand it to the application."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {DEMO_KEY}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/api/v1/lists", "headers": headers}
    scope |= {"query_string": b"", "root_path": ""}
    return sent, app(scope, receive, send)


def test_a_hanging_request_ends_when_its_client_leaves():
    async def leave():
        return {"type": "http.disconnect"}

    async def run():
        sent, request = ask(create_app(faults="timeout=1", sleep=never), leave)
        await asyncio.wait_for(request, 5)
        return sent

    assert asyncio.run(run()) == []


def test_releasing_ends_every_hanging_request_and_those_to_come():
    async def run():
        app = create_app(faults="timeout=1", sleep=never)
        requests = [ask(app, lambda: never(0)) for _ in range(3)]
        waiting = [asyncio.ensure_future(request) for _, request in requests[:2]]
        await asyncio.sleep(0)
        app.state.release()
        await asyncio.wait_for(asyncio.gather(*waiting, requests[2][1]), 5)
        return [sent[0]["status"] for sent, _ in requests]

    assert asyncio.run(run()) == [504, 504, 504]


def test_a_released_server_stops_although_requests_hang():
    app = create_app(faults="timeout=1", hang=600)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{door.getsockname()[1]}/api/v1/lists"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, headers={"authorization": f"Bearer {DEMO_KEY}"}, timeout=0.3)
        app.state.release()
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()
