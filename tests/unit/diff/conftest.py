import pytest

from segue.plugins import load_plugins
from segue.workspace import parse_workspace


ATLAS = """
from segue import Destination, Request, action

ATLAS = Destination("atlas", title="Atlas", url="https://atlas.example", settings={
    "type": "object", "properties": {"key": {"type": "string", "writeOnly": True}}})

@action(ATLAS, "order", trigger='type = "track" and event = "Order Completed"', fields={
    "type": "object", "additionalProperties": False, "required": ["order"],
    "properties": {
        "order": {"type": "string", "title": "Order"},
        "total": {"type": "number", "title": "Total"},
        "note": {"type": "string", "title": "Note"},
    },
})
def order(payload, context):
    return Request.post("/orders", json=payload, headers={"Idempotency-Key": context.idempotency_key})
"""

WORKSPACE = """
version: 1
sources: {{shop: {{write_key: k}}}}
connections:
  books:
    destination: atlas
    settings: {{key: very-secret-1}}
    sources: [shop]
    mappings:
{mappings}
"""


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    """A destination that nobody has."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "atlas.py").write_text(ATLAS)
    return load_plugins(folder=folder)


@pytest.fixture(scope="session")
def load(atlas):
    """``load(mappings)``: a workspace with these lines of mappings."""

    def load(mappings, text=WORKSPACE):
        lines = "\n".join(f"      {line}" for line in mappings.strip("\n").splitlines())
        return parse_workspace(text.format(mappings=lines), atlas, environ={})

    return load
