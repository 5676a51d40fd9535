from datetime import UTC, datetime

from segue import events, samples
from segue.events import Rejected


NOW = datetime(2025, 11, 25, 9, 30, tzinfo=UTC)


def read():
    return list(events.read(samples.stream(), clock=lambda: NOW, ids=lambda: "made-up"))


def test_there_is_one_good_event_for_each_call_type():
    for call, event in samples.by_type().items():
        events.check(event)
        assert event["type"] == call
    assert tuple(samples.by_type()) == events.TYPES


def test_the_stream_shows_one_refusal():
    refused = [result for result in read() if isinstance(result, Rejected)]
    assert [(one.line, one.code) for one in refused] == [(11, "no_user_anon_id")]


def test_the_stream_has_every_call_type():
    types = {result["type"] for result in read() if not isinstance(result, Rejected)}
    assert types == set(events.TYPES)


def test_the_stream_shows_a_clock_put_right():
    (boarded,) = (
        one for one in read() if not isinstance(one, Rejected) and one.get("event") == "Boarded"
    )
    assert str(boarded["originalTimestamp"]).startswith("2031")
    assert boarded["timestamp"] == "2025-11-25T09:29:58.250Z"


def test_message_ids_differ():
    ids = [result["messageId"] for result in read() if not isinstance(result, Rejected)]
    assert len(set(ids)) == len(ids)
    assert "made-up" not in ids
