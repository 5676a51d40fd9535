"""Laws of schemas that are inferred from events, and of the lines that name schemas."""

import json
from itertools import count

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.schemas import NO_SCHEMAS, EventSchema, Schemas, check_schema, compile_rule
from segue.schemas.entries import Entry, block, file_names
from segue.schemas.inference import Inference
from segue.schemas.shape import Evidence, Shape
from segue.workspace.yaml import read


FIRST = Evidence(formatted=1, listed=1, each=1)
"""Every rule at the first sight of it."""

TEXTS = st.sampled_from(
    [
        *("", "a", "b", "free", "x" * 60, "a@b.example", "c@d.example", "a@b", "1.2.3.4", "999.1.1.1"),
        *("2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "https://a.example/x"),
        *("http://[", "0d7a2c3e-6b4f-4d0a-9a58-0a7d5ad1c111", "0d7a2c3e-6b4f-4d0a-9a58-0a7d5ad1c11z"),
        *map(str, range(12)),
    ]
)  # fmt: skip
NAMES = st.sampled_from(["a", "b", "c", "id", "17", "18", "user_1234", "deadbeefdeadbeef"])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | TEXTS | st.text(max_size=3)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=8
)  # fmt: skip
OBJECTS = st.dictionaries(NAMES | st.text(max_size=2), VALUES, max_size=5)
MANY = st.lists(OBJECTS, max_size=12)
SMALL = st.dictionaries(
    st.sampled_from("ab"), st.none() | st.integers(0, 1) | TEXTS | st.lists(st.integers(0, 1), max_size=2), max_size=2
)  # fmt: skip


def seen(values):
    shape = Shape()
    for value in values:
        shape.see(value)
    return shape


def accepts(document, value):
    return jsonschema_rs.validator_for(document, validate_formats=True).is_valid(value)


def closed(document):
    """The schema without what was never seen: other members, and items of lists that were empty."""
    if not isinstance(document, dict):
        return document
    made = {key: closed(one) if key != "properties" else {name: closed(part) for name, part in one.items()} for key, one in document.items()}  # fmt: skip
    kinds = document.get("type", [])
    if "object" in kinds and "additionalProperties" not in made:
        made["additionalProperties"] = False
    if "array" in kinds and "items" not in made:
        made["items"] = False
    return made


@settings(deadline=None, max_examples=60)
@given(MANY.filter(bool))
def test_a_schema_accepts_every_value_that_it_was_inferred_from(values):
    document = seen(values).document(FIRST)
    assert check_schema(document) == []
    assert [value for value in values if not accepts(document, value)] == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["track", "identify", "page"]), OBJECTS), max_size=12))
def test_events_are_accepted_on_arrival_by_what_was_inferred_from_them(parts):
    events = [event(kind, part) for kind, part in parts]
    inference = Inference()
    for one in events:
        inference.see(one)
    track, calls = {}, {}
    for entry in inference.entries(FIRST):
        part = "traits" if entry.type == "identify" else "properties"
        made = EventSchema(entry.document, part, "block")
        (track if entry.type == "track" else calls)[entry.name or entry.type] = made
    rule = compile_rule(Schemas(track, calls, undeclared="block"))
    assert [one for one in events if rule(one)] == []


ASKED = st.fixed_dictionaries(
    {},
    optional={
        "required": st.lists(NAMES, max_size=2, unique=True),
        "properties": st.dictionaries(NAMES, st.sampled_from([{"type": "string"}, {"minimum": 1}, {"items": {"type": "integer"}}, False]), max_size=4),
        "additionalProperties": st.booleans(),
        "minProperties": st.integers(0, 2),
        "maxProperties": st.integers(1, 4),
        "not": st.sampled_from([{"required": ["a"]}, {"type": "object"}]),
    },
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(ASKED, OBJECTS, st.sampled_from(["tag", "drop_fields", "block"]), st.booleans())
def test_a_ruling_says_what_became_of_an_event_that_broke_its_schema(asked, part, enforce, whole):
    document = {"properties": {"properties": asked}} if whole else asked
    schema = EventSchema(document, None if whole else "properties", enforce)
    rule, sent = compile_rule(Schemas({"Paid": schema})), event("track", part)
    ruling = rule(sent)
    good = accepts(asked, part)
    assert (ruling is None) == good
    if ruling is not None and enforce == "block":
        assert (ruling.event, ruling.result) == (None, "blocked")
    elif ruling is not None:
        left = ruling.event["properties"]
        assert left == {key: part[key] for key in left}
        assert accepts(asked, left) == (ruling.result == "trimmed")
        assert {**ruling.event, "properties": part} == sent


def event(kind, part):
    name = {"event": "Paid"} if kind == "track" else {}
    return {
        "type": kind,
        "userId": "u",
        **name,
        "traits" if kind == "identify" else "properties": part,
    }


@given(
    st.lists(OBJECTS, max_size=6).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    )
)
def test_the_order_of_events_does_not_matter(orders):
    first, second = orders
    assert seen(first).document(FIRST, of=9) == seen(second).document(FIRST, of=9)


@settings(max_examples=40, deadline=None)
@given(MANY, MANY)
def test_shapes_of_portions_are_merged_to_the_shape_of_all(first, second):
    merged = seen(first)
    merged.merge(seen(second))
    assert merged.document(FIRST, of=9) == seen([*first, *second]).document(FIRST, of=9)


@settings(deadline=None, max_examples=150)
@given(st.lists(SMALL, min_size=1, max_size=8), st.lists(SMALL, max_size=4), SMALL)
def test_what_was_accepted_of_things_seen_stays_accepted_when_more_is_seen(first, more, value):
    """Of things not seen nothing is known: a schema leaves them open until they are."""
    before = closed(seen(first).document(FIRST))
    if accepts(before, value):
        assert accepts(seen([*first, *more]).document(FIRST), value)


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=5))
def test_the_lines_for_a_workspace_say_the_names_and_no_file_stands_for_two(names):
    entries = [Entry("track", name, {}) for name in names]
    files = file_names(entries)
    value = read(block(files)).value
    said = value["schemas"]
    assert (said["track"] if names else said) == (
        {one.name: name for name, one in files} if names else None
    )
    assert len({name for name, _ in files}) == len(names)
    assert all(name.isascii() and "/" not in name for name, _ in files)


def test_memory_does_not_grow_with_the_number_of_keys():
    shape, number = Shape(), count()
    for _ in range(300):
        shape.see({f"k{next(number)}x": {"n": next(number)} for _ in range(10)})
    document = shape.document()
    assert json.dumps(document).count('"n"') == 2
    assert NO_SCHEMAS.of("page") is None
