"""What a schema says of the events that it was inferred from."""

import pytest

from segue.schemas.inference import NAMES, Inference
from segue.schemas.shape import DEPTH, KEYS, Shape


def inferred(*values, times=1):
    shape = Shape()
    for value in values * times:
        shape.see({"a": value})
    document = shape.document()["properties"]["a"]
    return {key: one for key, one in document.items() if key != "$comment"}


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        ([1], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([2.0], {"type": "number"}),
        ([True], {"type": "boolean"}),
        ([None], {"type": "null"}),
        (["x", 1, None], {"type": ["string", "integer", "null"]}),
        ([[]], {"type": "array"}),
        ([[1, "x"], []], {"type": "array", "items": {"type": ["string", "integer"]}}),
        ([{}], {"type": "object"}),
    ],
)
def test_the_types_that_were_seen_are_those_allowed(values, schema):
    assert inferred(*values) == schema


def test_what_was_always_there_is_required_and_how_often_it_was_is_said():
    shape = Shape()
    for value in ({"a": 1, "b": None}, {"a": 2}, {"a": 3}):
        shape.see(value)
    assert shape.document() == {
        "type": "object",
        "properties": {
            "a": {"$comment": "in 3 of 3", "type": "integer"},
            "b": {"$comment": "in 1 of 3", "type": "null"},
        },
        "required": ["a"],
    }


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("2026-01-31T10:00:00.000Z", "date-time"),
        ("0d7a2c3e-6b4f-4d0a-9a58-0a7d5ad1c111", "uuid"),
        ("10.0.0.1", "ipv4"),
        ("ann@shop.example", "email"),
        ("https://shop.example/a?b=c", "uri"),
    ],
)
def test_a_format_is_said_when_all_of_twenty_texts_have_it(text, format):  # noqa: A002
    assert inferred(text, times=20) == {"type": "string", "format": format}
    assert inferred(text, times=19) == {"type": "string"}
    assert inferred(text, text, "-", times=20) == {"type": "string"}


def test_texts_of_two_formats_have_none():
    assert inferred("10.0.0.1", "ann@shop.example", times=200) == {"type": "string"}


def test_few_texts_are_an_enum_when_there_were_a_hundred_and_five_of_each():
    assert inferred("pro", "free", times=50) == {"type": "string", "enum": ["free", "pro"]}
    assert inferred("pro", None, times=100) == {"type": ["string", "null"], "enum": ["pro", None]}
    assert inferred("pro", "free", times=49) == {"type": "string"}
    assert inferred(*["pro"] * 200, *["rare"] * 4) == {"type": "string"}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([str(number) for number in range(11)], id="eleven"),
        pytest.param(["x" * 51], id="long"),
        pytest.param(["x", 1], id="not only texts"),
    ],
)
def test_other_texts_are_no_enum(values):
    assert "enum" not in inferred(*values, times=100)


@pytest.mark.parametrize(
    "key",
    ["17", "user_1234", "deadbeefdeadbeef", "ann@shop.example", "2026-01-31", "0d7a2c3e-6b4f-4d0a-9a58-0a7d5ad1c111"],
)  # fmt: skip
def test_ids_are_no_names_of_members(key):
    assert inferred({key: 1}, {}) == {"type": "object", "additionalProperties": {"type": "integer"}}


def test_an_object_with_names_stays_open_whatever_ids_it_has():
    assert inferred({"17": 1, "name": "x"}) == {
        "type": "object",
        "properties": {"name": {"$comment": "in 1 of 1", "type": "string"}},
        "required": ["name"],
    }


def test_too_many_names_are_the_keys_of_a_map():
    names = [f"name{'x' * number}" for number in range(KEYS + 1)]
    assert set(inferred(dict.fromkeys(names[:KEYS], 1))["properties"]) == set(names[:KEYS])
    assert inferred(dict.fromkeys(names, 1)) == {
        "type": "object",
        "additionalProperties": {"type": "integer"},
    }


def test_what_is_nested_very_deeply_is_left_open():
    value = "x"
    for _ in range(DEPTH + 5):
        value = {"a": value}
    document, levels = inferred(value), 0
    while "properties" in document:
        document, levels = document["properties"]["a"], levels + 1
    assert (levels, document["type"]) == (DEPTH - 1, "object")


def event(type="track", name="Paid", **part):  # noqa: A002
    named = {"event": name} if type == "track" else {}
    return {
        "type": type,
        "userId": "u",
        **named,
        "traits" if type == "identify" else "properties": part,
    }


def test_each_name_and_type_has_a_schema_that_says_on_how_many_events_it_rests():
    inference = Inference()
    for one in (event("page"), event(total=1), event("identify", email="x"), event(total=2)):
        inference.see(one)
    found = [(one.type, one.name, one.document["$comment"]) for one in inference.entries()]
    assert found == [
        ("track", "Paid", "inferred from 2 events"),
        ("identify", None, "inferred from 1 event"),
        ("page", None, "inferred from 1 event"),
    ]


def test_a_part_that_is_missing_counts_as_empty():
    inference = Inference()
    for one in (event(total=1), {"type": "track", "event": "Paid", "userId": "u"}):
        inference.see(one)
    (entry,) = inference.entries()
    assert "required" not in entry.document


def test_events_of_other_names_are_passed_over():
    inference = Inference(frozenset({"Paid"}))
    for one in (event(), event(name="Left"), event("page")):
        inference.see(one)
    assert [(one.type, one.name) for one in inference.entries()] == [("track", "Paid")]
    assert inference.left_out == {}


def test_what_has_no_schema_is_counted():
    inference = Inference()
    inference.see({"type": "alias", "userId": "u", "previousId": "p"})
    for number in range(NAMES + 2):
        inference.see(event(name=f"Opened {number}"))
    inference.see(event(name="Opened 0"))
    assert inference.left_out == {
        "alias events have neither properties nor traits": 1,
        "there are over 1,000 names of events": 2,
    }
