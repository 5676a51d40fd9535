"""Laws of the console's forms: what is shown as rows is what the rows say."""

import mapping_strategies as strategies
from hypothesis import assume, given
from hypothesis import strategies as st

from segue.console.forms import fields, names
from segue.console.forms import triggers as form
from segue.console.forms.functions import FUNCTIONS
from segue.errors import TriggerError
from segue.testing.strategies.triggers import triggers as any_trigger
from segue.trigger import parse_trigger


typed = st.text(st.sampled_from('abz019 .,*?\\"[]-_é') | st.characters(codec="utf-8"), max_size=12)
conditions = st.builds(
    form.Condition,
    st.sampled_from(list(form.SUBJECTS)),
    typed,
    st.sampled_from(list(form.TESTS)),
    typed,
)
rows = st.builds(
    form.Rows, st.sampled_from(["all", "any"]), st.lists(conditions, max_size=4).map(tuple)
)


@given(any_trigger())
def test_the_rows_of_a_trigger_say_that_trigger(tree):
    assert form.build(form.rows(tree)) == tree


@given(rows)
def test_rows_survive_their_text(given_rows):
    try:
        tree = form.build(given_rows)
        read = form.rows(parse_trigger(str(tree)))
    except (form.RowsError, TriggerError, ValueError):
        assume(condition=False)
    assert form.build(read) == tree
    assert form.rows(form.build(read)) == read


@given(strategies.mappings())
def test_the_rows_of_a_mapping_say_that_mapping(mapping):
    assert fields.exactly(fields.build(fields.read(mapping)), mapping)


@given(strategies.mappings())
def test_rows_survive_a_form(mapping):
    row = fields.read(mapping)
    assert names.row(dict(names.inputs(row, "f")), "f") == row


@given(strategies.mappings(), st.sampled_from([*fields.KINDS, *FUNCTIONS]))
def test_a_row_of_any_kind_can_become_one_of_any_other(mapping, kind):
    for row in (fields.read(value) for value in mapping.values()):
        turned = fields.turned(row, kind)
        assert (turned.kind, turned.key) == (kind, row.key)


@given(
    st.dictionaries(
        st.from_regex(r"f(\.[0-3]){0,4}\.(key|kind|value)", fullmatch=True), typed, max_size=12
    )
)
def test_whatever_a_browser_sends_is_a_value_or_has_problems(sent):
    assert outcome(names.row(sent, "f")) in {True, "problems"}


def outcome(row):
    """Whether a row says something; what is wrong with one that does not has places."""
    try:
        fields.build(row)
    except fields.FormError as error:
        return "problems" if error.problems else "none"
    return True
