"""The small parts that every store is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.http import Request, Response
from segue.store import same
from segue.store.codec import pack_request, pack_response, unpack_request, unpack_response
from segue.store.leases import Leases
from segue.store.tally import bucket, percentile
from segue.store.turns import Turns


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "PUT"]),
    url=TEXT,
    json=JSON,
    body=st.none() | st.binary(max_size=30),
    params=st.dictionaries(TEXT, TEXT | st.integers(0, 9) | st.booleans(), max_size=2),
    headers=st.dictionaries(TEXT, TEXT, max_size=2),
    timeout=st.floats(0.1, 60.0),
    accept=st.frozensets(st.integers(300, 499), max_size=2),
)


@given(REQUESTS)
def test_a_request_goes_over_the_wire_as_the_one_it_was_made_of(request):
    again = unpack_request(pack_request(request))
    assert again.content() == request.content()
    assert same(again, request)
    assert pack_request(unpack_request(pack_request(again))) == pack_request(again)


def test_a_request_is_equal_to_the_one_it_was_made_of():
    request = Request.post("/a?b=c", json={"é": [1, None, 2.5]}, params={"q": True}, accept={404})
    assert unpack_request(pack_request(request)) == request
    assert unpack_request(pack_request(Request.get("/x"))) == Request.get("/x")
    assert unpack_request(pack_request(Request.put("/x", body=b""))) == Request.put("/x", body=b"")


@pytest.mark.parametrize("value", [2**65, float("nan"), [2**65]], ids=str)
def test_json_that_cannot_be_read_back_is_sent_as_it_was_all_the_same(value):
    request = Request.post("/a", json=value)
    again = unpack_request(pack_request(request))
    assert again.content() == request.content()
    assert again.header("content-type") == "application/json"


@pytest.mark.parametrize(
    "other",
    [
        Request.put("/a", json={"n": 1}),
        Request.post("/b", json={"n": 1}),
        Request.post("/a", json={"n": 2}),
        Request.post("/a", json={"n": 1}, params={"q": 1}),
        Request.post("/a", json={"n": 1}, headers={"x": "y"}),
        Request.post("/a", json={"n": 1}, accept={404}),
    ],
    ids=["method", "url", "body", "params", "headers", "accept"],
)
def test_requests_differ_by(other):
    assert not same(Request.post("/a", json={"n": 1}), other)


@given(st.builds(Response, st.integers(100, 599), st.dictionaries(TEXT, TEXT), st.binary()))
def test_a_response_is_equal_to_the_one_it_was_made_of(response):
    assert unpack_response(pack_response(response)) == response


def test_a_body_is_cut_and_still_read():
    request = unpack_request(pack_request(Request.post("/a", json={"key": "long value"}), 8))
    assert request.body == b'{"key":"'
    assert unpack_response(pack_response(Response(200, {}, b"123456789"), 3)).body == b"123"


def test_a_lease_is_found_by_its_number():
    leases = Leases()
    number = leases.grant(7, "desk", "lane", 10.0, "value")
    assert leases.find(7, number).value == "value"
    assert leases.find(7, number + 1) is None
    assert leases.find(8, number) is None


def test_a_lane_is_taken_as_long_as_its_lease():
    leases = Leases()
    leases.grant(7, "desk", "lane", 10.0, None)
    assert leases.takes("lane")
    leases.drop(7)
    assert not leases.takes("lane")
    assert (len(leases), leases.size("desk")) == (0, 0)


def test_leases_expire_when_their_time_has_come():
    leases = Leases()
    for delivery, until in ((1, 30.0), (2, 10.0), (3, 20.0)):
        leases.grant(delivery, "desk", delivery, until, None)
    assert [one.delivery for one in leases.expired(9.0)] == []
    assert [one.delivery for one in leases.expired(20.0)] == [2, 3]
    leases.retract([2, 3])
    assert [one.delivery for one in leases.expired(30.0)] == [1]


def test_an_extended_lease_expires_later():
    leases = Leases()
    number = leases.grant(1, "desk", "lane", 10.0, None)
    leases.extend(leases.find(1, number), 50.0)
    assert leases.expired(49.0) == []
    assert [one.delivery for one in leases.expired(50.0)] == [1]


@given(st.integers(1, 50), st.integers(0, 100))
def test_lanes_that_begin_get_about_half_the_places_or_what_is_left(places, begun):
    turns = Turns()
    first, second = (turns.share("desk", places, begun) for _ in range(2))
    assert first + second == max(places, 2 * (places - begun))


@given(st.lists(st.integers(-69, 200), min_size=1), st.sampled_from([0.5, 0.95]))
def test_a_percentile_is_one_of_the_values_with_as_many_below_as_it_says(values, share):
    counts = {value: values.count(value) for value in values}
    found = bucket(percentile(counts, share))
    ordered = sorted(values)
    assert sum(value <= found for value in ordered) >= share * len(values)
    assert sum(value < found for value in ordered) < share * len(values)


def test_there_is_no_percentile_of_nothing():
    assert percentile({}, 0.5) is None
