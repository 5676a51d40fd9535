"""A comparison in words."""

import json

import pytest

from segue.cli.diff.telling import Title, cell, code, data, markdown, named, sentence, text, total
from segue.diff import Example, Group, MappingReport, Note, Report
from segue.diff.counting import GROUPS, Count
from segue.diff.model import Change
from segue.json import MISSING


TITLE = Title("HEAD", "segue.yaml", "recorded events")


def group(place="body/email", kind="lower-cased", count=3112, of=9870, **more):
    example = Example(b'{"type":"track"}', more.pop("old", "A"), more.pop("new", "a"))
    always = more.pop("always", False)
    return Group(place, kind, more.pop("detail", ""), count, of, always, (example,))


def report(*groups, **more):
    mapping = MappingReport("emails", "orders", 9870, 9856, 5000, groups)
    return Report(9870, (mapping,), **more)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (group(), "email: lower-cased in 3,112 of 9,870"),
        (group("body/source", "added", 5, 5, always=True, old=MISSING, new="web"), 'source: added, always "web", in all 5'),
        (group("body/event", "changed", 5, 5, always=True), 'event: always "A", now "a", in all 5'),
        (group("body/a", "moved", 2, 2, detail="body/b/c"), "a: moved to b.c in all 2"),
        (group("", "now refused", 14, 20, detail="missing userId"), "14 events now refused: missing userId"),
        (group("", "no longer sent", 1, 1, detail="its trigger does not match"), "1 event no longer sent: its trigger does not match"),
        (group("header/x-id", "removed", 1, 1), "header x-id: removed in all"),
    ],
)  # fmt: skip
def test_a_group_is_a_sentence(one, said):
    assert sentence(one) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("body", "the body"),
        ("body/items/*/price", "items[].price"),
        ("body/a~1b", "a/b"),
        ("query/q", "query q"),
        ("payload/id", "payload id"),
        ("url", "the URL"),
        ("method", "the method"),
    ],
)
def test_a_place_is_named_as_people_name_it(place, said):
    assert named(place) == said


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (report(group()), "1 mapping differs, of 9,870 events"),
        (report(group(), unchanged=2), "1 mapping differs, of 9,870 events; 2 others send the same"),
        (Report(3, (MappingReport("a", "b", 3, 3, 0, ()),)), "nothing is sent differently, of 3 events"),
        (Report(0, (), unchanged=2), "nothing that is sent can differ: 2 mappings say the same on both sides"),
        (Report(0, ()), "nothing that is sent can differ: there is no mapping"),
    ],
)  # fmt: skip
def test_the_end_says_how_it_comes_out(one, said):
    assert total(one) == said


@pytest.mark.parametrize("form", [text, markdown])
def test_a_mapping_that_no_event_got_to_is_named(form, capsys):
    form(TITLE, Report(3, (MappingReport("a", "b", 0, 0, 0, ()),)))
    assert "no event got to a/b" in capsys.readouterr().out


def test_what_comes_from_events_is_no_markdown(capsys):
    evil = "<img src=x> [x](http://e) @team | `a` "
    markdown(
        TITLE, report(group(old=evil, new="`", detail=evil), notes=(Note("added", evil, "n"),))
    )
    shown = capsys.readouterr().out
    assert cell("<b>[x](y) @me|") == "\\<b\\>\\[x\\](y) \\@me\\|"
    assert code("a ` b | c") == "`` a ` b \\| c ``"
    assert "<img src=x> [" not in shown.replace("``", "").partition("| what")[0]


def test_what_comes_from_events_controls_no_terminal(capsys):
    text(TITLE, report(group(old="\x1b[31m[red]x[/]", new="a\nb")))
    shown = capsys.readouterr().out
    assert "\x1b[31m" not in shown
    assert "[red]x[/]" in shown


def test_a_value_that_is_not_there_has_no_key_in_json():
    shown = json.loads(json.dumps(data(TITLE, report(group(old=MISSING, new=1)))))
    (example,) = shown["mappings"][0]["groups"][0]["examples"]
    assert example == {"event": {"type": "track"}, "new": 1}
    assert shown["differs"] is True


def test_kinds_beyond_those_that_are_told_apart_are_counted():
    count = Count()
    for number in range(GROUPS + 5):
        count.add(b"{}", [Change(f"body/field{number}", "added", MISSING, number)])
    assert (len(count.buckets), count.beyond, count.changed) == (GROUPS, 5, GROUPS + 5)
