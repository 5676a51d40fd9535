"""What a connection does not get."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.console.forms.filters import KINDS, Row, read, rows
from segue.console.visit import Form


LINES = st.text("abc.", min_size=1)
FILTERS = st.one_of(
    st.fixed_dictionaries({"action": st.just("drop"), "if": LINES}),
    st.fixed_dictionaries(
        {"action": st.just("sample"), "rate": st.integers(1, 100).map(lambda one: one / 100)},
        optional={"if": LINES},
    ),
    st.fixed_dictionaries(
        {"action": st.sampled_from(["block", "allow"]), "fields": st.lists(LINES, min_size=1)},
        optional={"if": LINES},
    ),
)


def typed(found):
    names = {"action": "action", "when": "when", "fields": "fields", "rate": "rate"}
    return Form(
        tuple(
            (f"filter-{at}-{name}", getattr(row, field))
            for at, row in enumerate(found)
            for name, field in names.items()
        )
    )


def save(console, *found, **more):
    revision = console.run(console.desk.read).revision
    form = {"revision": revision, **dict(typed(found).items), **more}
    return console.post("/connections/loops/filters", form)


def saved(console):
    return console.run(console.desk.read).workspace.connections["loops"].filters


@given(st.lists(FILTERS, max_size=5))
def test_filters_come_back_from_the_form_as_they_were(kept):
    assert [row.text() for row in read(typed(rows(kept)))] == kept


def test_filters_are_written_in_their_order(console):
    assert (
        save(console, Row(when='type = "page"'), Row("block", fields="context.ip")).status_code
        == 303
    )
    assert [one.kind for one in saved(console)] == ["drop", "block"]


def test_without_filters_the_key_is_gone(console):
    save(console, Row(when='type = "page"'))
    save(console)
    assert "filters" not in console.file.read_text()


@pytest.mark.parametrize(
    "row",
    [Row(when="type ="), Row("sample", rate="lots"), Row("block", fields="type", when="x = 1")],
)
def test_a_filter_that_is_wrong_is_said_where_it_is(console, row):
    before = console.file.read_text()
    answer = save(console, Row(when='type = "page"'), row)
    assert answer.status_code == 422
    assert 'class="problems"' in answer.text
    assert console.file.read_text() == before


def test_filters_that_somebody_else_has_saved_are_said_before_they_are_written_over(console):
    revision = console.run(console.desk.read).revision
    save(console, Row(when='type = "page"'))
    answer = save(console, Row(when='type = "screen"'), revision=revision)
    assert answer.status_code == 422
    said = html.unescape(answer.text)
    assert r'In the file they are now: {"action":"drop","if":"type = \"page\""}.' in said
    assert 'value="type = &#34;screen&#34;"' in answer.text


@pytest.mark.parametrize("kind", [key for key, _ in KINDS])
def test_a_filter_more_is_a_row_more_and_nothing_is_written(console, kind):
    answer = save(console, add=kind)
    assert 'name="filter-0-action"' in answer.text
    assert saved(console) == ()


def test_a_filter_less_is_a_row_less(console):
    page = save(console, Row(when='type = "page"'), Row(when='type = "screen"'), remove="0").text
    assert "screen" in page
    assert 'value="type = &#34;page&#34;"' not in page


def test_the_page_says_what_the_filters_do_to_the_last_events(full):
    save(full, Row(when='type = "page"'), Row("block", fields="traits.firstName"))
    assert "stop 1 and leave fields out of 3" in full.get("/connections/loops/filters").text
