"""One wrong mapping for every code, and what is said of it."""

import pytest

from segue.check import CODES, page


GOOD = """
orders:
  action: order
  fields:
    order: {"@path": $.properties.order_id}
    total: {"@path": $.properties.total}
"""


def with_field(line, mapping="action: order"):
    return f"{GOOD}    {line}\n".replace("action: order", mapping)


FIELD = '      "@path": $.properties.order_id'

WRONG = {
    "S001": (with_field("", 'action: order\n  trigger: type = "track" and type = "page"'), "error"),
    "S002": (with_field("", 'action: order\n  trigger: type = "track" and event = "Order Complete"'), "warning"),
    "S003": (GOOD + GOOD.replace("orders:", "again:"), "error"),
    "S004": (
        GOOD + GOOD.replace("orders:", "again:").replace("action: order", 'action: order\n  trigger: type = "track"'),
        "warning",
    ),
    "S005": (with_field('email: {"@path": $.properties.emial}'), "error"),
    "S006": (
        with_field('status: {"@if": {exists: {"@path": $.properties.gift}, then: paid, else: payd}}'),
        "error",
    ),
    "S008": (with_field("note: very-secret-1"), "error"),
    "S009": (with_field("", "action: order\n  ignore: {S014: it is a test}"), "note"),
    "S010": (with_field('status: {"@path": $.properties.status}'), "error"),
    "S011": ('orders: {action: order, fields: {order: {"@path": $.properties.long_id}}}', "error"),
    "S012": (
        'orders: {action: order, fields: {order: {"@template": "no. {{properties.order_id}}xxxxx"}}}',
        "error",
    ),
    "S013": ('people: {action: person, fields: {email: {"@path": $.traits.email}}}', "error"),
    "S014": (with_field('note: {"@path": $.properties.gift}'), "warning"),
    "S015": (with_field('ship: {"@path": $.properties.ship}'), "warning"),
    "S017": (with_field('note: {"@path": $.properties.note}'), "error"),
    "S018": (with_field('gift: {"@path": $.properties.gift}'), "error"),
    "S020": (with_field('note: {"@literal": 0}'), "warning"),
    "S021": (with_field("note: $.properties.note"), "warning"),
    "S022": (with_field('gift: {"@path": $.context.device}'), "warning"),
    "S023": (
        with_field(
            'note: {"@if": {exists: {"@path": $.properties}, then: {"@path": $.properties.note}, else: none}}'
        ),
        "warning",
    ),
    "S024": (
        with_field("", 'action: order\n  trigger: type = "track" or event = "Order Completed"'),
        "warning",
    ),
    "S025": (with_field("", 'action: order\n  trigger: type = "track"'), "warning"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "wrong"), WRONG.items(), ids=[*WRONG])
def test_what_is_wrong_is_found_under_its_code(code, wrong, check):
    mappings, severity = wrong
    report = check(mappings)
    assert [one.severity for one in report.findings if one.code == code] == [severity]


def test_nothing_is_found_in_a_good_mapping(check):
    assert check(GOOD).findings == ()


def test_a_required_field_that_an_optional_path_feeds_is_told_without_a_schema(check):
    found = check('orders: {action: order, fields: {order: {"@path": $.properties.x}}}', schemas="")
    assert not found.errors
    assert "S011" in {one.code for one in found.findings}


def test_a_near_miss_is_named_with_its_line(check, tmp_path):
    (found,) = check(with_field('email: {"@path": $.properties.emial}')).errors
    assert (found.code, found.field) == ("S005", "/email")
    assert "emial" in (tmp_path / "segue.yaml").read_text().splitlines()[found.line - 1]
    assert found.remedy == "did you mean $.properties.email?"


def test_a_counterexample_shows_event_payload_and_error(check):
    (found,) = check(with_field('status: {"@path": $.properties.status}')).errors
    assert found.event["properties"] == {
        "order_id": found.event["properties"]["order_id"],
        "total": 0,
        "status": "lost",
    }
    assert found.payload["status"] == "lost"
    assert "must be" in found.error


def test_a_secret_is_not_shown(check):
    report = check(with_field("note: very-secret-1"))
    assert not any("very-secret-1" in f"{one.message}{one.remedy}" for one in report.findings)


def test_an_ignored_finding_is_told_apart_with_its_reason(check):
    report = check(
        with_field(
            'status: {"@path": $.properties.status}', "action: order\n  ignore: {S010: they know}"
        )
    )
    assert report.errors == []
    assert [(one.code, one.ignored) for one in report.ignored] == [("S010", "they know")]


def test_the_same_seed_finds_the_same(check):
    mapping = with_field('status: {"@path": $.properties.status}')
    assert check(mapping, seed=3) == check(mapping, seed=3)


def test_a_budget_of_time_ends_the_search(check):
    assert check(GOOD, budget=0.05).evidence[0].tried > 0


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code):
    text = page(code)
    assert text.startswith(f"# {code} · ")
    assert "## Example" in text
    assert "## What to do" in text


def test_a_code_that_is_none_is_refused_with_what_there_is():
    with pytest.raises(KeyError, match="S001 to S027"):
        page("E1")


def test_a_part_that_events_of_a_type_have_not_is_told_without_a_schema(check):
    mapping = with_field('note: {"@path": $.traits.note}')
    (found,) = [one for one in check(mapping, schemas="").findings if one.code == "S005"]
    assert (found.severity, found.remedy) == ("warning", "did you mean $.properties.note?")


def test_a_path_near_to_one_that_is_read_elsewhere_is_told_without_a_schema(check):
    mapping = with_field('note: {"@path": $.properties.totla}')
    found = [one.remedy for one in check(mapping, schemas="").findings if one.code == "S005"]
    assert "did you mean $.properties.total?" in found


def test_names_that_differ_on_purpose_are_not_mistaken(check):
    mapping = with_field(
        'note: {"@path": $.properties.address2}\n    email: {"@path": $.properties.address1}'
    )
    assert "S005" not in {one.code for one in check(mapping, schemas="").findings}
