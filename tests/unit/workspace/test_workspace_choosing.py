"""A mapping chooses its sync mode and matching key, in our words or as Segment stores them."""

import pytest

from segue import Catalogue, ConfigError, Destination, Request, action
from segue.workspace import describe, parse_workspace, workspace_schema


CRM = Destination("crm", title="CRM", url="https://crm.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string"}}}


@action(CRM, "sync", trigger="all", fields=FIELDS, sync_modes=("upsert", "delete"))
def sync(payload, sync_mode, matching_key, membership) -> Request:
    """Keep a record the same."""
    return Request.post("/sync", json=[sync_mode, matching_key, membership])


@action(CRM, "note", trigger="all", fields=FIELDS)
def note(payload, sync_mode) -> Request:
    """Write a note."""
    return Request.post("/notes", json=sync_mode)


CATALOGUE = Catalogue({"crm": CRM}, {"crm.sync": sync, "crm.note": note})


def load(lines):
    text = "version: 1\nconnections:\n  c:\n    destination: crm\n    mappings:\n      m:\n"
    text += "".join(f"        {line}\n" for line in lines)
    return parse_workspace(text, CATALOGUE, environ={})


def mapping(*lines):
    return load(lines).connections["c"].mappings[0]


def mistakes(*lines):
    with pytest.raises(ConfigError) as caught:
        load(lines)
    return [str(one).replace("/connections/c/mappings/m", "") for one in caught.value.problems]


@pytest.mark.parametrize(
    "line",
    [
        "sync_mode: delete",
        "override: {__segment_internal_sync_mode: delete}",
        "fields: {__segment_internal_sync_mode: delete}",
    ],
    ids=["ours", "stored beside the defaults", "stored in place of them"],
)
def test_a_mapping_chooses_a_sync_mode(line):
    assert mapping("action: sync", line).sync_mode == "delete"


@pytest.mark.parametrize("line", ["enabled: true", 'fields: {__segment_internal_sync_mode: ""}'])
def test_the_first_mode_that_is_offered_is_the_default(line):
    assert mapping("action: sync", line).sync_mode == "upsert"


def test_what_the_file_says_in_our_words_comes_first():
    lines = ("sync_mode: delete", "fields: {__segment_internal_sync_mode: upsert}")
    assert mapping("action: sync", *lines).sync_mode == "delete"


def test_an_action_without_modes_is_told_none():
    stored = "fields: {__segment_internal_sync_mode: delete}"
    assert mapping("action: note", stored).sync_mode is None


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            ("action: sync", "sync_mode: delet"),
            "8:20: /sync_mode: should be one of add, update, upsert, delete, mirror",
        ),
        (
            ("action: sync", "sync_mode: mirror"),
            '8:20: /sync_mode: crm.sync has no sync mode "mirror"; it offers: upsert, delete',
        ),
        (
            ("action: note", "sync_mode: upsert"),
            '8:20: /sync_mode: crm.note has no sync mode "upsert"; it offers: none',
        ),
        (
            ("action: sync", "fields: {__segment_internal_sync_mode: delet}"),
            (
                '8:48: /fields/__segment_internal_sync_mode: crm.sync has no sync mode "delet"; '
                'did you mean "delete"?'
            ),
        ),
        (
            ("action: sync", "fields: {__segment_internal_matching_key: {a: 1}}"),
            (
                "8:51: /fields/__segment_internal_matching_key: "
                "a matching key is text: the name of a field"
            ),
        ),
    ],
    ids=["no mode", "not offered", "none offered", "stored", "no text"],
)
def test_what_is_not_offered_is_refused_where_it_stands(lines, problem):
    assert mistakes(*lines) == [problem]


def test_a_matching_key_is_told_as_it_stands():
    assert mapping("action: sync", "matching_key: email").matching_key == "email"
    stored = "fields: {__segment_internal_matching_key: email}"
    assert mapping("action: sync", stored).matching_key == "email"


def test_what_is_chosen_is_shown():
    said = describe(load(("action: sync", "sync_mode: delete", "matching_key: email")))
    shown = said["connections"]["c"]["mappings"]["m"]
    assert (shown["sync_mode"], shown["matching_key"]) == ("delete", "email")


def test_an_editor_offers_the_modes_of_each_action():
    defs = workspace_schema(CATALOGUE)["$defs"]
    assert defs["crm.sync"]["properties"]["sync_mode"] == {
        "enum": ["upsert", "delete"],
        "default": "upsert",
    }
    assert defs["crm.note"]["properties"]["sync_mode"] is False
