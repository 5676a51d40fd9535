"""What rows of a form say: triggers, fields, drafts, edits."""

import pytest

from segue.console.forms import draft as forms
from segue.console.forms import edits, fields, names, triggers
from segue.console.forms.draft import Draft, Said
from segue.console.forms.fields import FormError, Row
from segue.console.forms.shown import Show, fitted
from segue.console.forms.triggers import Condition, Rows, RowsError
from segue.console.previewing import placed
from segue.console.seen import look
from segue.errors import Problem
from segue.mapping import compile_path
from segue.plugins import load_plugins
from segue.trigger import parse_trigger
from segue.workspace.editing import Document, EditError


CASES = [
    ("all", []),
    ('type = "track"', [("type", "", "is", "track")]),
    ('event != "A"', [("event", "", "is not", "A")]),
    ('event in ["A", "B"]', [("event", "", "in", "A, B")]),
    ('event in ["A, B"]', [("event", "", "in", '["A, B"]')]),
    ('!(event in ["A"])', [("event", "", "not in", "A")]),
    ("properties.total = 5", [("property", "total", "=", "5")]),
    ("properties.total != 5", [("property", "total", "!=", "5")]),
    ("properties.total < 5.5", [("property", "total", "<", "5.5")]),
    ("properties.total <= 5", [("property", "total", "<=", "5")]),
    ("properties.total > 5", [("property", "total", ">", "5")]),
    ("properties.total >= 5", [("property", "total", ">=", "5")]),
    ('contains(traits.name, "x")', [("trait", "name", "contains", "x")]),
    ('!contains(traits.name, "x")', [("trait", "name", "not contains", "x")]),
    ('match(event, "Order *")', [("event", "", "starts", "Order ")]),
    ('!match(event, "Order *")', [("event", "", "not starts", "Order ")]),
    ('match(event, "*ed")', [("event", "", "ends", "ed")]),
    ('!match(event, "*ed")', [("event", "", "not ends", "ed")]),
    ('match(event, "*a*")', [("event", "", "matches", "*a*")]),
    ('!match(event, "a?c")', [("event", "", "not matches", "a?c")]),
    ("context.ip = null", [("context", "ip", "missing", "")]),
    ("context.ip != null", [("context", "ip", "exists", "")]),
    ("properties.vip = true", [("property", "vip", "true", "")]),
    ("properties.vip = false", [("property", "vip", "false", "")]),
    ("properties.vip != true", [("property", "vip", "not true", "")]),
    ("properties.vip != false", [("property", "vip", "not false", "")]),
    ('userId = "u"', [("path", "userId", "is", "u")]),
    (r"traits.first\ name = null", [("trait", r"first\ name", "missing", "")]),
    ("length(properties.items) > 2", [("expression", "", "is", "length(properties.items) > 2")]),
    ('type = "a" and (event = "b" or event = "c")', [("type", "", "is", "a"), ("expression", "", "is", 'event = "b" or event = "c"')]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_each_condition_has_a_row_and_each_row_says_it_again(text, expected):
    tree = parse_trigger(text)
    rows = triggers.rows(tree)
    assert [(one.subject, one.path, one.operator, one.value) for one in rows.conditions] == expected
    assert triggers.build(rows) == tree


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (Condition("property", "first name", "is", "x"), r'properties.first\ name = "x"'),
        (Condition("trait", "$.plan", "exists"), "traits.plan != null"),
        (Condition("event", "", "in", " A ,, B "), 'event in ["A", "B"]'),
        (Condition("event", "", "starts", "50%*"), r'match(event, "50%\**")'),
        (Condition("event", "ignored", "is", 'a "b"'), r'event = "a \"b\""'),
    ],
)
def test_people_may_type_what_they_mean(typed, text):
    assert str(triggers.build(Rows("all", (typed,)))) == text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Condition("property", "", "is", "x"), "say which"),
        (Condition("property", "total", ">", "many"), "compares numbers"),
        (Condition("event", "", "in", " , "), "commas"),
        (Condition("event", "", "like", "x"), "how to compare"),
        (Condition("event", "", "matches", "[a"), "never closed"),
        (Condition("expression", "", "is", "event = = 1"), "expected"),
    ],
)
def test_a_row_that_says_nothing_has_a_problem_of_its_own(wrong, said):
    with pytest.raises(RowsError) as raised:
        triggers.build(Rows("any", (Condition("type", "", "is", "track"), wrong)))
    assert [*raised.value.problems] == [1]
    assert said in raised.value.problems[1].message


VALUES = [
    ({"@path": "$.a"}, "path"),
    ({"@template": "{{a}}"}, "template"),
    ("text", "text"),
    (1.0, "number"),
    (True, "switch"),
    (None, "null"),
    ([1], "list"),
    ({"a": 1}, "object"),
    ({"@if": {"exists": {"@path": "a"}, "then": {"@path": "a"}, "else": "b"}}, "first"),
    ({"@if": {"exists": {"@path": "a"}, "then": {"@path": "a"}}}, "@if"),
    ({"@case": {"operator": "lower", "value": {"@path": "a"}}}, "@case"),
    ({"@arrayPath": ["$.items", {"sku": {"@path": "$.id"}}]}, "@arrayPath"),
    ({"@merge": {"direction": "left", "objects": [{"a": 1}, {"@path": "$.o"}]}}, "@merge"),
    ({"@literal": ""}, "@literal"),
    ({"@liquid": "{{ a | upcase }}"}, "@liquid"),
    ({"@path": "$.a", "_metadata": {"label": "A"}}, "raw"),
    ({"@path": {"@path": "$.a"}}, "raw"),
    ({"@path": ""}, "raw"),
    ("two\r\nlines", "raw"),
    ("half \ud83d", "raw"),
]


@pytest.mark.parametrize(
    ("value", "kind"), VALUES, ids=[str(kind) + str(nth) for nth, (_, kind) in enumerate(VALUES)]
)
def test_each_value_has_its_kind_of_row_and_the_row_says_it_again(value, kind):
    row = fields.read(value, "key")
    assert (row.kind, row.key) == (kind, "key")
    assert fields.exactly(fields.build(row), value)
    row.text.encode()


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        (Row("", "number", "ten"), (), "no number"),
        (Row("", "number", "1e999"), (), "too large"),
        (Row("", "switch", "maybe"), (), "on or off"),
        (Row("", "raw", "{"), (), "not JSON"),
        (Row("", "raw", "NaN"), (), "no NaN"),
        (Row("", "path", " "), (), "say which"),
        (Row("", "object", rows=(Row("a", "text"), Row("a", "text"))), (1,), "another"),
        (Row("", "object", rows=(Row("@path", "text", "x"),)), (0,), "cannot begin"),
        (
            Row("", "first", rows=(Row("", "text", "x"), Row("", "path", "a"))),
            (0,),
            "only the last",
        ),
    ],
)
def test_what_says_nothing_has_a_problem_at_its_place(row, place, said):
    with pytest.raises(FormError) as raised:
        fields.build(row)
    assert said in raised.value.problems[place].message


def test_a_mapping_of_very_many_values_fits_a_form():
    value = {"large": {str(nth): [nth] for nth in range(2000)}, "small": {"@path": "$.a"}}
    row = fields.light(fields.read(value))
    assert [one.kind for one in row.rows] == ["raw", "path"]
    assert fields.build(row) == value


def test_deep_json_is_a_problem_and_no_crash():
    with pytest.raises(FormError):
        fields.build(Row("", "raw", "[" * 100_000))


def test_a_line_that_was_added_and_left_empty_says_nothing():
    assert fields.build(Row("", "object", rows=(Row("", "path"),))) == {}


@pytest.mark.parametrize(
    ("row", "kind", "made"),
    [
        (Row("k", "path", "$.a.b"), "template", {"@template": "{{a.b}}"}),
        (Row("k", "template", "hi"), "text", "hi"),
        (Row("k", "text", "7"), "number", 7),
        (Row("k", "path", "$.a"), "raw", {"@path": "$.a"}),
        (Row("k", "path", "$.a"), "@case", {"@case": {"operator": "lower", "value": {"@path": "$.a"}}}),
        (Row("k", "path", "$.a"), "@if", {"@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}}}),
        (Row("k", "path", "$.a"), "@merge", {"@merge": {"direction": "right", "objects": [{"@path": "$.a"}]}}),
        (Row("k", "path", "$.a"), "first", {"@path": "$.a"}),
        (Row("k", "text", "x"), "list", ["x"]),
        (Row("k", "out"), "switch", True),
    ],
)  # fmt: skip
def test_another_kind_begins_with_what_was_there(row, kind, made):
    assert fields.build(fields.turned(row, kind)) == made


def test_an_unknown_kind_is_not_taken():
    assert fields.turned(Row("k", "path", "$.a"), "script") == Row("k", "path", "$.a")


SCHEMA = {
    "type": "object",
    "required": ["b"],
    "properties": {
        "b": {"type": "string", "title": "Bee", "enum": ["x", "y"]},
        "o": {"type": "object", "properties": {"in": {"type": "number"}}, "additionalProperties": False},
    },
}  # fmt: skip


def test_every_declared_field_has_a_row_and_choices_are_chosen():
    row = fitted(fields.read({"z": 1, "b": "y", "o": {}}), SCHEMA)
    shown = Show({}, {}).root(row, SCHEMA)
    assert [(one.label, one.row.kind, one.required, one.named) for one in shown] == [
        ("Bee", "choice", True, False),
        ("o", "object", False, False),
        ("z", "number", False, True),
    ]
    assert shown[0].options == (('"x"', "x"), ('"y"', "y"))
    assert [one.row.kind for one in shown[1].inside] == ["out"]
    assert fields.build(row) == {"b": "y", "o": {}, "z": 1}


def test_problems_of_a_payload_stand_at_the_nearest_row():
    one, other = Problem("", "one"), Problem("", "other")
    found = placed([(("a", "0", "b"), one), (("gone",), other)], [("a",), ("a", "0")])
    assert (found.rows, found.rest) == ({("a", "0"): (one,)}, (other,))


def test_paths_are_seen_with_an_example_each():
    events = [
        {"traits": {"first name": "Ada", "x": {"y": [1]}}, "context": {"ip": "1"}, "userId": "u"}
    ]
    assert [(one.path, one.type, one.about) for one in look(events)] == [
        ("$.userId", "text", "u"),
        ("$.traits", "object", "first name, x"),
        ("$.traits['first name']", "text", "Ada"),
        ("$.traits.x", "object", "y"),
        ("$.traits.x.y", "list", "1 item"),
        ("$.traits.x.y[0]", "number", "1"),
        ("$.context", "object", "ip"),
        ("$.context.ip", "text", "1"),
    ]


def test_a_path_that_is_shown_leads_to_its_example():
    event = {"it's": {"a\\b": [{"c.d": "found"}]}, "properties": {"0x": 1, "é": 2}}
    for one in look([event]):
        assert compile_path(one.path)(event) == one.example


# Drafts


def said(**more):
    return Said(**{"trigger": 'type = "track"', "fields": {"a": {"@path": "$.a"}}, **more})


def form(draft, **more):
    inputs = dict(names.inputs(draft.root, "f"))
    for at, one in enumerate(draft.rows.conditions):
        inputs |= {f"t.{at}.subject": one.subject, f"t.{at}.path": one.path}
        inputs |= {f"t.{at}.operator": one.operator, f"t.{at}.value": one.value}
    trigger = {"trigger": draft.trigger, "trigger.was": draft.trigger}
    return {**inputs, **trigger, "base": draft.base.text(), **more}


def test_a_form_that_is_sent_back_says_what_it_said():
    draft = Draft.of(said())
    assert forms.sent(form(draft), said(trigger="all")) == draft


def test_a_trigger_keeps_the_spelling_of_its_author():
    draft = Draft.of(said(trigger="type = track   and event=X"))
    assert forms.judge(forms.sent(form(draft), said())).text == "type = track   and event=X"


def test_text_that_was_changed_says_more_than_rows_that_were_not():
    draft = forms.sent(form(Draft.of(said()), trigger="event = B"), said())
    assert draft.rows.conditions == (Condition("event", "", "is", "B"),)


def test_text_that_says_nothing_leaves_the_rows_alone():
    draft = forms.sent(form(Draft.of(said()), trigger="event ="), said())
    assert draft.rows.conditions == (Condition("type", "", "is", "track"),)
    assert not forms.judge(draft).good


def test_a_base_that_is_no_base_is_not_taken():
    for base in ("", "[]", "{", '{"trigger": 1}', "[" * 100_000):
        draft = forms.sent(form(Draft.of(said()), base=base), said(trigger="all"))
        assert draft.base == said(trigger="all")


@pytest.mark.parametrize(
    "deed", ["remove:f.9", "remove:x.1", "add:f.a", "remove:t", "add:", "remove:t.99999999"]
)
def test_a_button_that_leads_nowhere_does_nothing(deed):
    draft = Draft.of(said())
    assert forms.changed(draft, deed).root == draft.root


# Edits


ACTION = load_plugins().action("loops.sendEvent")
WHERE = ("connections", "c", "mappings", "m")


def written(mapping, base, mine):
    document = Document(f"connections:\n  c:\n    mappings:\n      m:\n{mapping}")
    edits.write(document, WHERE, ACTION, base, mine)
    return document.text().partition("      m:\n")[2]


def test_only_what_differs_is_written():
    base = Said(ACTION.trigger, ACTION.mapping)
    mine = Said(ACTION.trigger, {**ACTION.mapping, "userId": "x"})
    assert written("        action: sendEvent # A\n", base, mine) == (
        "        action: sendEvent # A\n        override:\n          userId: x\n"
    )


def test_null_in_an_override_is_a_literal_and_a_bare_one_leaves_out():
    base = Said(ACTION.trigger, ACTION.mapping)
    rest = {key: value for key, value in ACTION.mapping.items() if key != "email"}
    text = written(
        "        action: sendEvent\n", base, Said(ACTION.trigger, {**rest, "userId": None})
    )
    made = Document(f"m:\n{text}").value(("m", "override"))
    assert made == {"email": None, "userId": {"@literal": None}}


def test_what_is_the_actions_own_again_leaves_the_file():
    base = Said('type = "page"', {**ACTION.mapping, "userId": "x"}, "", "email")
    text = "        action: sendEvent\n        trigger: type = page\n        matching_key: email\n        override: {userId: x}\n"  # fmt: skip
    assert (
        written(text, base, Said(ACTION.trigger, ACTION.mapping)) == "        action: sendEvent\n"
    )


def test_a_mapping_that_is_gone_cannot_be_edited():
    with pytest.raises(EditError, match="gone"):
        edits.write(Document("connections: {}\n"), WHERE, ACTION, said(), said(trigger="all"))
