"""The JSON Schema of a workspace for the plugins installed, as an editor uses it."""

import json

import pytest
from jsonschema import Draft202012Validator

from segue import load_plugins
from segue.workspace import template, workspace_schema, yaml


@pytest.fixture(scope="module")
def schema(catalogue):
    return workspace_schema(catalogue)


@pytest.fixture(scope="module")
def valid(schema):
    """``valid(text)``: does an editor take it?"""
    validator = Draft202012Validator(schema)
    return lambda text: validator.is_valid(yaml.read(text).value)


def connected(lines):
    return f"version: 1\nconnections:\n  c:\n    {lines}\n"


def mapped(mapping):
    return connected(f"{{destination: crm, settings: {{token: abcd}}, mappings: {{m: {mapping}}}}}")


def test_it_is_a_schema_and_refers_to_nothing_outside(schema):
    Draft202012Validator.check_schema(schema)
    references = {value for key, value in walk(schema) if key == "$ref" and isinstance(value, str)}
    assert all(reference.startswith("#/$defs/") for reference in references)
    assert schema == json.loads(json.dumps(schema))


def test_it_leaves_the_static_schema_as_it_is(catalogue):
    assert workspace_schema(catalogue) == workspace_schema(catalogue)


def test_it_takes_the_template():
    validator = Draft202012Validator(workspace_schema(load_plugins()))
    assert list(validator.iter_errors(yaml.read(template()).value)) == []


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        connected("{destination: log}"),
        connected("{destination: hook, settings: {x: 1, headers: {A: '${TOKEN}'}}}"),
        connected("{destination: crm, settings: {token: '${TOKEN}', port: '${PORT}'}}"),
        mapped("{action: upsert}"),
        mapped("{action: crm.upsert, trigger: all, fields: {id: x}}"),
        mapped("{action: upsert, fields: {id: x, __segment_internal_sync_mode: add}}"),
        mapped("{action: upsert, fields: {id: {'@path': $.userId}, score: 5}}"),
        mapped("{action: upsert, override: {name: null, score: {'@if': {exists: {'@path': a}}}}}"),
    ],
)
def test_it_takes_what_loads(valid, load, text):
    load(text, TOKEN="s3cret", PORT="80")
    assert valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "version: 2",
        "version: 1\nsource: {}",
        connected("{destination: crn}"),
        connected("{destination: crm}"),
        connected("{destination: crm, settings: {tokn: abcd}}"),
        connected("{destination: crm, settings: {token: 5}}"),
        connected("{destination: crm, settings: {token: abcd, region: asia}}"),
        connected("{destination: log, rate_limit: fast}"),
        connected("{destination: log, settings: {x: 1}}"),
        mapped("{action: upsrt}"),
        mapped("{action: log.write}"),
        mapped("{action: upsert, fields: {}}"),
        mapped("{action: upsert, fields: {id: x, nam: y}}"),
        mapped("{action: upsert, fields: {id: x, score: high}}"),
        mapped("{action: upsert, fields: {id: {'@path': 5}}}"),
        mapped("{action: upsert, fields: {id: {'@pth': $.a}}}"),
        mapped("{action: upsert, override: {nam: null}}"),
        mapped("{action: upsert, fields: {id: x}, override: {id: y}}"),
    ],
)
def test_it_refuses_common_mistakes(valid, refused, text):
    assert refused(text)
    assert not valid(text)


def test_it_tells_an_editor_what_there_is_to_choose_from(schema):
    assert schema["$defs"]["connection"]["properties"]["destination"]["enum"] == [
        "crm",
        "hook",
        "log",
    ]
    action = schema["$defs"]["mapping:crm"]["properties"]["action"]
    assert dict(zip(action["enum"], action["enumDescriptions"], strict=True)) == {
        "note": "Write a note.",
        "crm.note": "Write a note.",
        "upsert": "Create or update a person.",
        "crm.upsert": "Create or update a person.",
    }


def test_it_tells_an_editor_what_a_field_is_and_what_it_gets_by_default(schema):
    override = schema["$defs"]["crm.upsert"]["properties"]["override"]
    fields = schema["$defs"]["crm.upsert"]["properties"]["fields"]["anyOf"][1]
    for offers in (override["properties"], fields["properties"]):
        assert offers["id"]["default"] == {"@path": "$.userId"}
        assert offers["score"]["title"] == "Score"


def walk(value):
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield key, item
        if isinstance(item, dict | list):
            yield from walk(item)
