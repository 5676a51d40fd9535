"""What is in the way of a refused value, and why a required one is missing."""

import pytest

import segue.check
from segue.check.mends import mend, remedy
from segue.errors import PayloadError
from segue.fields import compile_fields
from segue.plugins import load_plugins
from segue.workspace import parse_workspace


FIELDS = compile_fields(
    {
        "type": "object",
        "properties": {
            "plan": {"type": "string", "enum": ["free", "pro"]},
            "code": {"type": "string", "pattern": "^[A-Z0-9]+$"},
            "kind": {"type": "string", "pattern": "^[a-z_]+$"},
            "count": {"type": "integer"},
            "price": {"type": "number"},
            "day": {"type": "string", "format": "date"},
            "lines": {"type": "array", "items": {"type": "string", "enum": ["A"]}},
        },
    }
)


@pytest.mark.parametrize(
    ("payload", "known"),
    [
        ({"plan": "FREE"}, "case"),
        ({"plan": "pr o"}, "space"),
        ({"plan": "gold"}, ""),
        ({"code": "ab1"}, "case"),
        ({"code": "A-B"}, "sign -"),
        ({"code": "a-b"}, ""),
        ({"kind": "share-link"}, "sign -"),
        ({"count": "1.5"}, "fraction"),
        ({"count": "many"}, ""),
        ({"price": "12,50"}, "sign ,"),
        ({"day": "2026-01-31T09:30:00Z"}, "date"),
        ({"day": "soon"}, ""),
        ({"lines": ["A", "a"]}, "case"),
    ],
)
def test_what_is_in_the_way_of_a_value_is_known(payload, known):
    with pytest.raises(PayloadError) as refused:
        FIELDS.coerce(payload)
    assert mend(FIELDS, payload, refused.value.errors[0]) == known


def test_a_remedy_names_the_sign():
    assert '"-"' in remedy("pattern:sign -")
    assert remedy("pattern") is None


SCHEMAS = """
schemas:
  track:
    Order Completed:
      schema:
        type: object
        required: [code]
        properties: {code: {type: string, maxLength: 9}, other: {type: string, minLength: 1, maxLength: 9}}
  identify:
    schema: {type: object, required: [mail], properties: {mail: {type: string, format: email, maxLength: 80}}}
"""
CAUSES = {
    "a path that may be missing": ("action: order", 'order: {"@path": $.properties.other}', "required"),
    "a path that may be empty": ("action: order", 'order: {"@path": $.properties.code}', "required:empty"),
    "a member that is not mapped": (
        "action: ship",
        'to: {"@if": {exists: {"@path": $.event}, then: {zip: {"@path": $.properties.code}}}}',
        "required:unmapped",
    ),
    "an id that is not read": ("action: person", 'id: {"@path": $.userId}', "anyOf:unread"),
    "an id that may be missing, and another": (
        "action: person", 'id: {"@path": $.userId}\n    email: {"@path": $.traits.email}', "anyOf",
    ),
}  # fmt: skip

PLUGIN = """
from segue import Destination, Request, action

BOOKS = Destination("books", title="Books", url="https://books.example")

def fields(required, properties, **more):
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties, **more}

TEXT = {"type": "string", "minLength": 1, "maxLength": 9}
TRACK = 'type = "track" and event = "Order Completed"'

@action(BOOKS, "order", trigger=TRACK, fields=fields(["order"], {"order": TEXT}))
def order(payload):
    return Request.post("/", json=payload)

@action(BOOKS, "ship", trigger=TRACK, fields=fields([], {"to": fields(["city"], {"city": TEXT, "zip": TEXT})}))
def ship(payload):
    return Request.post("/", json=payload)

@action(BOOKS, "person", trigger='type = "identify"', fields=fields([], {
    "name": TEXT, "id": {"type": "string"}, "email": {"type": "string", "mapping": {"@path": "$.traits.mail"}},
}, anyOf=[{"required": ["id"]}, {"required": ["email"]}]))
def person(payload):
    return Request.post("/", json=payload)
"""


@pytest.mark.parametrize(("action", "line", "rule"), CAUSES.values(), ids=[*CAUSES])
def test_it_is_told_why_a_required_value_is_missing(action, line, rule, tmp_path):
    (tmp_path / "books.py").write_text(PLUGIN)
    text = f"""
version: 1
sources: {{web: {{write_key: k}}}}
{SCHEMAS}
connections:
  c:
    destination: books
    sources: [web]
    mappings:
      m:
        {action}
        fields:
          {line.replace("    ", "          ")}
"""
    workspace = parse_workspace(text, load_plugins(folder=tmp_path), environ={})
    found = segue.check.inspect(workspace, most=150).findings
    assert [one.rule for one in found if one.code in {"S011", "S013"}] == [rule]
