"""Events in, over every endpoint that takes them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from segue.ingest import Full, Limits


NOW = datetime(2025, 11, 25, 9, 30, 0, 500_000, tzinfo=UTC)
ARRIVED = "2025-11-25T09:30:00.500Z"
CALLS = {
    "identify": {"userId": "u1"},
    "track": {"userId": "u1", "event": "Signed Up"},
    "page": {"userId": "u1", "name": "Home"},
    "screen": {"userId": "u1", "name": "Home"},
    "group": {"userId": "u1", "groupId": "g1"},
    "alias": {"userId": "u1", "previousId": "a1"},
}
SUCCESS = (200, {"success": True})


def verdict(answer):
    return answer.status, answer.json


@pytest.mark.parametrize("call", CALLS)
def test_the_path_implies_the_type(api, call):
    assert verdict(api.post(f"/v1/{call}", CALLS[call])) == SUCCESS
    assert [event["type"] for event in api.intake.events] == [call]


@pytest.mark.parametrize("call", CALLS)
def test_the_first_letter_is_enough(api, call):
    assert verdict(api.post(f"/v1/{call[0]}", {"type": "other", **CALLS[call]})) == SUCCESS
    assert [event["type"] for event in api.intake.events] == [call]


def test_an_event_is_kept_in_the_normal_form(api):
    api.post("/v1/track", {"userId": 7, "event": "Signed Up", "anonymousId": None})
    assert api.intake.taken == [
        (
            "web",
            {
                "type": "track",
                "userId": "7",
                "event": "Signed Up",
                "messageId": "made-up-1",
                "timestamp": ARRIVED,
                "originalTimestamp": ARRIVED,
                "receivedAt": ARRIVED,
            },
        )
    ]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import", "/v1/b", "/v1/batch/"])
def test_a_batch_is_kept_in_its_order(api, track, path):
    body = {"batch": [track(event=name) for name in "abc"], "sentAt": ARRIVED}
    assert verdict(api.post(path, body)) == SUCCESS
    assert [event["event"] for event in api.intake.events] == ["a", "b", "c"]


def test_bad_events_of_a_batch_do_not_take_the_good_ones_with_them(api, track):
    assert verdict(api.batch(track(event="a"), track(event=""), 5, track(event="b"))) == SUCCESS
    assert [event["event"] for event in api.intake.events] == ["a", "b"]
    assert [(name, bad.line, bad.code) for name, bad in api.intake.refused] == [
        ("web", 2, "event_not_defined"),
        ("web", 3, "bad_request"),
    ]


def test_a_batch_with_nothing_good_in_it_bothers_nobody(make, track):
    api = make()
    api.intake.full = Full()
    assert verdict(api.batch(track(event=""))) == SUCCESS


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/track", {"userId": "u1"}, "event_not_defined"),
        ("/v1/identify", {"traits": {}}, "no_user_anon_id"),
        ("/v1/batch", {"batch": []}, "empty_batch"),
        ("/v1/batch", {"batch": [{"type": "delete", "userId": "u1"}]}, "bad_request"),
    ],
)
def test_an_event_that_is_refused_is_answered_as_segment_does_and_made_visible(
    api, path, body, code
):
    assert verdict(api.post(path, body)) == SUCCESS
    assert (api.intake.codes, api.intake.taken) == ([code], [])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"batch":NaN}', b"[" * 10_000, b"[]", b"7", b"{}", b'{"batch":{}}'],
    ids=repr,
)
def test_a_body_that_is_no_batch_is_answered_400_and_made_visible(api, body):
    answer = api.post("/v1/batch", body)
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert [(name, bad.line, bad.code) for name, bad in api.intake.refused] == [
        ("web", 0, "bad_request")
    ]


def test_what_is_shown_of_a_bad_body_is_short_and_hides_the_write_key(api):
    api.post("/v1/track", b'{"writeKey": "wk_web", "event": \x1b' + b"x" * 5_000)
    ((_, bad),) = api.intake.refused
    assert bad.text.startswith('{"writeKey": "***", "event": ')
    assert len(bad.text) < 400


def test_what_is_shown_of_a_bad_event_hides_the_write_key(api):
    api.batch({"writeKey": "wk_web", "type": "track"})
    assert "wk_web" not in repr(api.intake.refused)


def test_a_byte_order_mark_is_passed_over(api):
    assert api.post("/v1/track", b'\xef\xbb\xbf{"userId":"u","event":"e"}').status == 200
    assert len(api.intake.taken) == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-16", "", "x/y"])
def test_any_content_type_will_do(api, track, kind):
    api.batch(track(), content_type=kind)
    assert len(api.intake.taken) == 1


def test_an_event_arrives_when_its_request_does_not_when_its_body_ends(make, track):
    """Else a slow line would look like a wrong clock."""
    moments = [NOW]
    api = make(clock=lambda: moments[-1])

    def slowly():
        yield b'{"batch":['
        moments.append(NOW + timedelta(seconds=20))
        yield json.dumps(track()).encode() + b"]}"

    api.post("/v1/batch", slowly())
    assert api.intake.events[0]["receivedAt"] == ARRIVED


# limits


def test_a_single_call_over_the_size_of_an_event_is_answered_400(make, track):
    api = make(limits=Limits(event_bytes=100))
    answer = api.post("/v1/track", track(event="x" * 100))
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert "over 100 bytes" in answer.json["message"]
    assert api.intake.codes == ["bad_request"]


def test_an_event_of_a_batch_over_its_size_is_refused_alone(make, track):
    api = make(limits=Limits(event_bytes=100))
    assert verdict(api.batch(track(event="x" * 100), track())) == SUCCESS
    assert [event["event"] for event in api.intake.events] == ["Signed Up"]
    assert [bad.line for _, bad in api.intake.refused] == [1]


def test_a_batch_over_its_size_is_answered_400(make, track):
    api = make(limits=Limits(batch_bytes=100))
    assert api.batch(track(), track()).status == 400


def test_more_events_than_a_batch_may_have_are_refused_with_200_as_segment_does(make, track):
    api = make(limits=Limits(batch_events=2))
    assert verdict(api.batch(track(), track(), track())) == SUCCESS
    assert api.intake.taken == []
    ((_, bad),) = api.intake.refused
    assert str(bad) == "the batch has 3 events; send 2 at most (bad_request)"


def test_the_sizes_are_those_segment_documents():
    assert Limits() == Limits(32_768, 512_000, 2_500)


def test_over_its_rate_a_source_is_told_when_to_come_back(make, track):
    now = [0.0]
    api = make(limits=Limits(rate=2.0), timer=lambda: now[0])
    assert verdict(api.batch(*[track()] * 4)) == SUCCESS
    answer = api.batch(track())
    assert (answer.status, answer.json["code"]) == (429, "too_many_requests")
    assert (answer.headers["retry-after"], answer.headers["x-ratelimit-reset"]) == ("2", "2")
    assert api.intake.codes == ["too_many_requests"]
    now[0] = 1.5
    assert verdict(api.batch(track())) == SUCCESS


def test_one_source_over_its_rate_does_not_slow_another(make, track):
    api = make(limits=Limits(rate=1.0), timer=lambda: 0.0)
    assert [api.batch(track(), key=key).status for key in ("wk_web", "wk_web", "wk_app")] == [
        200,
        429,
        200,
    ]


@pytest.mark.parametrize(("after", "header"), [(0.0, "1"), (2.1, "3")])
def test_when_nothing_can_be_kept_the_answer_is_503_and_when_to_try_again(
    api, track, after, header
):
    api.intake.full = Full(after)
    answer = api.batch(track(), track(event=""))
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == header
    assert api.intake.refused == []  # it will come again


# what the server adds


def test_a_persons_own_device_is_known_by_its_address(api, track):
    api.post("/v1/t", track(), client="203.0.113.9")
    assert api.intake.events[0]["context"] == {"ip": "203.0.113.9"}


def test_a_server_speaks_for_others_so_its_address_is_not_taken(api, track):
    api.batch(track(), client="203.0.113.9")
    assert "context" not in api.intake.events[0]


def test_a_caller_may_say_that_it_is_the_device(api, track):
    api.batch(track(context={"direct": True, "locale": "en"}), client="203.0.113.9")
    assert api.intake.events[0]["context"]["ip"] == "203.0.113.9"


def test_an_address_that_the_event_names_stays(api, track):
    """So does analytics.js hide it."""
    api.post("/v1/t", track(context={"ip": "0.0.0.0"}), client="203.0.113.9")
    assert api.intake.events[0]["context"] == {"ip": "0.0.0.0"}


def test_what_a_client_reports_about_itself_is_read_and_forgotten(api):
    assert verdict(api.send("POST", "/v1/m", b'{"series":[]}')) == SUCCESS
    assert (api.intake.taken, api.intake.refused) == ([], [])
