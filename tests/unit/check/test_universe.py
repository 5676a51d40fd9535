"""What schemas may say, and what the search makes of it: each is a mapping with one fault, or with none."""

import json

import pytest

from segue.check.inlining import inlined
from segue.solving import put


NOTHING_WRONG = []
LABEL = {"type": "string", "minLength": 1, "maxLength": 20}
PLACE = {"order": {"@path": "$.properties.place"}}


def codes(check, properties, fields, *, notes=False, **schema):
    """What is said of a mapping with these properties declared and required."""
    needed = schema.pop("required", [*properties])
    part = {"type": "object", "required": needed, "properties": properties, **schema}
    declared = {"schemas": {"track": {"Order Completed": {"schema": part}}}}
    mapping = {"action": "order", "fields": {"order": "1", **fields}}
    report = check(json.dumps({"m": mapping})[1:-1], json.dumps(declared)[1:-1])
    return [(one.severity, one.code) for one in report.findings if notes or one.severity != "note"]


@pytest.mark.parametrize(
    ("properties", "fields", "found"),
    [
        pytest.param(
            {"status": {"enum": ["paid", *(f"s{n}" for n in range(40)), "open"]}},
            {"status": {"@path": "$.properties.status"}},
            [("error", "S010")],
            id="the one in the middle of many choices",
        ),
        pytest.param(
            {"total": {"enum": [*map(str, range(200)), "12,50", *map(str, range(200, 400))]}},
            {"total": {"@path": "$.properties.total"}},
            [("error", "S010"), ("warning", "S014")],
            id="the only choice of its form",
        ),
        pytest.param(
            {"marks": {"type": "array", "maxItems": 6, "uniqueItems": True, "items": LABEL}},
            {"marks": {"@path": "$.properties.marks"}},
            [("error", "S012")],
            id="a list too long whose items are all different",
        ),
        pytest.param(
            {"pair": {"type": "array", "minItems": 2, "prefixItems": [{"type": "number"}, {**LABEL, "maxLength": 21}]}},
            {"order": {"@path": "$.properties.pair[1]"}},
            [("error", "S012")],
            id="the second of a pair",
        ),
        pytest.param(
            {"pair": {"type": "array", "minItems": 2, "prefixItems": [{"type": "number"}, LABEL]}},
            {"order": {"@path": "$.properties.pair[1]"}},
            NOTHING_WRONG,
            id="the second of a pair that fits",
        ),
        pytest.param(
            {"place": LABEL, "old": False, "any": True}, PLACE, NOTHING_WRONG, id="true and false"
        ),
        pytest.param(
            {"place": LABEL, "old": False},
            {"note": {"@path": "$.properties.old"}},
            [("error", "S005")],
            id="a property that is ruled out",
        ),
        pytest.param(
            {"definitions": LABEL},
            {"order": {"@path": "$.properties.definitions"}},
            NOTHING_WRONG,
            id="a property that is called as a keyword is",
        ),
        pytest.param(
            {"dozens": {"type": "integer", "minimum": 7, "multipleOf": 12}},
            {"email": {"@path": "$.properties.dozens"}},
            [("error", "S010")],
            id="a number that is a multiple",
        ),
        pytest.param(
            {"place": {"anyOf": [{"type": "string", "enum": [1]}, {**LABEL, "maxLength": 21}]}},
            PLACE,
            [("error", "S012")],
            id="an alternative that no value is of",
        ),
        pytest.param(
            {"mail": {"type": "string", "format": "idn-email"}},
            {"total": {"@path": "$.properties.mail"}},
            [("error", "S010")],
            id="a format that no field has",
        ),
    ],
)  # fmt: skip
def test_a_schema_is_read_as_it_is_meant(check, properties, fields, found):
    needed = [name for name, one in properties.items() if one is not False]
    assert codes(check, properties, fields, required=needed, additionalProperties=False) == found


def test_names_are_declared_by_their_pattern(check):
    names = {"^at_": {**LABEL, "maxLength": 21}}
    fields = {"order": {"@path": "$.properties.at_home"}}
    found = codes(check, {}, fields, required=["at_home"], patternProperties=names, additionalProperties=False)  # fmt: skip
    assert found == [("error", "S012")]


def test_a_property_is_also_what_the_patterns_say_of_its_name(check):
    names = {"^at_": {"maxLength": 21}}
    home = {"at_home": {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"}}
    fields = {"order": {"@path": "$.properties.at_home"}}
    assert codes(check, home, fields, patternProperties=names) == [("error", "S012")]


def test_no_event_has_a_name_of_another_pattern(check):
    names = {"^at_": LABEL}
    fields = {"note": {"@path": "$.properties.home"}}
    found = codes(check, {}, fields, patternProperties=names, additionalProperties=False)
    assert found == [("error", "S005")]


@pytest.mark.parametrize(
    "much",
    [{"type": "string", "minLength": 10**10}, {"type": "array", "minItems": 10**9, "items": LABEL}],
    ids=["text", "list"],
)
def test_a_schema_that_asks_for_more_than_an_event_may_hold_is_no_burden(check, much):
    assert codes(check, {"place": much}, {"note": "1"}, notes=True) == [("note", "S019")]


@pytest.mark.parametrize("place", ["0", "1", "150", "1899"])
def test_any_index_can_be_read(check, place):
    fields = {"note": {"@path": f"$.properties.lines[{place}].at.home"}}
    lines = {"type": "array", "items": {"type": "object"}}
    assert codes(check, {"lines": lines}, fields) == NOTHING_WRONG


def test_a_list_that_is_too_short_gets_more_of_its_last_item():
    assert put({"a": [{"b": 1, "c": 2}]}, ["a", "2", "b"], 7) == {
        "a": [{"b": 1, "c": 2}, {"b": 1, "c": 2}, {"b": 7, "c": 2}]
    }


def test_a_key_that_is_a_year_names_a_member():
    assert put({}, ["years", "2026", "total"], 1) == {"years": {"2026": {"total": 1}}}


NODE = {"type": "object", "properties": {one: {"$ref": "#/$defs/node"} for one in "abcdefgh"}}


def test_a_schema_that_holds_itself_many_times_over_is_unfolded_as_far_as_there_is_room():
    tree = inlined({"$defs": {"node": NODE}, "properties": {"root": {"$ref": "#/$defs/node"}}})
    inner = tree["properties"]["root"]["properties"]["h"]["properties"]["a"]
    assert inner["type"] == "object"
    assert len(json.dumps(tree)) < 1_000_000


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#/$defs/a%20b", {"type": "null"}),
        ("#/allOf/0", {"type": "array"}),
        ("#anchor", {}),
        ("other.json#/x", {}),
    ],
)
def test_a_reference_leads_to_what_it_points_to_and_to_nothing_else(reference, found):
    schema = {
        "$defs": {"a b": {"type": "null"}},
        "allOf": [{"type": "array"}],
        "properties": {"one": {"$ref": reference}},
    }
    assert inlined(schema)["properties"]["one"] == found


def test_data_that_looks_like_a_schema_stays_as_it_is():
    data = {"properties": {"examples": [{"$ref": "#/x", "$id": 1}], "definitions": 2}}
    assert inlined({"examples": [data], "const": data}) == {"examples": [data], "const": data}


def test_the_deepest_schema_that_is_taken_can_be_searched(check):
    deep = LABEL
    for _ in range(45):
        deep = {"type": "object", "properties": {"a": deep}}
    found = codes(check, {"place": LABEL, "deep": deep}, PLACE, required=["place"])
    assert found == NOTHING_WRONG


def test_a_path_longer_than_any_event_is_deep_leads_nowhere(check):
    long = "$.properties" + ".a" * 2_000
    report = check(
        json.dumps({"m": {"action": "order", "fields": {"order": {"@path": long}}}})[1:-1]
    )
    assert [one.code for one in report.findings] != []
    assert put({}, ["a"] * 2_000, 1) == {}
