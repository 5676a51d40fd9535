"""The schemas are valid, found by their name, and say what the code does."""

import doctest
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from segue.mapping.shapes import SHAPES
from segue_schemas import REGISTRY


SCHEMAS = Path(__file__).parents[3] / "schemas"


def test_every_schema_file_is_in_the_registry_under_its_id():
    files = {file.name.partition(".")[0] for file in SCHEMAS.glob("*/*.schema.json")}
    assert {name.rpartition(":")[2] for name in REGISTRY} == files


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_schema_is_valid_and_its_references_lead_somewhere(name):
    schema = REGISTRY.contents(name)
    Draft202012Validator.check_schema(schema)
    resolver = REGISTRY.resolver(name)
    for reference in references(schema):
        resolver.lookup(reference)


def references(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)


def test_the_examples_of_the_readme_are_true():
    result = doctest.testfile(str(SCHEMAS / "README.md"), module_relative=False)
    assert (result.failed, result.attempted > 6) == (0, True)


def test_the_readme_names_every_keyword_of_the_profile():
    definitions = REGISTRY.contents("urn:segue:fields")["$defs"]
    words = [*definitions["keyword"]["enum"], *definitions["ui"]["properties"]]
    text = (SCHEMAS / "README.md").read_text(encoding="utf-8")
    assert [word for word in words if word not in text] == []


def test_the_directive_schema_knows_the_directives_of_the_mapping_language():
    schema = REGISTRY.contents("urn:segue:directive")
    assert set(schema["properties"]) - {"_metadata"} == set(SHAPES)
    assert {only["required"][0] for only in schema["oneOf"]} == set(SHAPES)
