"""What two workspaces send differently, as the library tells it."""

import pytest

from segue.diff import compare
from segue.json import MISSING


MAPPING = """
orders:
  action: order
  fields:
    order: {"@path": $.properties.id}
    total: {"@path": $.properties.total}
"""


def event(**properties):
    made = {"type": "track", "event": "Order Completed", "userId": "u", "messageId": "m"}
    return "shop", {**made, "properties": {"id": "o-1", **properties}}


@pytest.fixture
def told(load):
    """``told(old, new, *events)``: the groups of the first mapping as short tuples."""

    def told(old, new, *events, **options):
        report = compare(load(old), load(new), events, **options)
        return [
            (one.place, one.kind, one.detail, one.count, one.of)
            for each in report.mappings
            for one in each.groups
        ]

    return told


def test_two_workspaces_that_say_the_same_need_no_event(load):
    report = compare(load(MAPPING), load(MAPPING), [event()])
    assert (report.differs, report.mappings, report.unchanged, report.events) == (False, (), 1, 1)


def test_a_difference_is_counted_by_its_field_and_kind(told):
    new = MAPPING.replace(
        '{"@path": $.properties.id}',
        '{"@case": {operator: lower, value: {"@path": $.properties.id}}}',
    )
    assert told(MAPPING, new, event(id="A"), event(id="b"), event(id="C")) == [
        ("body/order", "lower-cased", "", 2, 3)
    ]


def test_a_field_that_is_new_tells_whether_it_is_always_the_same(load):
    report = compare(load(MAPPING), load(MAPPING + "    note: hi\n"), [event(), event(id="b")])
    (group,) = report.mappings[0].groups
    assert (group.place, group.kind, group.always) == ("body/note", "added", True)
    assert [(one.old, one.new) for one in group.examples] == [(MISSING, "hi")] * 2


def test_what_is_now_refused_is_grouped_by_its_reason(told):
    new = MAPPING.replace("$.properties.id", "$.properties.number")
    assert told(MAPPING, new, event(), event(number="n"), event()) == [
        ("", "now refused", "missing order", 2, 3),
        ("body/order", "changed", "", 1, 1),
    ]


def test_what_the_trigger_leaves_out_is_no_longer_sent(told):
    new = MAPPING.replace(
        "  fields:", "  trigger: type = 'track' and properties.total > 5\n  fields:"
    )
    assert told(MAPPING, new, event(total=9), event(total=1)) == [
        ("", "no longer sent", "its trigger does not match", 1, 2)
    ]


def test_a_mapping_that_is_new_sends_what_nothing_sent(load):
    other = MAPPING + MAPPING.replace("orders", "again").replace("properties.id", "messageId")
    report = compare(load(MAPPING), load(other), [event()])
    assert [(one.kind, one.subject) for one in report.notes] == [("added", "books/again")]
    assert report.counts == {"books/again": 1}


def test_a_mapping_that_is_renamed_sends_the_same(load):
    report = compare(load(MAPPING), load(MAPPING.replace("orders", "sales")), [event()])
    assert [(one.kind, one.subject) for one in report.notes] == [("renamed", "books/sales")]
    assert (report.unchanged, report.differs) == (1, False)


def test_a_mapping_that_is_switched_off_says_so(told, load):
    off = MAPPING + "  enabled: false\n"
    assert told(MAPPING, off, event()) == [("", "no longer sent", "it is switched off", 1, 1)]
    assert [one.kind for one in compare(load(MAPPING), load(off), []).notes] == ["off"]


def test_the_examples_are_the_smallest_events_in_whatever_order_they_come(load):
    events = [event(id="x" * size) for size in (9, 3, 7, 1, 5)]
    for order in (events, events[::-1]):
        report = compare(load(MAPPING), load(MAPPING + "    note: hi\n"), order, examples=2)
        (group,) = report.mappings[0].groups
        assert [one.event["properties"]["id"] for one in group.examples] == ["x", "xxx"]
