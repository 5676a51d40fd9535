"""Schemas of events in a workspace file, and the files that it names."""

import json

import pytest
from jsonschema import Draft202012Validator

from segue.errors import ConfigError
from segue.plugins import Catalogue
from segue.workspace import describe, load_workspace, schema_files, workspace_schema, yaml


@pytest.fixture
def load(tmp_path):
    """``load(text)`` reads a workspace beside ``good.json``, ``bad.json`` and others."""
    texts = {
        "good.json": '{"type": "object"}',
        "bad.json": '{"type": "objct", "minLength": "3"}',
        "broken.json": '{"type":\n  oops}',
        "whole.json": '{"properties": {"context": {}, "properties": {}}}',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    def load(text):
        file = tmp_path / "segue.yaml"
        file.write_text(f"version: 1\nschemas:\n{text}")
        return load_workspace(file, Catalogue({}, {}), environ={})

    return load


@pytest.fixture
def refused(load):
    """What is said of a workspace that is wrong, line by line, without the name of the file."""

    def refused(text):
        with pytest.raises(ConfigError) as caught:
            load(text)
        return [str(one) for one in caught.value.problems]

    return refused


def test_a_schema_is_a_file_or_stands_in_the_workspace(load):
    found = load("  track: {A: good.json, B: {schema: {type: object}}}\n").schemas
    assert found.find("track", "A") == found.find("track", "B")
    assert [one.name for one in found.files] == ["good.json"]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("  track: {A: good.json}\n", "track", "properties"),
        ("  page: good.json\n", "page", "properties"),
        ("  screen: good.json\n", "screen", "properties"),
        ("  identify: good.json\n", "identify", "traits"),
        ("  group: good.json\n", "group", "traits"),
        ("  page: {schema: good.json, of: event}\n", "page", None),
    ],
)
def test_a_schema_describes_the_part_that_its_type_has_unless_it_says_so(load, text, kind, part):
    assert load(text).schemas.find(kind, "A").part == part


def test_common_is_of_the_whole_event(load):
    assert load("  common: good.json\n").schemas.common.part is None


def test_what_is_enforced_is_said_for_all_and_for_one(load):
    found = load(
        "  enforce: tag\n  track: {A: good.json, B: {schema: good.json, enforce: block}}\n"
    )
    assert {name: one.enforce for name, one in found.schemas.track.items()} == {
        "A": "tag",
        "B": "block",
    }


def test_nothing_is_enforced_by_itself(load):
    assert not load("  track: {A: good.json}\n").schemas.enforced


def test_everything_that_is_wrong_is_told_with_its_place(refused):
    types = "a type is string, number, integer, boolean, object, array or null, or a list of these"
    assert refused(
        "  enforce: blok\n"
        "  track:\n"
        "    A: bad.json\n"
        "    B: broken.json\n"
        "    C: gone.json\n"
        "    D: {schema: {minLength: three}}\n"
        "    E: bad.json\n"
        "    F: {of: event}\n"
        "    G: {schema: good.json, of: traits}\n"
        "  pages: good.json\n"
    ) == [
        "3:12: /schemas/enforce: should be none, tag, drop_fields or block",
        (
            "5:8: /schemas/track/A: bad.json#/type: 'objct' is not valid under any of the given "
            f"schemas ({types}); bad.json#/minLength: '3' is not of type 'integer'"
        ),
        "6:8: /schemas/track/B: broken.json:2:3: unexpected character, expected a JSON value",
        "7:8: /schemas/track/C: gone.json cannot be read: No such file or directory",
        "8:29: /schemas/track/D/schema/minLength: 'three' is not of type 'integer'",
        "9:8: /schemas/track/E: bad.json cannot be used; see above",
        '10:5: /schemas/track/F/schema: the key "schema" is missing; add schema: …',
        (
            "11:32: /schemas/track/G/of: a schema of track is of properties or event; "
            "or leave the key out"
        ),
        '12:3: /schemas/pages: unknown key "pages"; did you mean "page"?',
    ]


def test_a_schema_that_seems_to_be_of_a_whole_event_is_noted(load):
    (note,) = load("  page: whole.json\n").notes
    assert str(note) == (
        "3:3: /schemas/page: this looks like a schema of a whole event; "
        "if it is, say {schema: …, of: event}"
    )
    assert load("  page: {schema: whole.json, of: event}\n").notes == ()


def test_another_schema_is_another_revision(load, tmp_path):
    first = load("  page: good.json\n").revision
    assert load("  page: good.json\n").revision == first
    (tmp_path / "good.json").write_text(json.dumps({"type": "object", "title": "Page"}))
    assert load("  page: good.json\n").revision != first


def test_the_files_that_a_workspace_names_are_known_whatever_is_wrong_with_it(load, refused, tmp_path):  # fmt: skip
    refused(
        "  track: {A: bad.json, B: {schema: gone.json, enforce: 7}, C: 3}\n  page: {schema: {}}\n"
    )
    found = schema_files(tmp_path / "segue.yaml")
    assert [one.name for one in found] == ["bad.json", "gone.json"]


@pytest.mark.parametrize(
    "text", ["- 1", "schemas: 3", "schemas: {track: 3}", "", "a: [", "version: 1"]
)
def test_a_workspace_that_is_none_names_no_files(tmp_path, text):
    (tmp_path / "segue.yaml").write_text(text)
    assert schema_files(tmp_path / "segue.yaml") == ()


def test_what_is_in_force_is_shown_without_what_the_schemas_say(load):
    workspace = load(
        "  undeclared: tag\n  enforce: block\n  page: good.json\n  common: good.json\n"
        "  track: {A: {schema: good.json, of: event, enforce: none}}\n"
    )
    assert describe(workspace)["schemas"] == {
        "track": {"A": {"of": "event", "enforce": "none"}},
        "page": {"of": "properties", "enforce": "block"},
        "common": {"of": "event", "enforce": "block"},
        "undeclared": "tag",
    }


def test_nothing_is_shown_of_schemas_where_there_are_none(load):
    assert "schemas" not in describe(load("  {}\n"))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("{track: {A: a.json}, page: {schema: {type: object}, enforce: tag}}", True),
        ("{enforce: block, undeclared: block, common: a.json}", True),
        ("{}", True),
        ("{track: a.json}", False),
        ("{alias: a.json}", False),
        ("{page: {file: a.json}}", False),
        ("{page: ''}", False),
        ("{enforce: drop}", False),
    ],
)
def test_an_editor_knows_the_shape(text, valid):
    validator = Draft202012Validator(workspace_schema(Catalogue({}, {})))
    assert validator.is_valid(yaml.read(f"version: 1\nschemas: {text}").value) is valid


def test_a_file_with_a_name_that_no_file_can_have_is_refused(refused, tmp_path):
    assert refused('  page: "a\\0.json"\n') == [
        "3:9: /schemas/page: a\0.json cannot be read: no file can have that name"
    ]
    assert schema_files(tmp_path / "segue.yaml") == ()
