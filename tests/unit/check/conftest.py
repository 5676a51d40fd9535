import pytest

import segue.check
from segue.plugins import load_plugins


ATLAS = """
from segue import Destination, Request, action

ATLAS = Destination("atlas", title="Atlas", url="https://atlas.example", settings={
    "type": "object", "properties": {"key": {"type": "string", "writeOnly": True}}},
    openapi={"openapi": "3.1.0", "paths": {"/orders": {"post": {"requestBody": {"content": {
        "application/json": {"schema": {"properties": {"gift": {"enum": [True]}}}}}}}}}})

@action(ATLAS, "order", trigger='type = "track" and event = "Order Completed"', fields={
    "type": "object", "additionalProperties": False, "required": ["order"],
    "properties": {
        "order": {"type": "string", "title": "Order", "minLength": 1, "maxLength": 20},
        "total": {"type": "number", "title": "Total", "minimum": 0},
        "email": {"type": "string", "format": "email", "title": "Email"},
        "status": {"type": "string", "enum": ["paid", "open"], "title": "Status"},
        "gift": {"type": "boolean", "title": "Gift"},
        "note": {"type": "string", "title": "Note"},
        "marks": {"type": "array", "title": "Marks", "maxItems": 5, "items": {"type": "string"}},
        "ship": {"type": "object", "additionalProperties": False,
                 "properties": {"city": {"type": "string"}}},
    },
})
def order(payload):
    if payload.get("note") == "boom":
        raise ValueError("boom")
    return Request.post("/orders", json=payload)

@action(ATLAS, "person", trigger='type = "identify"', fields={
    "type": "object", "additionalProperties": False,
    "anyOf": [{"required": ["email"]}, {"required": ["id"]}],
    "properties": {"email": {"type": "string", "format": "email"}, "id": {"type": "string"}},
})
def person(payload):
    return Request.post("/orders", json={})
"""

WORKSPACE = """
version: 1
sources: {{shop: {{write_key: k}}}}
{schemas}
connections:
  books:
    destination: atlas
    settings: {{key: very-secret-1}}
    sources: [shop]
    mappings:
{mappings}
"""

ORDER = """
schemas:
  track:
    Order Completed:
      schema:
        type: object
        required: [order_id, total]
        additionalProperties: false
        properties:
          order_id: {type: string, minLength: 1, maxLength: 12}
          long_id: {type: string, minLength: 1, maxLength: 40}
          total: {type: number, minimum: 0, maximum: 1000}
          email: {type: string, format: email, maxLength: 80}
          status: {enum: [paid, open, lost]}
          gift: {type: boolean}
          note: {enum: [hello, boom]}
          ship: {type: object, properties: {city: {type: string, maxLength: 9}, zip: {type: string, maxLength: 9}}}
  identify:
    schema: {type: object, properties: {email: {type: string, format: email, maxLength: 80}}}
"""


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """A destination that nobody has."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "atlas.py").write_text(ATLAS)
    return load_plugins(folder=folder)


@pytest.fixture
def atlas_text():
    """Its source."""
    return ATLAS


@pytest.fixture
def check(atlas, tmp_path):
    """``check(mappings)`` writes a workspace with these lines of mappings and gives its report."""

    def run(mappings, schemas=ORDER, **more):
        file = tmp_path / "segue.yaml"
        lines = "\n".join(f"      {line}" for line in mappings.strip("\n").splitlines())
        file.write_text(WORKSPACE.format(mappings=lines, schemas=schemas))
        return segue.check.workspace(file, catalogue=atlas, **more)

    return run
