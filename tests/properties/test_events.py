import copy
import io
import json
from datetime import UTC, datetime, timedelta

import jsonschema
import jsonschema_rs
import orjson
from event_strategies import (
    CALLS,
    FIELDS,
    SCHEMA,
    altered_events,
    anything,
    good_events,
    integrations,
    moments,
    objects,
    scalars,
    words,
)
from hypothesis import given
from hypothesis import strategies as st

from segue import events
from segue.errors import EventError
from segue.events import Rejected, times


NOW = datetime(2025, 11, 25, 9, 30, tzinfo=UTC)
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


def normalise(event):
    return events.normalise(event, received_at=NOW, message_id=lambda: "made-up")


def parse(text):
    return events.parse(text, received_at=NOW, message_id=lambda: "made-up")


def read(lines):
    return list(events.read(lines, clock=lambda: NOW, ids=lambda: "made-up"))


def refusal(call, value):
    try:
        call(value)
    except EventError as error:
        return error
    return None


def accepted(call, value):
    error = refusal(call, value)
    assert error is None or (error.code in events.REASONS and error.reason.isprintable())
    return error is None


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_schema_rules_and_strategy_know_the_same_call_types():
    assert set(SCHEMA["properties"]["type"]["enum"]) == set(events.TYPES) == CALLS.keys()


def test_the_fields_whose_nulls_go_are_those_of_the_schema():
    event = {"own": None, **dict.fromkeys(FIELDS), "type": "page"}
    assert set(normalise({**event, "userId": "u"})) == {
        "type",
        "userId",
        "own",
        "messageId",
        "timestamp",
        "originalTimestamp",
        "receivedAt",
    }


@given(good_events())
def test_good_events_fit_the_schema_and_are_accepted(event):
    assert VALIDATOR.is_valid(event)
    events.check(event)


@given(altered_events())
def test_what_fits_the_schema_is_accepted(event):
    if VALIDATOR.is_valid(event):
        events.check(event)


@given(altered_events())
def test_what_is_accepted_fits_the_schema_once_normalised(event):
    if accepted(events.check, event):
        normal = normalise(event)
        assert VALIDATOR.is_valid(normal)
        events.check(normal)


@given(altered_events())
def test_text_and_object_get_the_same_verdict_and_the_same_event(event):
    decoded = orjson.loads(orjson.dumps(event))
    if accepted(events.check, decoded):
        assert parse(orjson.dumps(event)) == normalise(decoded)
    else:
        assert not accepted(parse, orjson.dumps(event))


@given(good_events())
def test_normalising_twice_changes_nothing(event):
    once = normalise(event)
    assert normalise(once) == once


@given(altered_events())
def test_normalising_keeps_unknown_keys_and_writes_to_nothing(event):
    before = copy.deepcopy(event)
    if accepted(normalise, event):
        normal = normalise(event)
        unknown = event.keys() - {*FIELDS, "writeKey"}
        assert {key: normal[key] for key in unknown} == {key: event[key] for key in unknown}
    assert event == before


odd = st.sampled_from([float("nan"), float("inf"), "\ud800", b"\xff", (1,), {1}, NOW, 1j, object()])
python_values = st.recursive(
    scalars | odd,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(words | st.integers() | st.none() | st.just("\udfff"), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(python_values, st.sampled_from([*FIELDS, "x"]))
def test_any_python_value_anywhere_gets_a_verdict(value, key):
    accepted(events.check, value)
    accepted(events.check, {"type": "track", "userId": "u", "event": "E", key: value})


@given(python_values)
def test_what_is_accepted_in_process_can_be_written_as_json(value):
    if accepted(events.check, {"type": "page", "userId": "u", "x": value}):
        json.dumps(value, allow_nan=False).encode()


@given(st.binary(max_size=60) | words | anything.map(orjson.dumps))
def test_any_text_gets_a_verdict(text):
    accepted(parse, text)


lines = st.lists(
    good_events().map(orjson.dumps) | st.binary(max_size=20) | st.just(b""), max_size=6
).map(lambda found: [line.replace(b"\n", b"") for line in found])


@given(lines)
def test_a_bad_line_neither_loses_nor_changes_another(found):
    results = read(found)
    assert len(results) == sum(1 for line in found if line.strip(b" \t\r\n\xef\xbb\xbf"))
    bad = {result.line for result in results if isinstance(result, Rejected)}
    good = [line for at, line in enumerate(found, start=1) if at not in bad]
    assert read(good) == [result for result in results if not isinstance(result, Rejected)]


@given(st.lists(st.binary(max_size=30)), st.integers(1, 20))
def test_lines_are_those_of_the_file_cut_at_a_bound(pieces, limit):
    data = b"\n".join(pieces)
    found = list(events.lines(io.BytesIO(data), max_bytes=limit))
    whole = io.BytesIO(data).readlines()
    assert len(found) == len(whole)
    assert all(line.startswith(start) for line, start in zip(whole, found, strict=True))
    assert all(
        start == line or len(start) > limit for line, start in zip(whole, found, strict=True)
    )


@given(moments)
def test_a_written_time_reads_back_to_the_millisecond(moment):
    assert times.read(times.write(moment)) == moment.replace(
        microsecond=moment.microsecond // 1000 * 1000
    )


@given(
    moments,
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.timedeltas(timedelta(-9999), timedelta(9999)),
)
def test_how_far_a_clock_is_off_does_not_matter(moment, waited, off):
    event = {"timestamp": (moment + off).isoformat(), "sentAt": (moment + waited + off).isoformat()}
    assert times.Arrival(moment + waited).settle(event)["timestamp"] == times.write(moment)


@given(st.lists(altered_events(), min_size=1, max_size=3), objects, integrations)
def test_a_batch_is_as_its_items_alone_with_what_they_share(items, context, shared):
    batch = {"context": context, "integrations": shared, "batch": items}
    found = list(events.split(batch, received_at=NOW, message_id=lambda: "made-up"))
    for item, result in zip(items, found, strict=True):
        alone = events.merge(batch, item)
        if accepted(events.check, alone):
            assert result == normalise(alone)
        else:
            assert isinstance(result, Rejected)
