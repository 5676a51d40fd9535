"""No destination is called faster than it allows, and nobody waits for ever."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segue import Response
from segue.outcome import DAY
from segue.pacing import Bucket, Gate, RateLimit, advice


@given(st.integers(1, 50), st.lists(st.floats(0, 2), max_size=60))
def test_a_bucket_never_lets_more_through_than_the_limit(requests, gaps):
    bucket, now, sent = Bucket(RateLimit(requests)), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(now + bucket.take(now))
    spacing = 1 / requests
    assert all(later - earlier >= spacing * 0.999999 for earlier, later in pairwise(sent))


def said(limit, remaining, reset):
    return Response(
        200,
        {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(remaining),
            "x-ratelimit-reset": str(reset),
        },
    )


@given(st.integers(1, 8), st.integers(1, 60), st.data())
def test_a_window_is_never_overdrawn(limit, length, data):
    """A destination that counts, told of each request when it answers, says no to none of ours."""
    bucket, now = Bucket(None), 0.0
    bucket.observe(said(limit, limit, length), now)
    used: dict[int, int] = {}
    for gap in data.draw(st.lists(st.floats(0, 30), max_size=60)):
        now += gap
        now += bucket.take(now)
        window = int(now // length)
        used[window] = used.get(window, 0) + 1
        bucket.observe(said(limit, limit - used[window], (window + 1) * length - now), now)
    assert all(count <= limit for count in used.values())


ODD = st.one_of(
    st.text(max_size=12), st.integers(-10, 10**14).map(str), st.floats().map(str), st.just("0")
)
NAMES = ["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]


@given(
    st.sampled_from([200, 429, 503]),
    st.dictionaries(st.sampled_from(NAMES), ODD),
    st.floats(0, 2**33),
)
def test_no_answer_fails_or_stops_a_destination_for_more_than_a_day(status, headers, now):
    response = Response(status, headers)
    assert 0 <= advice(response, now).pause <= DAY
    bucket = Bucket(None)
    bucket.observe(response, now)
    assert bucket.take(now) <= DAY + 1


def everyone(gate, now):
    return iter(lambda: gate.admit(now), None)


MOVES = st.lists(st.sampled_from(["first", "again", "token", "token"]), max_size=200)


@given(MOVES)
def test_while_both_wait_one_token_in_five_is_a_retrys(moves):
    gate: Gate[int] = Gate(Bucket(None))
    waiting, run = {True: set(), False: set()}, []
    for number, move in enumerate(moves):
        if move != "token":
            gate.join(number, 0.0, again=move == "again")
            waiting[move == "again"].add(number)
            continue
        both = bool(waiting[True] and waiting[False])
        one = gate.admit(0.0)
        run = [*run, one in waiting[True]] if both else []
        assert (one is None) == (not waiting[True] and not waiting[False])
        waiting[True].discard(one)
        waiting[False].discard(one)
        assert all(sum(run[at : at + 5]) == 1 for at in range(len(run) - 4))


@given(MOVES, st.floats(0.5, 100))
def test_everyone_who_waits_is_let_in_once_when_the_gate_says(moves, rate):
    gate: Gate[int] = Gate(Bucket(RateLimit(1, 1 / rate)))
    now, came, went = 0.0, [], []
    for number, move in enumerate(moves):
        if move == "token":
            now += 0.01
            went.extend(everyone(gate, now))
        else:
            gate.join(number, now, again=move == "again")
            came.append(number)
    while (wait := gate.wait(now)) is not None:
        now += wait + 1e-9
        went.append(gate.admit(now))
    assert sorted(went) == came
