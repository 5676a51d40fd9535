"""Filters of a connection, as people write them."""

import pytest

from segue.filters import Filter
from segue.trigger import parse_trigger
from segue.workspace import describe


def test_filters_are_compiled_with_their_connection(connection):
    made = connection('filters: [{if: type = "page", action: drop}, {action: sample, rate: 0}]')
    assert made.filters == (
        Filter("drop", parse_trigger('type = "page"')),
        Filter("sample", rate=0.0),
    )
    assert made.screen is made.screen
    assert connection().screen is None


def test_filters_are_shown_as_they_are_in_force(load):
    workspace = load(
        "version: 1\nconnections: {c: {destination: log, filters: [{action: sample, rate: 0.5},"
        " {action: allow, fields: [traits.name], if: userId = null}]}}"
    )
    assert describe(workspace)["connections"]["c"]["filters"] == [
        {"if": "true", "action": "sample", "rate": 0.5},
        {"if": "userId = null", "action": "allow", "fields": ["traits.name"]},
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{action: keep}", "/action: should be sample, drop, block or allow"),
        ("{if: all}", '/action: the key "action" is missing; add action: …'),
        ("{action: block}", '/fields: the key "fields" is missing; add fields: …'),
        ("{action: sample}", '/rate: the key "rate" is missing; add rate: …'),
        ("{action: drop, fields: [a]}", ": fields go with block and allow only"),
        ("{action: drop, rate: 0.1}", ": a rate goes with sample only"),
        (
            "{action: sample, rate: 10}",
            "/rate: should be a number from 0 to 1, such as 0.1 for one event in ten",
        ),
        (
            "{action: block, fields: []}",
            "/fields: should be a list of paths, such as [context.ip, traits.email]",
        ),
        (
            "{action: block, fields: [userId]}",
            (
                '/fields/0: "userId" is part of every event and always kept; '
                "leave it out in the mapping"
            ),
        ),
        ("{action: allow, fields: [$]}", '/fields/0: name a field, such as "properties.email"'),
        (
            "{action: block, fields: ['a[0].b']}",
            '/fields/0: leave the index out: "products.price" is the price of every item',
        ),
        (
            "{action: drop, when: all}",
            '/when: unknown key "when"; known here: if, action, fields, rate',
        ),
    ],
)
def test_what_is_wrong_with_a_filter(refused, text, problem):
    whole = f"version: 1\nconnections: {{c: {{destination: log, filters: [{text}]}}}}"
    (said,) = refused(whole)
    assert said.partition(" ")[2] == f"/connections/c/filters/0{problem}"


def test_a_trigger_that_does_not_parse_is_refused_at_its_place(refused):
    (said,) = refused(
        "version: 1\nconnections: {c: {destination: log, filters: [{action: drop, if: type =}]}}"
    )
    assert said.startswith("2:72: /connections/c/filters/0/if: expected a value")
