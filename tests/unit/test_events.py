import io
import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest

from segue import events
from segue.errors import EventError
from segue.events import Rejected


NOW = datetime(2025, 11, 25, 9, 30, 0, 500_000, tzinfo=UTC)
ARRIVED = "2025-11-25T09:30:00.500Z"
TRACK = {"type": "track", "userId": "u1", "event": "Signed Up"}


def parse(event, **rest):
    text = event if isinstance(event, bytes | str) else json.dumps(event)
    return events.parse(text, **{"received_at": NOW, "message_id": lambda: "made-up", **rest})


def normalise(event, **rest):
    return events.normalise(event, **{"received_at": NOW, "message_id": lambda: "made-up", **rest})


def read(*lines, **rest):
    numbers = count(1)
    return list(events.read(lines, clock=lambda: NOW, ids=lambda: f"m{next(numbers)}", **rest))


def split(batch, **rest):
    return list(events.split(batch, received_at=NOW, message_id=lambda: "made-up", **rest))


def refused(call, *args, **rest):
    with pytest.raises(EventError) as raised:
        call(*args, **rest)
    return raised.value


def nested(levels):
    """An event with containers ``levels`` deep, itself counted."""
    value: object = "x"
    for _ in range(levels - 1):
        value = [value]
    return {**TRACK, "properties": value} if levels == 1 else {**TRACK, "deep": value}


# what comes out


def test_a_plain_track_gets_an_id_and_its_times():
    assert parse(TRACK) == {
        **TRACK,
        "messageId": "made-up",
        "timestamp": ARRIVED,
        "originalTimestamp": ARRIVED,
        "receivedAt": ARRIVED,
    }


def test_unknown_keys_at_the_top_are_kept():
    assert parse({**TRACK, "email": "a@example.com", "x": None})["email"] == "a@example.com"


def test_what_only_served_transport_goes():
    event = parse({**TRACK, "writeKey": "wk", "_metadata": {"nodeVersion": "20"}})
    assert event.keys().isdisjoint({"writeKey", "_metadata"})


def test_null_in_a_field_of_the_specification_is_the_same_as_no_field():
    nulls = dict.fromkeys(
        ("anonymousId", "messageId", "name", "context", "traits", "timestamp", "sentAt")
    )
    assert parse({**TRACK, **nulls}) == parse(TRACK)


def test_null_in_any_other_key_is_kept():
    assert parse({**TRACK, "note": None})["note"] is None


def test_the_type_that_the_path_implies_wins():
    assert parse({"userId": "u", "type": "page"}, type="identify")["type"] == "identify"


def test_the_given_event_is_not_written_to():
    event = {**TRACK, "userId": 7, "writeKey": "wk", "context": {"ip": "203.0.113.1"}}
    before = json.dumps(event)
    normalise(event)
    assert json.dumps(event) == before


def test_of_duplicate_keys_the_last_wins():
    assert parse(b'{"type":"track","event":"A","event":"B","userId":"u"}')["event"] == "B"


def test_text_may_be_str():
    assert parse('{"type":"page","userId":"\u00e9"}')["userId"] == "é"


# ids


@pytest.mark.parametrize("key", ["userId", "anonymousId", "groupId", "previousId", "messageId"])
def test_numbers_in_ids_become_text(key):
    assert parse({**TRACK, key: 42})[key] == "42"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("-3", "-3"),
        ("12.0", "12"),
        ("1.5", "1.5"),
    ],
)
def test_whole_numbers_keep_all_their_digits(number, text):
    assert parse('{"type":"page","userId":' + number + "}")["userId"] == text


def test_in_process_a_whole_number_may_be_longer_than_the_decoder_allows():
    assert normalise({**TRACK, "userId": 10**30})["userId"] == "1" + "0" * 30


def test_a_number_that_lost_digits_is_refused_since_two_people_would_become_one():
    error = refused(parse, '{"type":"page","userId":123456789012345678901}')
    assert error.code == "id_not_string"
    assert "send it as a string" in error.reason


@pytest.mark.parametrize(
    "value",
    [True, False, {}, [], ["u"], "", 1e300, 10**5000, -(10**5000)],
    ids=["true", "false", "object", "list", "items", "empty", "float", "huge", "minus huge"],
)
@pytest.mark.parametrize("key", ["userId", "anonymousId", "groupId", "previousId", "messageId"])
def test_what_cannot_be_an_id_is_refused(key, value):
    event = {**TRACK, "anonymousId": "a", key: value}
    assert refused(events.check, event).code == "id_not_string"
    assert refused(normalise, event).code == "id_not_string"


def test_a_message_id_may_be_a_hundred_characters_long():
    events.check({**TRACK, "messageId": "é" * 100})


def test_a_longer_message_id_is_refused():
    assert "messageId" in refused(events.check, {**TRACK, "messageId": "m" * 101}).reason


# times


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2023-05-24T17:58:30.352Z", "2023-05-24T17:58:30.352Z"),
        ("2023-05-24T17:58:30.352941+00:00", "2023-05-24T17:58:30.352Z"),
        ("2023-05-24T17:58:30.352941123Z", "2023-05-24T17:58:30.352Z"),
        ("2023-05-24T17:58:30Z", "2023-05-24T17:58:30.000Z"),
        ("2023-05-24T19:58:30.5+02:00", "2023-05-24T17:58:30.500Z"),
        ("2023-05-24t17:58:30z", "2023-05-24T17:58:30.000Z"),
        ("2023-05-24 17:58", "2023-05-24T17:58:00.000Z"),
        ("2023-05-24", "2023-05-24T00:00:00.000Z"),
        ("0001-01-01", "0001-01-01T00:00:00.000Z"),
    ],
)
def test_a_timestamp_is_rewritten_in_utc_and_kept_as_it_came(sent, expected):
    event = parse({**TRACK, "timestamp": sent})
    assert (event["timestamp"], event["originalTimestamp"]) == (expected, sent)


@pytest.mark.parametrize(
    "sent",
    [
        "yesterday",
        "",
        "1684951110352",
        "20230524T175830Z",
        "2023-13-01",
        "2023-05-24X10:00",
        "0001-01-01T00:00+05:00",
        1684951110,
        {"at": "2023-05-24"},
    ],
    ids=repr,
)
def test_a_timestamp_that_cannot_be_read_counts_as_not_sent_but_is_kept(sent):
    event = parse({**TRACK, "timestamp": sent})
    assert (event["timestamp"], event["originalTimestamp"]) == (ARRIVED, sent)


def test_a_clock_that_is_off_is_corrected():
    """Made two seconds before it was sent, by a clock that is years ahead."""
    event = parse(
        {**TRACK, "timestamp": "2031-01-01T00:00:00Z", "sentAt": "2031-01-01T00:00:02+00:00"}
    )
    assert event["timestamp"] == "2025-11-25T09:29:58.500Z"
    assert event["originalTimestamp"] == "2031-01-01T00:00:00Z"
    assert event["sentAt"] == "2031-01-01T00:00:02+00:00"


def test_a_corrected_time_may_lie_in_the_future():
    event = parse({**TRACK, "timestamp": "2025-01-01T00:01Z", "sentAt": "2025-01-01T00:00Z"})
    assert event["timestamp"] == "2025-11-25T09:31:00.500Z"


def test_the_batch_says_when_it_was_sent():
    event = {**TRACK, "timestamp": "2025-01-01T00:00Z", "sentAt": "2025-01-02T00:00Z"}
    sent = parse(event, sent_at="2025-01-01T00:00:10Z")
    assert (sent["timestamp"], sent["sentAt"]) == (
        "2025-11-25T09:29:50.500Z",
        "2025-01-01T00:00:10Z",
    )


def test_a_sending_time_that_cannot_be_read_corrects_nothing():
    event = parse({**TRACK, "timestamp": "2020-01-01", "sentAt": "noon"})
    assert (event["timestamp"], event["sentAt"]) == ("2020-01-01T00:00:00.000Z", "noon")


def test_a_correction_beyond_the_calendar_is_not_made():
    event = parse({**TRACK, "timestamp": "9999-12-31", "sentAt": "0001-01-01"})
    assert event["timestamp"] == "9999-12-31T00:00:00.000Z"


def test_an_event_that_was_corrected_before_keeps_its_time():
    """A Segment archive, say: correcting again would move history to today."""
    archived = {
        **TRACK,
        "timestamp": "2020-02-02T10:00:00.000Z",
        "originalTimestamp": "2020-02-02T09:00:00.000Z",
        "sentAt": "2020-02-02T09:00:01.000Z",
        "receivedAt": "2020-02-02T10:00:01.000Z",
    }
    assert parse(archived) == {**archived, "messageId": "made-up", "receivedAt": ARRIVED}


def test_a_sender_may_call_its_time_the_original_one():
    event = parse({**TRACK, "originalTimestamp": "2020-02-02T09:00:00+01:00"})
    assert event["timestamp"] == "2020-02-02T08:00:00.000Z"


def test_arrival_is_written_in_utc():
    local = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert parse(TRACK, received_at=local)["receivedAt"] == ARRIVED


# what is refused


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"type": None}, "bad_request", "no type"),
        ({"type": 3}, "bad_request", "type must be a string, but is a number"),
        ({"type": ["track"]}, "bad_request", "is a list"),
        ({"type": "trakc"}, "bad_request", 'did you mean "track"?'),
        ({"type": "delete"}, "bad_request", "use one of identify, track, page"),
        ({"type": "x" * 1_000_000}, "bad_request", "unknown type"),
        ({"userId": None}, "no_user_anon_id", "anonymousId"),
        ({"userId": None, "previousId": "p"}, "no_user_anon_id", "anonymousId"),
        ({"event": None}, "event_not_defined", "name"),
        ({"event": ""}, "event_not_defined", "name"),
        ({"event": 7}, "event_not_string", "a number"),
        ({"properties": [1]}, "properties_not_object", "a list"),
        ({"properties": ""}, "properties_not_object", "an empty string"),
        ({"traits": "x"}, "traits_not_object", "a string"),
        ({"context": 1}, "bad_request", "context must be an object, but is a number"),
        ({"integrations": True}, "bad_request", "integrations must be an object"),
        ({"type": "page", "name": 5}, "name_not_string", "a number"),
        ({"type": "page", "name": ""}, "name_not_string", "an empty string"),
        ({"type": "screen", "name": {}}, "name_not_string", "an object"),
        ({"type": "page", "category": False}, "category_not_string", "a boolean"),
        ({"type": "screen", "category": ""}, "category_not_string", "an empty string"),
        ({"type": "group"}, "id_required", "groupId is missing: every group event needs one"),
        ({"type": "alias", "userId": None, "anonymousId": "a"}, "id_required", "userId"),
    ],
)
def test_a_broken_rule_is_named_by_code_and_sentence(change, code, words):
    event = {**TRACK, **change}
    error = refused(parse, event)
    assert (error.code, refused(events.check, event).code) == (code, code)
    assert words in error.reason


@pytest.mark.parametrize(
    "event",
    [
        {"type": "identify", "userId": "u"},
        {"type": "identify", "anonymousId": "a", "userId": None, "traits": None},
        {"type": "page", "userId": "u", "name": None, "category": "Docs"},
        {"type": "screen", "userId": 5},
        {"type": "group", "anonymousId": "a", "groupId": 9},
        {"type": "alias", "userId": "u"},
        {"type": "alias", "userId": "u", "previousId": "p"},
        {"type": "track", "userId": "u", "event": "E", "name": 5, "category": []},
    ],
    ids=json.dumps,
)
def test_the_least_that_each_type_needs_is_enough(event):
    events.check(event)
    events.check(parse(event))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "cannot be read as JSON"),
        (b"{", "column 2"),
        (b'{\n"a" 1}', "line 2"),
        (b'{"a":NaN}', "cannot be read as JSON"),
        (b'{"a":1e999}', "infinity"),
        (b'{"a":"\\ud83d"}', "surrogate"),
        (b'{"a":"\xff"}', "UTF-8"),
        ('{"a":"\ud83d"}', "UTF-8"),
        (b"[]", "an event is a JSON object, not a list"),
        (b"null", "not null"),
        (b"17", "not a number"),
        (b"[" * 1_000 + b"]" * 1_000, "not a list"),
        (b"[" * 1_000_000, "cannot be read as JSON"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_text_that_is_no_event_is_refused_with_the_reason(text, words):
    error = refused(parse, text)
    assert error.code == "bad_request"
    assert words in error.reason


def test_a_hundred_levels_are_accepted():
    assert parse(nested(100))["deep"] == nested(100)["deep"]


@pytest.mark.parametrize("levels", [101, 900])
def test_deeper_nesting_is_refused(levels):
    assert "nested over 100 levels" in refused(parse, nested(levels)).reason


@pytest.mark.parametrize("levels", [101, 1_000, 100_000])
def test_deeper_nesting_is_refused_in_process(levels):
    assert "nested over 100 levels" in refused(events.check, nested(levels)).reason


def test_many_brackets_need_not_be_deep():
    parse({**TRACK, "properties": {"rows": [{"n": n} for n in range(500)], "text": "[" * 500}})


def test_what_holds_itself_is_refused_at_once():
    loop: list[object] = []
    loop.extend([loop, loop])
    assert "nested" in refused(events.check, {**TRACK, "properties": {"loop": loop}}).reason


def test_what_is_shared_is_visited_once():
    box: object = []
    for _ in range(90):
        box = [box, box]
    events.check({**TRACK, "properties": {"box": box}})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "/properties/a~1b/0 is nan"),
        (float("-inf"), "-inf, which JSON cannot say"),
        ("\ud83d", "half a surrogate pair"),
        (b"x", "a Python bytes, not a JSON value"),
        ((1,), "a Python tuple"),
        ({1}, "a Python set"),
        (NOW, "a Python datetime"),
        ({3: 1}, "/properties/a~1b/0 has a key that is a number, not a string"),
        ({None: 1}, "a key that is null"),
        ({"\udc00": 1}, "a key that has half a surrogate pair"),
    ],
    ids=[
        "nan",
        "infinity",
        "surrogate",
        "bytes",
        "tuple",
        "set",
        "datetime",
        "number key",
        "null key",
        "surrogate key",
    ],
)
def test_in_process_a_value_that_is_not_json_is_refused_by_place(value, words):
    error = refused(events.check, {**TRACK, "properties": {"a/b": [value]}})
    assert error.code == "bad_request"
    assert words in error.reason


@pytest.mark.parametrize(
    "event",
    [
        None,
        1,
        "{}",
        b"\xff\xfe",
        [],
        object(),
        {1: 2},
        {Ellipsis: 0},
        type("D", (dict,), {})(),
    ],
    ids=[
        "null",
        "number",
        "text",
        "bytes",
        "list",
        "object",
        "number key",
        "odd key",
        "subclass",
    ],
)
def test_any_python_value_is_refused_with_a_reason(event):
    assert refused(events.check, event).code == "bad_request"


class Hostile:
    """Nothing about it can be asked without an error."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


def test_a_hostile_object_is_refused_without_being_asked():
    for event in (Hostile(), {**TRACK, "properties": Hostile()}, {**TRACK, "x": [Hostile()]}):
        assert "a Python Hostile" in refused(events.check, event).reason


def test_a_reason_is_short_and_printable_whatever_the_event_says():
    for event in ({**TRACK, "type": "\x1b[31m" * 9_999}, {**TRACK, "\n" * 9_999: {"a": b""}}):
        reason = refused(events.check, event).reason
        assert reason.isprintable()
        assert len(reason) < 250


def test_an_event_of_a_megabyte_is_read():
    assert (
        len(parse({**TRACK, "properties": {"text": "x" * 1_000_000}})["properties"]["text"])
        == 10**6
    )


def test_a_larger_one_is_refused():
    text = json.dumps({**TRACK, "properties": {"text": "x" * events.MAX_BYTES}})
    assert refused(parse, text).reason == "the event is over 1,048,576 bytes long"


def test_the_size_is_counted_in_bytes():
    text = json.dumps({**TRACK, "event": "é" * 100}, ensure_ascii=False)
    assert "over 200 bytes" in refused(parse, text, max_bytes=200).reason


def test_the_codes_are_segments():
    """The list of reasons is closed: a new code must be one that Segment's documents name."""
    assert set(events.REASONS) == {
        "bad_request",
        "empty_batch",
        "no_user_anon_id",
        "id_required",
        "id_not_string",
        "event_not_defined",
        "event_not_string",
        "properties_not_object",
        "traits_not_object",
        "name_not_string",
        "category_not_string",
    }


# lines


def line(**change):
    return json.dumps({**TRACK, **change}).encode()


def test_a_bad_line_is_reported_by_number_and_the_rest_goes_on():
    first, bad, last = read(line(event="A") + b"\n", b'{"type":\n', line(event="B") + b"\n")
    assert (first["event"], last["event"]) == ("A", "B")
    assert bad == Rejected(
        2, "bad_request", "it cannot be read as JSON: unexpected end of data (column 9)", '{"type":'
    )


def test_blank_lines_are_skipped_and_counted():
    event, bad = read(b"\n", b" \t\r\n", line(), b"", b"{}")
    assert event["event"] == "Signed Up"
    assert str(bad) == (
        "line 5: the event has no type; use one of identify, track, page, screen, group, alias"
        " (bad_request)"
    )


def test_line_ends_and_a_byte_order_mark_are_no_part_of_the_event():
    assert len(read(b"\xef\xbb\xbf" + line() + b"\r\n", b"\xef\xbb\xbf\n")) == 1


def test_each_line_gets_its_own_id():
    assert [event["messageId"] for event in read(line(), line())] == ["m1", "m2"]


def test_the_text_of_a_rejected_line_is_short_and_printable():
    (bad,) = read(b"\x1b[31m\xff\xff" * 10_000)
    assert bad.text.isprintable()
    assert len(bad.text) < 500


def test_nothing_is_read_ahead():
    def endless():
        while True:
            yield line()

    events_read = events.read(endless(), clock=lambda: NOW, ids=lambda: "m")
    assert next(events_read)["event"] == "Signed Up"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"], ids=repr)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_a_line_of_just_the_limit_passes_and_one_byte_more_does_not(mark, end):
    limit = len(line())
    file = io.BytesIO(mark + line() + end)
    assert isinstance(read(*events.lines(file, max_bytes=limit), max_bytes=limit)[0], dict)
    file = io.BytesIO(mark + line() + end)
    (bad,) = read(*events.lines(file, max_bytes=limit - 1), max_bytes=limit - 1)
    assert f"over {limit - 1} bytes" in bad.reason


class Watched(io.BytesIO):
    """A file that knows the longest piece that was asked of it."""

    longest = 0

    def readline(self, size=-1):
        piece = super().readline(size)
        self.longest = max(self.longest, len(piece))
        return piece


@pytest.mark.parametrize("filler", [b"x", b" ", b"\r"], ids=repr)
def test_a_line_without_end_is_refused_in_bounded_memory(filler):
    file = Watched(line() + b"\n" + filler * 5_000_000 + b"\n" + line())
    first, bad, last = read(*events.lines(file, max_bytes=1_000), max_bytes=1_000)
    assert (first["event"], bad.line, last["event"]) == ("Signed Up", 2, "Signed Up")
    assert "over 1,000 bytes" in bad.reason
    assert file.longest < 1_100


# batches


def test_a_batch_gives_its_events_and_names_the_bad_ones():
    good, bad, odd = split({"batch": [TRACK, {"type": "track", "userId": "u"}, "x"]})
    assert good["event"] == "Signed Up"
    assert (bad.line, bad.code) == (2, "event_not_defined")
    assert (odd.line, odd.text) == (3, '"x"')


def test_what_the_batch_says_holds_for_every_item():
    batch = {
        "writeKey": "wk",
        "sentAt": "2025-01-01T00:00:10Z",
        "context": {"ip": "203.0.113.1", "locale": "en"},
        "integrations": {"All": False},
        "batch": [
            {
                **TRACK,
                "timestamp": "2025-01-01T00:00:00Z",
                "context": {"locale": "cy"},
                "integrations": None,
            }
        ],
    }
    (event,) = split(batch)
    assert event["context"] == {"ip": "203.0.113.1", "locale": "cy"}
    assert event["integrations"] == {"All": False}
    assert event["timestamp"] == "2025-11-25T09:29:50.500Z"
    assert "writeKey" not in event


@pytest.mark.parametrize("shared", ["x", [1]], ids=repr)
def test_a_context_of_the_batch_that_is_no_object_spoils_what_relies_on_it(shared):
    bad, good = split({"context": shared, "batch": [TRACK, {**TRACK, "context": {"ip": "::1"}}]})
    assert "context must be an object" in bad.reason
    assert good["context"] == {"ip": "::1"}


@pytest.mark.parametrize(
    ("batch", "code", "words"),
    [
        ([], "bad_request", "not a list"),
        ({}, "bad_request", "is null"),
        ({"batch": {}}, "bad_request", "is an object"),
        ({"batch": []}, "empty_batch", "at least one"),
    ],
)
def test_what_is_no_batch_is_refused_whole(batch, code, words):
    error = refused(events.split, batch, received_at=NOW, message_id=str)
    assert error.code == code
    assert words in error.reason


def test_a_deep_item_spoils_only_itself():
    bad, good = split({"batch": [nested(1_000), TRACK]})
    assert "nested" in bad.reason
    assert good["event"] == "Signed Up"


def test_an_item_may_be_as_deep_as_an_event():
    """However many brackets it has, and whatever it shares."""
    bad, good = split({"context": {"a": [[]]}, "batch": [nested(101), nested(100)]})
    assert "nested" in bad.reason
    assert good["deep"] == nested(100)["deep"]


def test_an_item_over_the_limit_spoils_only_itself():
    long = {**TRACK, "event": "x" * 100}
    bad, good = split({"batch": [long, TRACK]}, max_bytes=100)
    assert str(bad) == "line 1: the event is over 100 bytes long (bad_request)"
    assert good["event"] == "Signed Up"


def test_what_the_batch_shares_counts_for_every_item():
    """Or else a small body could fill a disk."""
    batch = {"context": {"campaign": "x" * 100}, "batch": [TRACK, TRACK]}
    assert [bad.code for bad in split(batch, max_bytes=150)] == ["bad_request"] * 2
    assert all(isinstance(good, dict) for good in split(batch, max_bytes=200))


def test_merging_writes_to_neither_side():
    batch, item = {"context": {"a": 1}}, {"context": {"b": 2}}
    assert events.merge(batch, item) == {"context": {"a": 1, "b": 2}}
    assert (batch, item) == ({"context": {"a": 1}}, {"context": {"b": 2}})


def test_merging_nothing_adds_nothing():
    assert events.merge({"batch": []}, TRACK) == TRACK
