"""Requests, held to OpenAPI documents of both kinds."""

import json

import pytest

from segue import AuthorError, Request
from segue.openapi import Description, read


BASE = "https://api.example/v2"
DOCUMENT = {
    "openapi": "3.0.3",
    "paths": {
        "/people/{id}": {
            "get": {"parameters": [{"$ref": "#/components/parameters/Full"}]},
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer"}}],
        },
        "/people/me": {"get": {}},
        "/people": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json; charset=utf-8": {
                            "schema": {"$ref": "#/components/schemas/Person"}
                        }
                    },
                }
            }
        },
    },
    "components": {
        "parameters": {"Full": {"name": "full", "in": "query", "schema": {"type": "boolean"}}},
        "schemas": {
            "Person": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"$ref": "#/components/schemas/Name"},
                    "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
                    "kind": {"type": "string", "enum": ["a"], "nullable": True},
                },
            },
            "Name": {"type": "string", "maxLength": 3},
        },
    },
}


def problems(request):
    return list(Description(DOCUMENT).problems(request, BASE))


FITTING = {
    "a path with a value": Request.get("/people/7", params={"full": True}),
    "a path that is also a value of another": Request.get("/people/me"),
    "an absolute URL": Request.get("https://api.example/v2/people/7"),
    "a body": Request.post("/people", json={"name": "Ada", "age": 1, "kind": None}),
    "a body that is no JSON": Request.post("/people", body=b"name=Ada"),
}
DIFFERING = {
    "no such path": (
        Request.get("/person/7"),
        "there is no path for /v2/person/7; there are /people/{id}, /people/me, /people",
    ),
    "no such method": (Request.put("/people", json={}), "/people knows no PUT, but POST"),
    "a value of the wrong type": (
        Request.get("/people/ada"),
        "path parameter id: 'ada' is not of type 'integer'",
    ),
    "a parameter of the wrong type": (
        Request.get("/people/7", params={"full": "very"}),
        "query parameter full: 'very' is not of type 'boolean'",
    ),
    "no body": (Request.post("/people"), "there has to be a body, and there is none"),
    "a body where none is": (
        Request.get("/people/me", json={}),
        "there is a body, and the document describes none",
    ),
    "a missing member": (Request.post("/people", json={}), "body: 'name' is a required property"),
    "a member through two references": (
        Request.post("/people", json={"name": "Augusta"}),
        "body/name: 'Augusta' is too long",
    ),
    "an exclusive bound of 3.0": (
        Request.post("/people", json={"name": "Ada", "age": 0}),
        "body/age: 0 is less than or equal to the minimum of 0",
    ),
}


@pytest.mark.parametrize("request_", FITTING.values(), ids=FITTING.keys())
def test_what_the_document_describes_fits(request_):
    assert problems(request_) == []


@pytest.mark.parametrize(("request_", "sentence"), DIFFERING.values(), ids=DIFFERING.keys())
def test_what_it_does_not_describe_is_named(request_, sentence):
    assert problems(request_)[0].startswith(sentence)


def test_a_document_may_be_json_or_yaml(tmp_path):
    written, spelled = tmp_path / "api.json", tmp_path / "api.yaml"
    written.write_text(json.dumps(DOCUMENT))
    spelled.write_text("openapi: 3.1.0\npaths: {/people: {get: {}}}\n")
    assert read(written) == read(DOCUMENT) == DOCUMENT
    assert read(spelled)["paths"] == {"/people": {"get": {}}}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("none.json", None, "the OpenAPI document cannot be read: "),
        ("bad.json", "{", "is neither JSON nor YAML"),
        ("bad.yaml", "{", "is neither JSON nor YAML"),
        ("other.json", "{}", 'is no OpenAPI document: it has no "paths"'),
    ],
)
def test_what_is_no_document_is_named(tmp_path, name, text, sentence):
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(AuthorError, match=sentence):
        read(file)
