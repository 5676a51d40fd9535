"""Every example of the mapping language's README is true."""

import json
import re
from importlib import resources

import pytest

from segue.mapping import check_mapping, compile_mapping, compile_path, limits


README = resources.files("segue.mapping").joinpath("README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.replace("\\|", "|") for cell in re.split(r" (?<!\\)\| ", line.strip("| "))]
    for line in README.splitlines()
    if line.startswith("| ")
]


def examples(columns):
    """The rows of a table whose last cells are JSON."""
    found = [
        row
        for row in ROWS
        if len(row) == columns and row[-1].startswith("`") and row[-2][1] in "{["
    ]
    return [
        pytest.param(*[cell.strip("`") for cell in row], id=f"{at} {row[0]}")
        for at, row in enumerate(found)
    ]


@pytest.mark.parametrize(("_directive", "mapping", "event", "result"), examples(4))
def test_a_mapping_gives_what_the_readme_says(_directive, mapping, event, result):
    assert compile_mapping(json.loads(mapping))(json.loads(event)) == json.loads(result)


@pytest.mark.parametrize(("path", "event", "value"), examples(3))
def test_a_path_finds_what_the_readme_says(path, event, value):
    assert compile_path(path)(json.loads(event)) == json.loads(value)


def test_every_directive_has_an_example():
    mappings = [row.values[1] for row in examples(4)]
    named = {name for mapping in mappings for name in re.findall(r'"(@\w+)"', mapping)}
    assert named == set(re.findall(r"@\w+", check_mapping({"@": 1})[0].hint))


def test_the_limits_are_those_that_hold():
    table = README.partition("## Limits")[2]
    for limit in (limits.DEPTH, limits.VALUES, limits.TEXT, limits.KEYS, limits.ITEMS):
        assert f"| {limit:,}" in table


def test_the_first_example_compiles():
    example = re.search(r"```json\n(.*?)\n```", README, re.DOTALL)[1]
    event = {"traits": {"email": "a@b.co", "first": "Ada", "last": "L"}}
    assert compile_mapping(json.loads(example))(event) == {
        "email": "a@b.co",
        "name": "Ada L",
        "source": "website",
    }
