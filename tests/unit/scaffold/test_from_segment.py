"""Published definitions as source: what is carried over, what is noted, and that text stays text."""

import ast
import io
import json
import re
import subprocess
import tokenize
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruff import find_ruff_bin

from segue.errors import AuthorError
from segue.fields import check_fields
from segue.json import encode
from segue.scaffold.carrying import carry
from segue.scaffold.definition import read
from segue.scaffold.homes import Home
from segue.scaffold.names import ActionName, DestinationName
from segue.scaffold.translating import translate


FOLDER = Path(__file__).parents[2] / "data" / "definitions"
ACME = DestinationName("acme")


def carried(name, slug):
    return carry(read((FOLDER / f"{name}.json").read_bytes(), slug))


def translated(document, slug="doIt"):
    return translate(read(encode(document), slug), ACME, ActionName(slug), None)


def alone(**action):
    """A definition with one action."""
    return {"slug": "acme", "actions": {"doIt": {"title": "Do it", "fields": {}, **action}}}


def fields(**given):
    return alone(fields=given)


def noted(new):
    return {note.where: note.what for note in new.notes}


# What is carried over


def test_the_fields_are_those_of_the_definition():
    made = carried("types", "keepPerson").fields
    parts = made["properties"]
    assert (made["required"], made["additionalProperties"]) == (["id"], False)
    assert parts["id"] == {
        "title": "ID",
        "type": "string",
        "minLength": 1,
        "maxLength": 100,
        "mapping": {"@path": "$.userId"},
    }
    assert parts["since"]["type"] == ["string", "number"]
    assert parts["days"]["items"]["format"] == "date-like"
    assert parts["pin"]["writeOnly"] is True


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_no_field_spec_has_a_problem(file):
    document = json.loads(file.read_bytes())
    actions = document.get("actions", {"wave": {}})
    slugs = actions if isinstance(actions, dict) else [one["slug"] for one in actions]
    for slug in slugs:
        assert check_fields(carried(file.stem, slug).fields) == []


def test_a_catalogues_page_says_the_same_in_other_words():
    made = carried("listed", "note")
    assert made.title == "Note it"
    assert list(made.fields["properties"]) == ["what", "kind"]
    assert made.fields["properties"]["kind"]["ui"]["dependsOn"]["conditions"]
    assert made.fields["allOf"][0]["then"] == {"required": ["kind"]}
    assert made.sync_modes == ["update", "add"]
    assert [(one.name, one.trigger) for one in made.presets] == [
        ("Notes", 'type = "track" and event != ""')
    ]


def test_a_preset_is_what_differs_from_the_default_mapping():
    everything, signups, entered = carried("presets", "log").presets
    assert everything.override == {}
    assert signups.override["name"] == "sign-up"
    assert signups.override["plan"] is None
    assert (entered.trigger, entered.event) == (None, "warehouse_audience_entered_track")


def test_sync_modes_begin_with_the_default():
    made = carried("audience", "syncCrowd")
    assert made.sync_modes == ["mirror", "upsert", "delete"]
    assert made.presets[0].sync_mode == "mirror"


# What is not


@pytest.mark.parametrize(
    ("name", "slug", "where", "what"),
    [
        ("audience", "syncCrowd", "hooks/retlOnMappingSave", "has no counterpart"),
        ("audience", "syncCrowd", "batch", '.batch(max_items=500, max_bytes=1000000, keys=["list"'),
        ("audience", "syncCrowd", "fields/list", "declare .choices()"),
        ("audience", "syncCrowd", "syncMode", 'there is no sync mode "dance"'),
        ("conditions", "ship", "fields/mirror", "such as its sync mode"),
        ("conditions", "ship", "fields/odd", '"matches"'),
        ("choices", "fileTicket", "fields/queue", "its mapping is a guess"),
        ("presets", "log", "presets/Broken trigger", "it is left out"),
        ("presets", "log", "presets/Broken mapping", 'unknown directive "@nothing"'),
        ("presets", "log", 'presets/Sign-ups "now"', 'no field "gone"'),
        ("dynamic", "post", "platform", "it ran elsewhere"),
        ("dynamic", "post", "hidden", "an action is shown"),
        ("formats", "check", "fields/phone/format", "phone"),
        ("broken", "limp", "trigger", "a text is never closed"),
        ("broken", "limp", "fields/narrow", "leave nothing"),
        ("broken", "limp", "fields/never", "it can never hold its choice"),
        ("broken", "limp", "fields/label", "is not an attribute that is known"),
        ("broken", "limp", "fields/input", "it belongs to a hook"),
        ("broken", "limp", "fields/@path", "no field can be called that"),
        ("alone", "wave", "trigger", "there is none"),
    ],
)
def test_what_is_not_carried_over_is_noted(name, slug, where, what):
    notes = [note for note in carried(name, slug).notes if note.where == where]
    assert any(what in note.what for note in notes), notes


@pytest.mark.parametrize(
    ("name", "slug", "where"),
    [
        ("audience", "syncCrowd", "audienceConfig"),
        ("audience", "syncCrowd", "authentication"),
        ("broken", "limp", "authentication"),
        ("hostile", "strike", "authentication"),
        ("listed", "note", "options"),
        ("types", "keepPerson", "url"),
    ],
)
def test_what_is_not_said_of_a_destination_is_noted_where_it_is_new(name, slug, where):
    published = read((FOLDER / f"{name}.json").read_bytes(), slug)
    new = translate(published, ACME, ActionName(slug), None)
    assert where in noted(new)
    assert f"# * {where}: " in new.modules["__init__.py"]
    there = translate(published, ACME, ActionName(slug), Home("from acme import ACME", "ACME"))
    assert where not in noted(there)


def test_the_settings_are_those_of_the_definition():
    published = read((FOLDER / "types.json").read_bytes(), "keepPerson")
    new = translate(published, ACME, ActionName("keepPerson"), None)
    assert new.settings == ["username", "password"]
    source = new.modules["__init__.py"]
    assert '"required": ["username", "password"]' in source
    assert '"default": 443' in source
    assert '"writeOnly": True' in source


def test_notes_are_said_in_the_file():
    new = translated(alone(hooks={"onMappingSave": {}}, fields={"x": {"dynamic": True}}))
    comments = [line for line in new.modules["do_it.py"].splitlines() if line.startswith("#")]
    said = " ".join(line.lstrip("#* ") for line in comments)
    assert all(note.where in said for note in new.notes if note.where.startswith(("hooks", "f")))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "the definition is not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", 'has no "actions"'),
        (b'{"actions": {"a": {}, "b": {}}}', 'no action "doIt"; there are "a", "b"'),
        (b'{"actions": ' + b"[" * 80 + b"]" * 80 + b"}", "nested over 60 levels"),
        (b'{"actions": {"doIts": {}, "b": {}}}', 'did you mean "doIts"?'),
    ],
)
def test_what_is_no_definition_is_refused(data, said):
    with pytest.raises(AuthorError, match=re.escape(said)):
        read(data, "doIt")


def test_the_only_action_of_a_file_is_taken_whatever_it_is_called():
    new = translated({"actions": {"other": {"fields": {}}}})
    assert 'the action is "other" there' in noted(new)["actions"]


# Text stays text

EVIL = st.sampled_from(
    [
        '"""',
        "'''",
        '\\"""',
        "\\",
        '")\nraise SystemExit("',
        "\r",
        "\u2028",
        "\u202e",
        "{{ 7 * 7 }}",
        "{% include 'x' %}",
        "# noqa",
        "\\N{BULLET}",
        "\x00",
        "__import__('os')",
        "Payload",
        "str",
        "class",
        "é日本",
        "x" * 120,
        "a b " * 40,
    ]
)
TEXT = st.lists(
    EVIL | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=3
).map("".join)
KINDS = st.sampled_from(["string", "text", "integer", "number", "boolean", "datetime", "object"])
DEFAULTS = TEXT | st.builds(lambda text: {"@template": text}, TEXT) | TEXT.map(lambda t: {t: [t]})


def described(inner):
    return st.fixed_dictionaries(
        {},
        optional={
            "label": TEXT,
            "description": TEXT,
            "type": KINDS | TEXT,
            "default": DEFAULTS,
            "choices": st.lists(
                TEXT | st.fixed_dictionaries({"label": TEXT, "value": TEXT}), max_size=2
            ),
            "required": st.booleans(),
            "multiple": st.booleans(),
            "allowNull": st.booleans(),
            "placeholder": TEXT,
            "category": TEXT,
            "properties": st.dictionaries(TEXT, inner, max_size=2),
        },
    )


FIELDS = st.dictionaries(
    TEXT, st.recursive(described(st.nothing()), described, max_leaves=3), max_size=3
)
HOOKS = st.dictionaries(TEXT, st.just({}), max_size=2)
ACTIONS = st.fixed_dictionaries(
    {"fields": FIELDS},
    optional={
        "title": TEXT,
        "description": TEXT,
        "hooks": HOOKS,
        "platform": TEXT,
        "defaultSubscription": TEXT.map(lambda text: f"event = {json.dumps(text)}"),
    },
)
PRESETS = st.builds(
    lambda name, mapping: {"partnerAction": "doIt", "name": name, "mapping": mapping},
    TEXT,
    st.dictionaries(TEXT, DEFAULTS, max_size=2),
)
DOCUMENTS = st.builds(
    lambda name, slug, action, presets, auth: {
        "name": name,
        "slug": name,
        "actions": {slug: action},
        "presets": presets,
        "authentication": {"scheme": name, "fields": auth},
    },
    TEXT,
    st.just("doIt") | TEXT,
    ACTIONS,
    st.lists(PRESETS, max_size=2),
    FIELDS,
)

CALLED = {"Destination", "TypedDict", "action", "first_of", "literal", "path", "template", "when"}
READ = {"ACME", "FIELDS", "JsonObject", "JsonValue", "NotRequired", "NotImplementedError"}
READ |= {"Request", "SyncMode", "do_it", "str", "int", "float", "bool", "list"}


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_text_of_a_definition_enters_source_as_constants_only(document):
    for source in translated(document).modules.values():
        tree = ast.parse(source)
        classes = {one.name for one in ast.walk(tree) if isinstance(one, ast.ClassDef)}
        names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        members = {
            one.target.id
            for found in ast.walk(tree)
            if isinstance(found, ast.ClassDef)
            for one in found.body
            if isinstance(one, ast.AnnAssign)
        }
        assert all(re.fullmatch(r"Payload\w*", one, re.ASCII) for one in classes)
        strange = names - CALLED - READ - members
        assert all(re.fullmatch(r"Payload\w*", one, re.ASCII) for one in strange)
        attributes = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        assert attributes <= {"preset"}
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        remarks = [one.string for one in tokens if one.type == tokenize.COMMENT]
        assert all(re.fullmatch(r"[ -~\u00c0-\u024f]*", one) for one in remarks)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_what_is_written_is_the_field_spec_that_was_carried_over(document):
    published = read(encode(document), "doIt")
    home = Home("from acme import ACME", "ACME")
    (source,) = translate(published, ACME, ActionName("doIt"), home).modules.values()
    body = source[source.index("FIELDS: JsonObject = ") :].partition("\n@action(")[0]
    scope = {}
    exec("from segue import *\n" + body, scope)
    assert bare(scope["FIELDS"]) == bare(carry(published).fields)


def bare(value):
    """A field spec without lists of nothing that is required."""
    if isinstance(value, dict):
        kept = {word: bare(one) for word, one in value.items()}
        return {word: one for word, one in kept.items() if (word, one) != ("required", [])}
    return [bare(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None)
@given(DOCUMENTS)
def test_ruff_would_lay_no_module_out_otherwise(document):
    for source in translated(document).modules.values():
        command = [find_ruff_bin(), "format", "--isolated", "-"]
        done = subprocess.run(command, input=source.encode(), capture_output=True, check=True)
        assert done.stdout.decode() == source
