"""Empty values leave a payload before it is judged."""

import pytest

from segue.fields.cleaning import compile_cleaning
from segue.json import MISSING


CLEAN = compile_cleaning(
    {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "number": {"type": "number"},
            "nullable": {"type": ["number", "null"]},
            "anything": {},
            "address": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "floor": {"type": "integer"}},
            },
            "tags": {"type": "array", "items": {"type": "string"}},
            "items": {
                "type": "array",
                "items": {"type": "object", "properties": {"price": {"type": "number"}}},
            },
            "scores": {"type": "object", "additionalProperties": {"type": "number"}},
        },
    }
)

CASES = {
    "a null of a type that has none": ({"text": None, "number": None}, {}),
    "a null of a type that has one": ({"nullable": None}, {"nullable": None}),
    "an empty text of another type": ({"number": "", "nullable": ""}, {}),
    "an empty text at the top": ({"text": "", "anything": "", "else": ""}, {}),
    "an empty text further down": (
        {"address": {"city": "", "floor": ""}},
        {"address": {"city": ""}},
    ),
    "what has no type": ({"anything": None, "else": None}, {"anything": None, "else": None}),
    "what is below no type": (
        {"anything": {"a": None, "b": ""}},
        {"anything": {"a": None, "b": ""}},
    ),
    "empty items": ({"tags": ["a", None, ""]}, {"tags": ["a", ""]}),
    "a list that is no list": ({"tags": ""}, {}),
    "empty members of items": ({"items": [{"price": None}, None]}, {"items": [{}]}),
    "empty members of a map": ({"scores": {"a": 1, "b": None}}, {"scores": {"a": 1}}),
    "empty containers": ({"address": {}, "tags": []}, {"address": {}, "tags": []}),
    "values of the wrong type": (
        {"text": {"a": None}, "number": [None]},
        {"text": {"a": None}, "number": [None]},
    ),
}


@pytest.mark.parametrize(("payload", "expected"), CASES.values(), ids=CASES)
def test_empty_values_are_removed_by_the_types_of_their_fields(payload, expected):
    assert CLEAN(payload) == expected


def test_a_payload_that_is_empty_itself_is_missing():
    assert [CLEAN(None), CLEAN("")] == [MISSING, MISSING]


def test_a_clean_payload_comes_back_as_it_is():
    payload = {"text": "a", "items": [{"price": 1}], "tags": ["b"], "nullable": None}
    assert CLEAN(payload) is payload


def test_only_what_changes_is_copied():
    payload = {"address": {"city": "Paris"}, "items": [{"price": None}]}
    cleaned = CLEAN(payload)
    assert cleaned["address"] is payload["address"]
    assert payload == {"address": {"city": "Paris"}, "items": [{"price": None}]}
