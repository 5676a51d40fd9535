"""Payloads made of a field spec: every keyword is reached, and only what is allowed comes out."""

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from segue import AuthorError, compile_fields
from segue.errors import FieldsError
from segue.testing import payloads


def spec(required=(), *, closed=True, **properties):
    return {
        "type": "object",
        "additionalProperties": not closed,
        "required": list(required),
        "properties": properties,
    }


FORMATS = [
    *("date", "time", "date-time", "email", "hostname", "ipv4", "ipv6", "regex"),
    *("uri", "uri-reference", "uri-template", "uuid", "text", "password"),
]
TEXT = {"type": "string"}
NEEDS = {
    **spec(kind={"enum": ["card", "cash"]}, number=TEXT, name=TEXT, change={"type": "integer"}),
    "required": ["kind"],
    "if": {"properties": {"kind": {"const": "card"}}},
    "then": {"required": ["number"]},
    "else": {"required": ["change"]},
    "dependentRequired": {"number": ["name"]},
}
EITHER = {**spec(a=TEXT, b=TEXT), "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
SPECS = {
    "types": spec(
        s=TEXT,
        n={"type": "number"},
        i={"type": "integer"},
        b={"type": "boolean"},
        o={"type": "object"},
        l={"type": "array"},
        a={},
    ),
    "lengths": spec(["s"], s={"type": "string", "minLength": 2, "maxLength": 3}),
    "pattern": spec(["s"], s={"type": "string", "pattern": r"^(?<a>[A-Z]{2})\d\u{2d}[^x]$"}),
    "pattern with classes": spec(["s"], s={"type": "string", "pattern": r"^\p{L}[\p{Lu}_]+$"}),
    "pattern and length": spec(["s"], s={"type": "string", "pattern": "^a+", "maxLength": 4}),
    "ranges": spec(
        ["n", "i"],
        n={"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        i={"type": "integer", "minimum": -1.5, "exclusiveMaximum": 2},
    ),
    "lists": spec(
        ["l"],
        l={
            "type": "array",
            "items": {"enum": [1, 2, 3]},
            "minItems": 2,
            "maxItems": 3,
            "uniqueItems": True,
        },
    ),
    "nested": spec(
        ["l"],
        l={
            "type": "array",
            "minItems": 1,
            "items": spec(["x"], x={"type": ["boolean", "null"]}, closed=False),
        },
    ),
    "open with names": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z]+$", "maxLength": 3},
        "additionalProperties": {"type": "integer", "minimum": 5},
        "minProperties": 1,
        "maxProperties": 2,
    },
    "conditions": NEEDS,
    "one of": EITHER,
    "all of": {**EITHER, "allOf": [{"properties": {"a": {"minLength": 3}}}, {"minProperties": 1}]},
    "not": {**spec(a=TEXT, b=TEXT), "not": {"required": ["a", "b"]}},
    "const": spec(["c"], c={"const": 7}),
    "dates": spec(["d"], d={"type": ["string", "number"], "format": "date-like"}),
    "formats": spec(
        FORMATS, **{name: {**TEXT, "format": name, "minLength": 1} for name in FORMATS}
    ),
}


@pytest.mark.parametrize("schema", SPECS.values(), ids=SPECS.keys())
def test_every_payload_is_one_that_the_spec_allows(schema):
    fields = compile_fields(schema)

    @settings(max_examples=60, deadline=None)
    @given(payloads(schema))
    def all_valid(payload):
        assert fields.validate(payload) == fields.coerce(payload)

    all_valid()


FIRST = settings(max_examples=3000, database=None, phases=[Phase.generate])
REACHED = {
    "each type": ("types", lambda one: one.keys() == {*"snioba"} | {"l"}),
    "text that is not ASCII": ("types", lambda one: not one.get("s", "").isascii()),
    "a text that climbs out of a path": ("types", lambda one: ".." in one.get("s", "")),
    "the longest text": ("lengths", lambda one: len(one["s"]) == 3),
    "the shortest text": ("lengths", lambda one: len(one["s"]) == 2),
    "a field that is left out": ("types", lambda one: "s" not in one),
    "null where it is allowed": ("nested", lambda one: one["l"][0]["x"] is None),
    "a member that is not declared": ("nested", lambda one: len(one["l"][0]) > 1),
    "such a member with a declared name": ("nested", lambda one: "l" in one["l"][0]),
    "the lower bound": ("ranges", lambda one: one["i"] == -1),
    "the upper bound": ("ranges", lambda one: one["i"] == 1),
    "a fraction": ("types", lambda one: one.get("n", 0) % 1),
    "the then of an if": ("conditions", lambda one: one["kind"] == "card"),
    "the else of an if": ("conditions", lambda one: one["kind"] == "cash" and "number" not in one),
    "each branch of a oneOf": ("one of", lambda one: "b" in one),
    "a date as a number": ("dates", lambda one: not isinstance(one["d"], str)),
    "each format": ("formats", lambda one: len(one) == len(FORMATS)),
}


@pytest.mark.parametrize(("name", "wanted"), REACHED.values(), ids=REACHED.keys())
def test_what_the_spec_allows_is_reached(name, wanted):
    find(payloads(SPECS[name]), wanted, settings=FIRST)


def test_examples_help_where_a_pattern_cannot_be_followed():
    field = {"type": "string", "pattern": r"^\p{Greek}+$", "examples": ["αβγ"]}
    assert find(payloads(spec(["s"], s=field)), lambda _: True) == {"s": "αβγ"}
    with pytest.raises(AuthorError, match="give the field `examples`"):
        payloads(spec(["s"], s={key: field[key] for key in ("type", "pattern")}))


def test_a_spec_that_nothing_satisfies_has_no_payloads():
    nothing = spec(["a"], a={"type": "integer", "minimum": 3, "maximum": 2})
    with pytest.raises(Unsatisfiable):
        find(payloads(nothing), lambda _: True)


def test_what_is_no_field_spec_is_refused():
    with pytest.raises(FieldsError, match="is not a keyword"):
        payloads({"type": "object", "propertees": {}})


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_no_null_and_no_empty_text_comes_as_the_runtime_would_have_taken_it_out(data):
    payload = data.draw(payloads(SPECS["types"]))
    assert None not in [payload.get(key) for key in "snibo" if key in payload]
    assert payload.get("s") != ""
