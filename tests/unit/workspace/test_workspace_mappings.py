"""Mappings: which action, which trigger, which fields are in force, and what each problem says."""

import pytest

from segue import path


@pytest.fixture
def mistakes(refused):
    """``mistakes(lines)`` is what is wrong with one mapping, without its place in the file."""

    def mistakes(lines):
        text = "version: 1\nconnections:\n  c:\n    destination: crm\n"
        text += "    settings: {token: abcd}\n    mappings:\n      m:\n"
        text += "".join(f"        {line}\n" for line in lines.splitlines())
        return [problem.replace("/connections/c/mappings/m", "") for problem in refused(text)]

    return mistakes


def test_trigger_and_fields_are_the_action_s_own_when_left_out(mapping):
    made = mapping("action: upsert")
    assert made.action.name == "crm.upsert"
    assert str(made.trigger) == 'type = "identify"'
    assert made.fields == {"id": path("$.userId"), "name": path("$.traits.name")}
    assert (made.own_trigger, made.own_fields) == (False, frozenset())


def test_an_action_may_be_named_in_full(mapping):
    assert mapping("action: crm.note").action.name == "crm.note"


def test_fields_replace_the_default_mapping_whole(mapping):
    made = mapping('action: upsert\nfields: {id: {"@path": "$.anonymousId"}}')
    assert made.fields == {"id": path("$.anonymousId")}
    assert made.own_fields == {"id"}


def test_override_merges_over_the_default_mapping(mapping):
    made = mapping("action: upsert\noverride: {score: 5}")
    assert made.fields == {"id": path("$.userId"), "name": path("$.traits.name"), "score": 5}
    assert made.own_fields == {"score"}


def test_override_with_null_leaves_a_field_out(mapping):
    made = mapping("action: upsert\noverride: {name: null}")
    assert made.fields == {"id": path("$.userId")}


def test_null_in_fields_is_a_value_like_any_other(mistakes):
    assert mistakes("action: upsert\nfields: {id: null}") == [
        '9:22: /fields/id: "ID" must be text, but it is null; write such a value, or a directive'
    ]


def test_what_is_compiled_is_what_is_in_force(mapping):
    made = mapping('action: upsert\ntrigger: type = "group"\noverride: {score: 5}')
    assert made.matches({"type": "group"})
    assert not made.matches({"type": "identify"})
    assert made.map({"userId": "u1"}) == {"id": "u1", "score": 5}
    assert made.own_trigger


def test_a_mapping_may_be_switched_off(mapping):
    assert mapping("action: upsert\nenabled: false").enabled is False


def test_equal_triggers_and_fields_are_compiled_once(connection):
    first, second, third = connection(
        "mappings:\n  a: {action: upsert}\n  b: {action: upsert}\n  c: {action: note}\n"
    ).mappings
    assert first.map is second.map
    assert first.matches is second.matches
    assert first.map is not third.map


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("trigger: all", '7:7: /action: the key "action" is missing; add action: …'),
        ("action: upsrt", '8:17: /action: crm has no action "upsrt"; did you mean "upsert"?'),
        (
            "action: crm.upsrt",
            '8:17: /action: crm has no action "crm.upsrt"; did you mean "upsert"?',
        ),
        ("action: log.write", '8:17: /action: crm has no action "log.write"; it has: note, upsert'),
        (
            "action: upsert\ntriger: all",
            '9:9: /triger: unknown key "triger"; did you mean "trigger"?',
        ),
        (
            "action: upsert\ntrigger: true",
            "9:18: /trigger: should be text, not true; put it in quotes",
        ),
        (
            "action: upsert\nfields: {idd: {'@path': '$.a'}, id: x}",
            '9:18: /fields/idd: no field "idd"; did you mean "id"?',
        ),
        (
            "action: upsert\nfields: {id: {'@pth': '$.a'}}",
            '9:22: /fields/id: unknown directive "@pth"; did you mean "@path"?',
        ),
        (
            "action: upsert\nfields: {name: x}",
            '9:17: /fields: "ID" is required, but it is missing',
        ),
        (
            "action: upsert\noverride: {id: null}",
            '9:19: /override: "ID" is required, but it is missing',
        ),
        (
            "action: upsert\noverride: {nam: null}",
            '9:25: /override/nam: there is no field "nam" to leave out; did you mean "name"?',
        ),
        (
            "action: upsert\nfields: {id: x}\noverride: {name: y}",
            (
                "8:9: there can be either fields, in place of the action's mapping, or override, "
                "merged over it"
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_mapping(mistakes, lines, problem):
    assert mistakes(lines) == [problem.replace("8:9: there", "8:9: : there")]


def test_a_trigger_that_does_not_parse_is_shown_with_a_caret_at_its_very_character(mistakes):
    assert mistakes('action: upsert\ntrigger: type = "track" and evnt(x)') == [
        (
            '9:37: /trigger: there is no function "evnt" at offset 19; '
            'did you mean "length"?\n'
            '  type = "track" and evnt(x)\n'
            "                     ^"
        )
    ]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("type =", "9:24"),
        ("'type ='", "9:25"),
        ('"type ="', "9:25"),
        ('"type\\u0020="', "9:18"),
        (">\n  type =", "9:18"),
    ],
    ids=["plain", "single quotes", "double quotes", "with an escape", "folded"],
)
def test_the_place_of_a_trigger_s_error_is_exact_where_its_text_stands_as_it_is(
    mistakes, written, place
):
    (problem,) = mistakes(f"action: upsert\ntrigger: {written}")
    assert problem.startswith(f"{place}: /trigger: ")


def test_a_trigger_cut_short_by_a_comment_is_explained(mistakes):
    (problem,) = mistakes('action: upsert\ntrigger: event = "Ticket #5"')
    assert 'in YAML " #" begins a comment: put the whole trigger in quotes' in problem


def test_a_mapping_of_an_unknown_action_is_checked_as_far_as_it_can_be(mistakes):
    problems = mistakes("action: upsrt\ntrigger: type =\nfields: {x: {'@pth': y}}")
    assert [problem.split(" ")[1] for problem in problems] == [
        "/action:",
        "/trigger:",
        "/fields/x:",
    ]


def test_mappings_of_an_unknown_destination_are_checked_as_far_as_they_can_be(refused):
    text = (
        "version: 1\nconnections: {c: {destination: x, mappings: {m: {action: y, trigger: '='}}}}"
    )
    assert [problem.split(" ")[1] for problem in refused(text)] == [
        "/connections/c/destination:",
        "/connections/c/mappings/m/trigger:",
    ]
