"""The workspace that `segue init DESTINATION` writes: right as it stands, with what is offered."""

import pytest

from segue import Catalogue, Destination, Request, action, path
from segue.presets import Preset
from segue.workspace import draft, parse_workspace


CRM = Destination(
    "crm",
    title="CRM",
    url="https://crm.test",
    settings={
        "type": "object",
        "required": ["apiKey"],
        "properties": {
            "region": {"type": "string", "title": "Region:\n # us"},
            "apiKey": {"type": "string", "title": "API key", "writeOnly": True},
        },
    },
)
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(CRM, "upsert", trigger='type = "identify"', fields=FIELDS, sync_modes=("add", "delete"))
def upsert(payload) -> Request:
    """Create or update a person."""
    return Request.put("/people", json=payload)


def load(*presets):
    catalogue = Catalogue({"crm": CRM}, {"crm.upsert": upsert}, presets={"crm": presets})
    return parse_workspace(draft(CRM, catalogue), catalogue, environ={"CRM_API_KEY": "k"})


def mappings(*presets):
    return load(*presets).connections["crm"].mappings


def test_settings_that_are_needed_come_from_the_environment():
    workspace = load()
    assert workspace.connections["crm"].settings == {"apiKey": "k"}
    assert workspace.notes == ()


def test_without_presets_every_action_is_there_as_it_is():
    (one,) = mappings()
    assert (one.name, one.action, one.own_trigger) == ("upsert", upsert, False)


def test_a_preset_is_a_mapping_of_its_own():
    preset = Preset("Say 'no': #1", "upsert", 'event = "It\'s: #1"', {"id": None}, "delete")
    (one,) = mappings(preset)
    assert (one.name, str(one.trigger), one.fields, one.sync_mode) == (
        "say-no-1",
        'event = "It\'s: #1"',
        {},
        "delete",
    )


def test_presets_of_one_name_are_two_mappings():
    assert [one.name for one in mappings(Preset("A", "upsert"), Preset("a!", "upsert"))] == [
        "a",
        "a-2",
    ]


def test_a_preset_for_one_event_is_left_to_those_who_have_it():
    assert [one.name for one in mappings(Preset("A", "upsert", event="entered"))] == ["upsert"]


@pytest.mark.parametrize("text", ["null", "5", "a: b", "- a", "#", "", "ü\n"])
def test_whatever_a_preset_puts_into_a_field_comes_back(text):
    (one,) = mappings(Preset("A", "upsert", override={"id": text}))
    assert one.fields == {"id": text}


def test_a_destination_without_settings_has_none(tmp_path):
    log = Destination("log", title="Log", url="https://log.test")
    catalogue = Catalogue({"log": log}, {})
    workspace = parse_workspace(draft(log, catalogue), catalogue, environ={})
    assert workspace.connections["log"].settings == {}
