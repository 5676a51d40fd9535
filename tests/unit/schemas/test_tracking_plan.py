"""Tracking plans of Segment, in the forms it gives them in."""

from pathlib import Path

import pytest

from segue.json import decode
from segue.schemas.entries import Entry, block, file_names
from segue.schemas.tracking_plan import PlanError, read_plan


PLANS = Path(__file__).parent / "plans"
DRAFT = "http://json-schema.org/draft-07/schema#"


def plan(name):
    return read_plan(decode((PLANS / f"{name}.json").read_bytes()))


def test_the_part_that_a_rule_asks_for_becomes_the_schema():
    found = {(one.type, one.name): one for one in plan("exported").entries}
    assert [*found] == [
        ("track", "Order Completed"),
        ("track", 'Opened: "Door"'),
        ("identify", None),
    ]
    assert found["identify", None].document == {
        "$schema": DRAFT,
        "title": "identify",
        "type": "object",
        "required": ["email"],
        "properties": {
            "email": {"type": ["string", "null"], "format": "email"},
            "plan": {"type": "string", "enum": ["free", "pro"]},
        },
    }
    assert not any(one.whole for one in found.values())


def test_what_a_plan_says_beside_the_schema_is_kept_and_of_versions_the_highest():
    document = plan("exported").entries[0].document
    assert document["description"] == "Somebody paid."
    assert document["$comment"] == "version 10; labels: area=checkout"
    assert document["required"] == ["total"]


def test_what_cannot_be_carried_over_is_listed():
    assert plan("exported").notes == [
        (
            '/rules/events/0/rules: version 9 of "Order Completed" is left out, '
            "/rules/events/1/rules is newer"
        ),
        '/rules/group_traits: lists of traits are not read, only "group" is',
        '/rules/evnts: such rules are not known; did you mean "events"?',
    ]


def test_the_rules_that_the_public_api_lists_are_read():
    found = plan("listed")
    assert [(one.type, one.name, one.whole) for one in found.entries] == [
        ("track", "Signed Up", False),
        ("page", None, False),
        ("common", None, True),
    ]
    assert found.notes == [
        '/data/rules/3: rules of type "alias" are not known',
        "/data/rules/4: it has no key, which is the name of the event",
        "/data/rules/5: it has no type",
    ]


def test_a_rule_that_asks_for_more_than_one_part_stays_a_schema_of_the_whole_event():
    found = plan("whole")
    assert [(one.name, one.whole) for one in found.entries] == [
        ("With context", True),
        ("With an id", True),
        ("With references", True),
        ("With references inside", True),
    ]
    assert found.notes == []


def test_a_rule_that_is_no_schema_is_left_out_and_said():
    found = plan("broken")
    assert [one.name for one in found.entries] == ["Good"]
    subjects = [note.split(": ")[0:2] for note in found.notes]
    assert subjects == [
        ["/rules/events/3", "it has no name"],
        ["/rules/events/4", "it is no object"],
        ["/rules/events/0/rules", '"Mistyped" is left out'],
        ["/rules/events/1/rules", '"Elsewhere" is left out'],
        ["/rules/events/2/rules", 'there is no JSON Schema of "Empty"'],
    ]
    assert "/type: 'objct' is not valid" in found.notes[2]
    assert "/properties/properties/required: True is not of type 'array'" in found.notes[2]


@pytest.mark.parametrize(
    "value", [None, 7, {}, {"rules": "x"}, {"rules": {"events": {}}}, {"data": {}}]
)
def test_what_is_no_plan_is_refused(value):
    with pytest.raises(PlanError, match="this is no tracking plan"):
        read_plan(value)


def test_schemas_become_files_and_lines_of_a_workspace():
    entries = [
        Entry("track", "Order Completed", {}),
        Entry("track", "order completed", {}, whole=True),
        Entry("identify", None, {}),
        Entry("common", None, {}, whole=True),
        Entry("track", "注文", {}),
    ]
    files = file_names(entries)
    assert block((f"schemas/{name}", one) for name, one in files) == (
        "schemas:\n"
        "  track:\n"
        "    Order Completed: schemas/track-order-completed.json\n"
        "    order completed: {schema: schemas/track-order-completed-2.json, of: event}\n"
        '    "注文": schemas/track.json\n'
        "  identify: schemas/identify.json\n"
        "  common: schemas/common.json\n"
    )
