"""A TypedDict and the fields of an action, compared."""

from typing import Any, Literal, NotRequired, TypedDict

import pytest

from segue import Destination, JsonObject, JsonValue, action
from segue.testing.breaking import BrokenError
from segue.testing.finding import Shipped
from segue.testing.hints import matches, payload_type
from segue.testing.subject import ActionSubject, Plan


PLAN = Plan(Shipped((), (), ()), (), {}, {}, 1)
DEST = Destination("d", title="D", url="https://d.example")


def said(hint, schema, *, required=True):
    """What the check says of one field with this type and this schema."""
    form = TypedDict("form", {"x": hint if required else NotRequired[hint]})  # noqa: UP013 its type is an argument

    def perform(payload):
        """Nothing."""

    perform.__annotations__ = {"payload": form}
    fields = {"type": "object", "required": ["x"] if required else [], "properties": {"x": schema}}
    subject = ActionSubject(action(DEST, "a", trigger="true", fields=fields)(perform), PLAN)
    try:
        matches(subject)
    except BrokenError as broken:
        return broken.what.partition("\n")[2]
    return None


class Item(TypedDict):
    sku: str
    price: NotRequired[float]


ITEM = {
    "type": "object",
    "required": ["sku"],
    "properties": {"sku": {"type": "string"}, "price": {"type": "number"}},
}
FITTING = [
    (str, {"type": "string"}),
    (str | None, {"type": ["string", "null"]}),
    (float, {"type": "number"}),
    (int | float, {"type": "number"}),
    (int, {"type": "integer"}),
    (float, {"type": "integer"}),
    (bool, {"type": "boolean"}),
    (str | float, {"type": ["string", "number"], "format": "date-like"}),
    (dict[str, str], {"type": "object"}),
    (JsonObject, {"type": "object"}),
    (list[str], {"type": "array", "items": {"type": "string"}}),
    (JsonValue, {}),
    (object, {"type": "string"}),
    (Any, {"type": "array"}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (str, {"enum": ["a", "b"]}),
    (Item, ITEM),
    (list[Item], {"type": "array", "items": ITEM}),
]
DIFFERING = [
    (int, {"type": "number"}, "x: it may hold a number, which the type int does not say"),
    (str, {"type": ["string", "null"]}, "x: it may hold null, which the type str does not say"),
    (str, {}, "x: it may hold a list or a boolean or a whole number or null or a number or an object"),
    (str | int, {"type": "string"}, "x: the type str | int also says a whole number, which it never holds"),
    (list[int], {"type": "array", "items": {"type": "string"}}, "x[]: it may hold a string, which the type int"),
    (Literal["a"], {"type": "string", "enum": ["a", "b"]}, "x: its Literal lacks 'b'"),
    (Item, {**ITEM, "required": []}, "x.sku: the fields do not require it; write NotRequired[…]"),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "schema"), FITTING)
def test_a_type_that_says_what_the_schema_says_fits(hint, schema):
    assert said(hint, schema) is None
    assert said(hint, schema, required=False) is None


@pytest.mark.parametrize(("hint", "schema", "sentence"), DIFFERING)
def test_a_type_that_says_something_else_is_named(hint, schema, sentence):
    assert sentence in said(hint, schema)


def test_a_payload_that_is_no_typed_dict_is_not_compared():
    @action(DEST, "a", trigger="true", fields={"type": "object"})
    def untyped(payload):
        """Nothing."""

    @action(DEST, "b", trigger="true", fields={"type": "object"})
    def loosely(payload: JsonObject):
        """Nothing."""

    assert payload_type(untyped) is payload_type(loosely) is None


def test_markers_count_where_annotations_are_texts():
    form = TypedDict("form", {"x": "NotRequired[str]"})  # noqa: UP013 as above
    fields = {"type": "object", "properties": {"x": {"type": "string"}}}

    def perform(payload):
        """Nothing."""

    perform.__annotations__ = {"payload": form}
    matches(ActionSubject(action(DEST, "a", trigger="true", fields=fields)(perform), PLAN))
