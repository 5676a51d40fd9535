"""Laws of the tracking API, tried with whatever a network may bring."""

import base64
import gzip
import zlib
from datetime import UTC, datetime
from itertools import pairwise

import orjson
from asgi import Answer, call
from event_strategies import altered_events, anything, objects
from hypothesis import given
from hypothesis import strategies as st
from memory_intake import SOURCES, MemoryIntake

from segue import events
from segue.errors import EventError
from segue.ingest import Limits, create_app


NOW = datetime(2025, 11, 25, 9, 30, tzinfo=UTC)
WEB = "Basic d2tfd2ViOg=="
CALLS = [f"/v1/{name}" for call in events.TYPES for name in (call, call[0])]
BATCHES = ["/v1/batch", "/v1/import", "/v1/b"]
SMALL = Limits(event_bytes=300, batch_bytes=1_000, batch_events=3)
REASONS = {*events.REASONS, "unknown_source", "too_many_requests"}


def send(path, body, *, method="POST", cuts=(), limits=Limits(), **headers):  # noqa: B008 frozen
    """The answer, and the intake after it. The body comes cut at these places."""
    intake = MemoryIntake()
    app = create_app(
        sources=SOURCES.get, intake=intake, clock=lambda: NOW, ids=lambda: "made-up", limits=limits
    )
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(places)]
    return call(app, method, path, pieces, **headers), intake


def documented(answer: Answer, *statuses: int) -> bool:
    """Whether this is one of these answers, in the form that SDKs know."""
    if answer.status == 200:
        return 200 in statuses and answer.json == {"success": True}
    words = answer.json
    assert words.keys() == {"code", "message"}
    assert words["message"].isprintable()
    assert "wk_" not in words["message"]
    return answer.status in statuses


def normal(batch):
    """The good events of a batch as they are to be kept, each messageId once."""
    sent_at = batch.get("sentAt")
    found = {}
    for item in batch["batch"]:
        try:
            event = events.merge(batch, item) if isinstance(item, dict) else item
            events.check(event)
        except EventError:
            continue
        event = events.normalise(
            event,
            received_at=NOW,
            message_id=lambda: "made-up",
            sent_at=sent_at if isinstance(sent_at, str) else None,
        )
        found.setdefault(event["messageId"], event)
    return [*found.values()]


keys = st.sampled_from(["wk_web", "wk_nobody"])
basics = st.one_of(keys, st.text(max_size=9)).map(
    lambda text: "Basic " + base64.b64encode(text.encode()).decode()
)
latin = st.text(st.characters(max_codepoint=255), max_size=20)
authorizations = basics | latin | latin.map(lambda text: f"Basic {text}")
encodings = st.sampled_from(["gzip", "x-gzip", "identity", "br", ""]) | latin
batches = st.fixed_dictionaries(
    {"batch": st.lists(altered_events() | anything, max_size=4)},
    optional={
        "writeKey": keys | anything,
        "context": objects | anything,
        "integrations": objects | anything,
        "sentAt": anything,
    },
)


@st.composite
def damaged(draw):
    """Bytes that were a good body once: cut, with bytes changed, or both; perhaps as gzip."""
    body = bytearray(orjson.dumps(draw(batches | altered_events())))
    if draw(st.booleans()):
        body = bytearray(gzip.compress(body, mtime=0))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)))):
        body[at % len(body)] = byte
    return bytes(body[: draw(st.none() | st.integers(0, len(body)))])


@st.composite
def nests(draw):
    depth = draw(st.sampled_from([99, 101, 1_000, 100_000]))
    opening, closing = draw(st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
    inside = opening * depth + b"1" + closing * depth
    return b'{"batch":[{"type":"page","userId":"u","x":' + inside + b"}]}"


bodies = (
    st.binary(max_size=200)
    | damaged()
    | nests()
    | anything.map(orjson.dumps)
    | st.text().map(lambda text: text.encode("utf-16"))
)


@given(
    st.sampled_from([*CALLS, *BATCHES, "/v1/m"]),
    bodies,
    st.lists(st.integers(0, 200), max_size=3),
    st.fixed_dictionaries(
        {}, optional={"authorization": authorizations, "content_encoding": encodings}
    ),
    st.sampled_from([Limits(), SMALL]),
)
def test_whatever_is_posted_gets_a_documented_answer(path, body, cuts, headers, limits):
    answer, intake = send(path, body, cuts=cuts, limits=limits, **headers)
    assert documented(answer, 200, 400, 401)
    assert answer.status == 200 or intake.taken == []
    assert {*intake.codes} <= REASONS
    assert all(bad.text.isprintable() for _, bad in intake.refused)


@given(st.text(max_size=20), st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "x y"]))
def test_whatever_is_asked_for_gets_a_documented_answer(path, method):
    answer, _ = send(f"/v1/{path}", b"", method=method)
    assert documented(answer, 200, 400, 401, 404, 405)


@given(batches, st.sampled_from(BATCHES))
def test_every_good_event_of_a_batch_is_kept_in_order_and_every_bad_one_visible(batch, path):
    body = orjson.dumps(batch)
    answer, intake = send(path, body, authorization=WEB)
    assert documented(answer, 200)
    assert intake.taken == [("web", event) for event in normal(orjson.loads(body))]
    bad = [item for item in batch["batch"] if not normal({**batch, "batch": [item]})]
    assert len(intake.refused) == (len(bad) if batch["batch"] else 1)


@given(altered_events(), st.sampled_from(events.TYPES))
def test_a_single_call_is_as_a_batch_of_one(event, kind):
    one = orjson.dumps({**event, "type": kind})
    single, first = send(f"/v1/{kind}", orjson.dumps(event), authorization=WEB)
    batch, second = send("/v1/batch", b'{"batch":[' + one + b"]}", authorization=WEB)
    assert (single, first.taken, first.codes) == (batch, second.taken, second.codes)


@given(batches, st.lists(st.integers(0, 3_000), max_size=6), st.integers(0, 9))
def test_neither_pieces_nor_gzip_change_what_a_body_means(batch, cuts, level):
    plain = orjson.dumps({"writeKey": "wk_web", **batch})
    squeezed = gzip.compress(plain, level, mtime=0)
    whole, first = send("/v1/batch", plain)
    cut, second = send("/v1/batch", squeezed, cuts=cuts, content_encoding="gzip")
    assert (cut, second.taken, second.refused) == (whole, first.taken, first.refused)


@given(st.integers(0, 2_000), st.booleans(), st.integers(1, 64))
def test_a_body_passes_up_to_its_limit_and_not_beyond(size, squeeze, step):
    body = b"[" + b" " * size + b"]"
    sent = zlib.compress(body, wbits=31) if squeeze else body
    headers = {"content_encoding": "gzip"} if squeeze else {}
    cuts = range(step, len(sent), step)
    answer, _ = send("/v1/batch", sent, cuts=cuts, limits=SMALL, **headers)
    assert documented(answer, 400)
    assert ("over 1,000 bytes" in answer.json["message"]) == (len(body) > 1_000)
