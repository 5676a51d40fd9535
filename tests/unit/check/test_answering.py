"""What a generator does after its first request, and what an action does to what it is given."""

import pytest

import segue.check
from segue.plugins import load_plugins


PLUGIN = """
from segue import Destination, RefusedError, Request, RetryableError, action

DOCUMENT = {"openapi": "3.1.0", "components": {"schemas": {"Person": {"type": "object", "required": ["id", "next"],
    "properties": {"id": {"type": "string"}, "next": {"$ref": "#/components/schemas/Next"}, "rare": {"type": "string"}}},
    "Next": {"type": "object", "required": ["page"], "properties": {"page": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Next"}}}}},
    "paths": {
    "/people": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}}}}},
    "/orders": {"post": {"requestBody": {"content": {"application/json": {"schema": {"required": ["id"], "properties": {"id": {"type": "string"}}}}}},
                "responses": {"204": {"description": "done"}}}}}}

TOLD = Destination("told", title="Told", url="https://told.example", openapi=DOCUMENT)
FREE = Destination("free", title="Free", url="https://free.example")
FIELDS = {"type": "object", "additionalProperties": False, "properties": {"note": {"type": "string", "title": "Note"}}}

def ask(destination, name):
    return action(destination, name, trigger='type = "track"', fields=FIELDS)

@ask(TOLD, "good")
def good(payload):
    found = yield Request.get("/people")
    if "id" not in found.json():
        raise RetryableError("nobody is named")
    yield Request.post("/orders", json={"id": found.json()["id"]})

@ask(TOLD, "paged")
def paged(payload):
    found = yield Request.get("/people")
    yield Request.post("/orders", json={"id": found.json().get("next", {}).get("page")})

@ask(TOLD, "rare")
def rare(payload):
    found = yield Request.get("/people")
    yield Request.post("/orders", json={"id": found.json()["rare"]})

@ask(FREE, "blind")
def blind(payload):
    found = yield Request.get("/people")
    yield Request.post("/orders/" + found.json()["id"])

@ask(FREE, "lost")
def lost(payload):
    found = yield Request.get("/people")
    yield Request.post("/orders/" + found.json()["uuid"])

@ask(FREE, "elsewhere")
def elsewhere(payload):
    yield Request.get("/people")
    yield Request.post("ftp://elsewhere.example")

@ask(FREE, "taken")
def taken(payload):
    found = yield Request.get("/people", accept=[404])
    if not found.ok:
        raise KeyError("none")

@ask(FREE, "settled")
def settled(payload):
    yield Request.get("/people")
    raise RefusedError("nobody is there")

@ask(FREE, "endless")
def endless(payload):
    while True:
        yield Request.get("/people")

@ask(FREE, "writer")
def writer(payload):
    payload["more"] = 1
    return Request.post("/orders", json=payload)

@ask(FREE, "scribbler")
def scribbler(event):
    event.setdefault("properties", {})["seen"] = True
    return Request.post("/orders")
"""

WORKSPACE = """
version: 1
sources: {{shop: {{write_key: k}}}}
schemas:
  track:
    Order Completed: {{schema: {{type: object, properties: {{note: {{type: string, maxLength: 9}}}}}}}}
connections:
  one:
    destination: {home}
    sources: [shop]
    mappings:
      orders:
        action: {name}
        trigger: type = "track" and event = "Order Completed"
        fields: {{note: {{"@path": $.properties.note}}}}
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "told.py").write_text(PLUGIN)
    return load_plugins(folder=folder)


@pytest.fixture
def found(catalogue, tmp_path):
    """``found(home, name)`` is what is said of an action, apart from what its mapping does."""

    def run(home, name):
        file = tmp_path / "segue.yaml"
        file.write_text(WORKSPACE.format(home=home, name=name))
        report = segue.check.workspace(file, catalogue=catalogue, most=80)
        return [one for one in report.findings if one.code not in {"S014", "S015"}]

    return run


@pytest.mark.parametrize(
    ("home", "name"),
    [("told", "good"), ("free", "settled"), ("free", "endless")],
)
def test_nothing_is_said_of_an_action_that_goes_on_ends_or_says_what_becomes_of_it(found, home, name):  # fmt: skip
    assert found(home, name) == []


@pytest.mark.parametrize(
    ("home", "name", "severity", "rule", "said"),
    [
        ("told", "paged", "warning", "likely", "after 1 answered the request is undescribed: body/id"),
        ("told", "rare", "warning", "likely", "after 1 answered the action fails: KeyError: 'rare'"),
        ("free", "lost", "warning", "likely", "after 1 answered the action fails: KeyError: 'uuid'"),
        ("free", "elsewhere", "warning", "likely", "after 1 answered the action fails: ValueError"),
        ("free", "taken", "warning", "accepted", "after 1 answered the action fails: KeyError: 'none'"),
        ("free", "blind", "note", "empty", "after 1 answered the action fails: KeyError: 'id'"),
    ],
)  # fmt: skip
def test_what_goes_wrong_later_is_told_with_the_kind_of_answer(found, home, name, severity, rule, said):  # fmt: skip
    (one,) = found(home, name)
    assert (one.code, one.severity, one.rule) == ("S026", severity, rule)
    assert said in one.message
    assert one.event["event"] == "Order Completed"


@pytest.mark.parametrize("name", ["writer", "scribbler"])
def test_an_action_that_writes_to_what_it_is_given_is_told(found, name):
    (one,) = found("free", name)
    assert (one.code, one.severity) == ("S027", "warning")
    assert "seen" not in str(one.event)
    assert one.payload in ({}, {"note": "x"})
