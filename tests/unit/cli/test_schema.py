"""segue schema: the published field specs, and what a newer one breaks."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from segue import load_plugins
from segue.cli import main
from segue.cli.published import document, spec


FOLDER = Path(__file__).parents[3] / "schemas" / "segue_schemas" / "actions"
SHIPPED = {
    one.name: one for one in load_plugins().actions.values() if one.perform.__module__.startswith("segue_actions")
}  # fmt: skip
OLD = {"type": "object", "properties": {"a": {"type": "string"}}}


def run(*arguments):
    return CliRunner().invoke(main, ["schema", *map(str, arguments)])


@pytest.fixture
def old(tmp_path):
    file = tmp_path / "old.json"
    file.write_text(json.dumps(OLD))
    return file


def test_the_published_specs_are_those_of_the_code():
    """Should this fail: ``make schemas``, and read what ``segue schema diff`` says of it."""
    found = {file.stem: file.read_text() for file in FOLDER.glob("*.json")}
    assert found == {name: document(spec(action)) for name, action in SHIPPED.items()}


def test_a_published_folder_and_its_destination_are_the_same(tmp_path):
    assert run("publish", tmp_path, "loops").exit_code == 0
    result = run("diff", tmp_path, "loops")
    assert (result.exit_code, result.output) == (0, "no change\n")


def test_a_breaking_change_is_named_and_fails(old, tmp_path):
    new = tmp_path / "new.json"
    new.write_text(json.dumps({**OLD, "required": ["a"]}))
    result = run("diff", old, new)
    assert (result.exit_code, result.output) == (
        1,
        "breaking  new /properties/a: it is required now\n",
    )


def test_a_compatible_change_is_named_and_passes(old, tmp_path):
    new = tmp_path / "new.json"
    new.write_text(json.dumps({"type": "object", "properties": {"a": {}}}))
    result = run("diff", old, new, "--json")
    assert result.exit_code == 0
    assert json.loads(result.output) == [
        {
            "action": "new",
            "pointer": "/properties/a/type",
            "message": "its type is not fixed; it was string",
            "breaking": False,
        }
    ]


def test_an_action_that_is_gone_breaks(tmp_path):
    for name in ("x.one", "x.two"):
        (tmp_path / f"{name}.json").write_text(json.dumps(OLD))
    result = run("diff", tmp_path, tmp_path / "x.one.json")
    assert (result.exit_code, result.output) == (1, "breaking  x.two the action is gone\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is not JSON"),
        ("[]", "a field spec is a JSON object"),
        ('{"type": "object", "propertees": {}}', "propertees"),
    ],
    ids=["no JSON", "no object", "an unknown keyword"],
)
def test_a_file_that_holds_no_field_spec_is_named_with_its_fault(tmp_path, text, said):
    file = tmp_path / "bad.json"
    file.write_text(text)
    result = run("diff", file, "loops")
    assert result.exit_code == 2
    assert "bad.json" in result.output
    assert said in result.output


def test_a_near_miss_is_suggested():
    result = run("diff", "loops.sendEvents", "loops")
    assert result.exit_code == 2
    assert 'did you mean "loops.sendEvent"?' in result.output
