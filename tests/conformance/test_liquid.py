"""``@liquid`` against recorded runs of the reference implementation. No recorded case deviates."""

import pytest

from segue.errors import MappingError
from segue.mapping import compile_mapping


REFUSED = "refused"  # the reference raised, or we refuse the mapping


def ours(case):
    try:
        return compile_mapping(case["mapping"])(case["event"])
    except MappingError:
        return REFUSED


def theirs(case):
    return REFUSED if "error" in case else case["output"]


def test_every_recorded_template_gives_the_recorded_text(cases, same):
    different = [
        case["id"] for case in cases("transform_liquid") if not same(ours(case), theirs(case))
    ]
    assert different == []


def test_the_record_has_templates_of_every_kind(cases):
    recorded = cases("transform_liquid")
    assert len(recorded) == 1199
    assert sum("error" in case for case in recorded) == 31


# What the record does not show, by the classes of deviations.md.

RUN_THERE = {
    "a disabled filter in a branch not taken": "{% if false %}{{ type | sort }}{% endif %}",
    "an unknown filter": "{{ type | upcas }}",
    "an unknown option": '{{ type | append: tail: "x" }}',
    "a missing argument": "{{ total | plus }}",
    "text behind a value": "{{ type event }}",
    "a chain of comparisons": "{% if 1 == 1 == true %}y{% endif %}",
    "delimiters in a text": '{{ "}}" }}',
    "a random filter": "{{ type | sample }}",
}


@pytest.mark.parametrize("template", RUN_THERE.values(), ids=RUN_THERE)
def test_templates_that_hide_a_mistake_are_refused(template):
    assert ours({"mapping": {"out": {"@liquid": template}}, "event": {}}) == REFUSED


EVENT = {
    "type": "track",
    "event": "Signed Up",
    "receivedAt": "2026-03-04T05:06:07.089Z",
    "properties": {"plan": "pro", "bad": "50%", "plus": "1%2B1"},
}

BETTER_HERE = {
    "case": ("{% case type %}{% when 'page', 'track' %}y{% else %}n{% endcase %}", "y"),
    "event.": ("{{ event }}: {{ event.properties.plan }}", "Signed Up: pro"),
    "now": ('{{ "now" | date: "%Y-%m-%d" }}', "2026-03-04"),
    "the word nil in json": ("{{ nil | json }}", "null"),
    "an argument that is no number": ("{{ 'abc' | slice: 'x' }}", "a"),
    "the first week of a year": ('{{ "2023-01-01" | date: "%U" }}', "01"),
    "a date that is none": ('{{ "2026-02-30" | date: "%Y" }}', "2026-02-30"),
    "an encoded plus sign": ("{{ properties.plus | url_decode }}", "1+1"),
    "rounding to many digits": ("{{ 1.5 | round: 400 }}", "1.5"),
    "nothing in a text": ('{{ "undefined" contains missing }}', "false"),
    "a long whole number": ("{{ 12345678901234567890 }}", "12345678901234567890"),
}


@pytest.mark.parametrize(("template", "text"), BETTER_HERE.values(), ids=BETTER_HERE)
def test_templates_that_do_better_than_there(template, text):
    assert ours({"mapping": {"out": {"@liquid": template}}, "event": EVENT}) == {"out": text}


NOTHING_HERE = {
    "a text that is not URL-encoded": "{{ properties.bad | url_decode }}",
    "an unknown time zone": '{{ receivedAt | date: "%Y", "Mars/Olympus" }}',
    "a result of over a million characters": "{{ type | replace: '', properties.long }}",
}


@pytest.mark.parametrize("template", NOTHING_HERE.values(), ids=NOTHING_HERE)
def test_where_the_reference_raises_or_goes_on_the_value_is_missing(template):
    event = {**EVENT, "properties": {**EVENT["properties"], "long": "x" * 300_000}}
    assert compile_mapping({"out": {"@liquid": template}, "rest": 1})(event) == {"rest": 1}
