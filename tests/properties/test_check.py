"""Laws of the check: no false alarm, nothing said to be impossible that is not, shrinking that keeps."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segue.check
from segue.check.contradiction import impossible
from segue.check.patterns import matching as texts
from segue.check.searching import REFUSALS
from segue.check.shrinking import shrink
from segue.dispatch import Dispatcher, prepare
from segue.events import normalise
from segue.json import encode
from segue.outcome import Discarded
from segue.plugins import load_plugins
from segue.samples import by_type
from segue.solving import solve
from segue.testing.strategies.events import events
from segue.testing.strategies.triggers import triggers
from segue.trigger import compile_trigger, parse_trigger
from segue.workspace import parse_workspace


PLUGIN = """
from segue import Destination, Request, action

TALLY = Destination("tally", title="Tally", url="https://tally.example")

@action(TALLY, "count", trigger='type = "track"', fields={
    "type": "object", "additionalProperties": False, "required": ["what"],
    "anyOf": [{"required": ["who"]}, {"required": ["email"]}],
    "properties": {
        "what": {"type": "string", "minLength": 2, "maxLength": 30},
        "who": {"type": "string"}, "email": {"type": "string", "format": "email"},
        "amount": {"type": "number", "minimum": 0, "maximum": 100},
        "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "pattern": "^[a-z]+$"}},
        "day": {"type": "string", "format": "date"}, "sure": {"type": "boolean"},
    },
})
def count(payload):
    if payload.get("amount") == 7:
        raise RuntimeError("seven")
    return Request.post("/count", json=payload)
"""

SCHEMAS = """
schemas:
  track:
    Bought:
      schema:
        type: object
        required: [sku]
        properties:
          sku: {type: string, minLength: 1, maxLength: 40}
          price: {type: number, minimum: -5, maximum: 500}
          day: {type: string, format: date}
          tags: {type: array, maxItems: 4, items: {enum: [a, b, C]}}
          email: {type: string, format: email, maxLength: 60}
          plan: {enum: [free, pro]}
"""

PATHS = st.sampled_from(
    [
        "$.properties.sku",
        "$.properties.price",
        "$.properties.day",
        "$.properties.tags",
        "$.event",
        "$.properties.email",
        "$.properties.plan",
        "$.userId",
        "$.anonymousId",
        "$.properties.emial",
    ]
)
VALUES = st.recursive(
    PATHS.map(lambda path: {"@path": path}) | PATHS.map(lambda path: {"@template": f"x {{{{{path}}}}}"}),
    lambda inner: st.builds(
        lambda test, then, other: {"@if": {"exists": {"@path": test}, "then": then, "else": other}},
        PATHS, inner, inner,
    ),
    max_leaves=3,
)  # fmt: skip
MAPPINGS = st.fixed_dictionaries(
    {"what": VALUES, "email": VALUES},
    optional=dict.fromkeys(("who", "amount", "tags", "day", "sure"), VALUES),
)
TRIGGERS = st.sampled_from(
    [
        'type = "track"',
        'event = "Bought"',
        'event = "Bought" and properties.price > 6',
        'event = "Bought" and (userId != null or properties.email != null)',
        'properties.plan in ["pro"]',
    ]
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "tally.py").write_text(PLUGIN)
    return load_plugins(folder=folder)


@settings(max_examples=40, deadline=None)
@given(
    fields=MAPPINGS,
    trigger=TRIGGERS,
    schemas=st.sampled_from([SCHEMAS, ""]),
    seed=st.integers(0, 3),
)
def test_every_refusal_that_is_reported_happens_in_the_runtime(
    catalogue, fields, trigger, schemas, seed
):
    text = f"version: 1\nsources: {{a: {{write_key: k}}}}\n{schemas}\nconnections:\n  c:\n    destination: tally\n    sources: [a]\n    mappings:\n      m:\n        action: count\n        trigger: '{trigger}'\n        fields: {encode(fields).decode()}\n"
    workspace = parse_workspace(text, catalogue, environ={})
    report = segue.check.inspect(workspace, seed=seed, most=120)
    for one in report.findings:
        if one.code not in REFUSALS:
            continue
        arrived = normalise(
            one.event, received_at=datetime(2026, 5, 1, tzinfo=UTC), message_id=lambda: "m"
        )
        (delivery,) = Dispatcher(workspace).dispatch(arrived, "a")
        made = prepare(delivery)
        assert isinstance(made, Discarded)
        assert one.error in made.why


@settings(deadline=None)
@given(triggers(), events())
def test_what_is_said_to_be_impossible_matches_no_event(trigger, event):
    if impossible(trigger) is not None:
        assert not compile_trigger(trigger)(event)
        assert solve(trigger, [event, *by_type().values()]) is None


@pytest.mark.parametrize(
    "trigger",
    [
        'type = "track" and type = "page"',
        'type = "trak"',
        'event = "A" and event = "B"',
        'event in ["A", "B"] and event = "C"',
        'event = "Paid" and match(event, "Order *")',
        "properties.a > 5 and properties.a < 3",
        "properties.a = 5 and properties.a > 5",
        'properties.a > 5 and contains(properties.a, "x")',
        'properties.a = null and properties.a = "x"',
        "false",
    ],
)
def test_contradictions_are_seen(trigger):
    assert impossible(parse_trigger(trigger)) is not None


@settings(deadline=None)
@given(events(), st.data())
def test_shrinking_keeps_what_fails_and_never_grows(event, data):
    key = data.draw(st.sampled_from(sorted(event)))
    smallest = shrink(event, lambda one: key in one)
    assert key in smallest
    assert len(encode(smallest)) <= len(encode(event))
    assert len(smallest) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{2}-[0-9]{4,10}$",
        "^(foo|bar)+$",
        "^[A-Z]+(-[A-Z]+)*$",
        r"^\d{3}\s\w$",
        "a?b",
        "^[^x]y$",
    ],
)
def test_texts_are_made_for_patterns(pattern):
    assert texts(pattern)
