"""A preset is a mapping to start from, checked when its plugin is loaded."""

import pytest

from segue import load_plugins


FILE = """
from segue import Destination, Request, action, path

CRM = Destination("crm", title="CRM", url="https://crm.test")
FIELDS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "title": "ID", "mapping": path("$.userId")},
        "name": {"type": "string", "title": "Name", "mapping": path("$.traits.name")},
    },
}

@action(CRM, "upsert", trigger='type = "identify"', fields=FIELDS, sync_modes=("add", "delete"))
def upsert(payload, sync_mode):
    return Request.post("/people", json=payload)

"""


@pytest.fixture
def catalogue(tmp_path):
    """``catalogue(lines)`` has loaded the destination with these presets."""

    def catalogue(lines, **options):
        (tmp_path / "crm.py").write_text(FILE + lines)
        return load_plugins(folder=tmp_path, **options)

    return catalogue


def presets(catalogue):
    return catalogue.presets["crm"]


def test_a_preset_takes_over_what_it_does_not_say(catalogue):
    (one,) = presets(found := catalogue('upsert.preset("People")'))
    assert (one.name, one.action, one.trigger, one.override) == ("People", "upsert", None, {})
    assert found.problems == ()


def test_a_destination_may_declare_a_preset_before_its_actions_are_there(catalogue):
    (one,) = presets(catalogue('CRM.preset("Gone", action="upsert", sync_mode="delete")'))
    assert (one.action, one.sync_mode) == ("upsert", "delete")


def test_a_preset_is_for_every_connection_unless_it_names_an_event(catalogue):
    lines = 'upsert.preset("A")\nupsert.preset("B", event="audience_entered")'
    assert [one.kind for one in presets(catalogue(lines))] == ["automatic", "specific event"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('CRM.preset("P", action="upsrt")', 'there is no action "upsrt"'),
        (
            'upsert.preset("P", trigger="type = ")',
            "the trigger: expected a value, found the end at offset 7",
        ),
        (
            'upsert.preset("P", override={"nmae": 1})',
            '/nmae: no field "nmae"; did you mean "name"?',
        ),
        (
            'upsert.preset("P", override={"id": None})',
            '"ID" is required, but it is missing',
        ),
        (
            'upsert.preset("P", override={"id": {"@paht": "$.x"}})',
            '/id: unknown directive "@paht"; did you mean "@path"?',
        ),
        ('upsert.preset("P", sync_mode="mirror")', 'crm.upsert has no sync mode "mirror"'),
        ('upsert.preset("P", override=5)', "it is malformed: TypeError"),
    ],
    ids=["action", "trigger", "field", "required", "directive", "sync mode", "malformed"],
)
def test_a_preset_that_is_wrong_is_named_and_left_out(catalogue, line, problem):
    found = catalogue(line + '\nupsert.preset("Good")')
    (told,) = found.problems
    assert f'crm: the preset "P": {problem}' in str(told)
    assert [one.name for one in presets(found)] == ["Good"]


def test_a_preset_goes_with_an_action_that_is_blocked(catalogue):
    found = catalogue('upsert.preset("P")', block=["crm.upsert"])
    assert (presets(found), found.problems) == ((), ())
