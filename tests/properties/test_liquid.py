"""Laws of ``@liquid``, on templates made from its grammar and on any text."""

import copy
import re

import mapping_strategies
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segue.errors import MappingError
from segue.json import MISSING
from segue.mapping.limits import TEXT
from segue.mapping.liquid import TEMPLATE, check_liquid, compile_liquid, liquid_paths
from segue.mapping.liquid.filters import FILTERS


NAMES = ("a", "b", "c", "id", "items", "v")
KEYS = ("a", "b", "c", "id", "0", "length", "size", "first", "last")
TEXTS = ("", "a", "a,b", "%Y-%m-%d", "latin", "<b>x</b>", "é😀", "2026-03-04", "12")

events = st.dictionaries(
    st.sampled_from(NAMES),
    mapping_strategies.json_values(mapping_strategies.scalars | st.floats() | st.text(max_size=5)),
    max_size=5,
)
anything = mapping_strategies.json_values(max_leaves=4)


@st.composite
def paths(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=3))
    prefix = draw(st.sampled_from(("", "", "event.")))
    return prefix + draw(st.sampled_from(NAMES)) + "".join(f".{key}" for key in keys)


indexed = st.builds("{}[{}]".format, paths(), paths() | st.integers(-3, 3))
literals = st.sampled_from([f"'{text}'" for text in TEXTS]) | st.sampled_from(
    ("0", "-1", "2.5", "100", "true", "false", "nil", "empty", "blank", "(1..3)", "99999999999")
)
values = paths() | indexed | literals


@st.composite
def filters(draw):
    name = draw(st.sampled_from(sorted(FILTERS)))
    count = draw(st.integers(FILTERS[name].needs, FILTERS[name].takes))
    arguments = ", ".join(draw(values) for _ in range(count))
    return f" | {name}" + (f": {arguments}" if arguments else "")


expressions = st.builds("{}{}{}".format, values, filters() | st.just(""), filters() | st.just(""))
comparisons = st.builds(
    "{} {} {}".format,
    values,
    st.sampled_from(("==", "!=", "<", ">", "<=", ">=", "contains", "and", "or")),
    values,
)
conditions = st.sampled_from(("", "not ")).flatmap(
    lambda negation: (values | comparisons).map(lambda condition: negation + condition)
)
leaves = st.one_of(
    st.sampled_from(("text", " ", "\n", "é")),
    expressions.map("{{{{ {} }}}}".format),
    expressions.map("{{{{- {} -}}}}".format),
    st.builds("{{% assign {} = {} %}}".format, st.sampled_from(NAMES), expressions),
    st.sampled_from(NAMES).map("{{% increment {} %}}".format),
    st.sampled_from(NAMES).map("{{% decrement {} %}}".format),
    st.builds("{{% cycle {}, {} %}}".format, values, values),
    st.sampled_from(
        ("{% break %}", "{% comment %}{% for %}{% endcomment %}", "{% raw %}{{{% endraw %}")
    ),
)
templates = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, conditions, inner, inner),
        st.builds("{{% unless {} %}}{}{{% endunless %}}".format, conditions, inner),
        st.builds("{{% capture {} %}}{}{{% endcapture %}}".format, st.sampled_from(NAMES), inner),
        st.builds(
            "{{% case {} %}}{{% when {}, {} %}}{}{{% else %}}{}{{% endcase %}}".format,
            values,
            values,
            values,
            inner,
            inner,
        ),
    ),
    max_leaves=4,
).filter(lambda template: len(template) <= TEMPLATE)


@settings(max_examples=600)
@given(templates, events)
def test_a_template_gives_text_or_nothing_and_never_raises(template, event):
    text = compile_liquid(template)(event)
    assert text is MISSING or (isinstance(text, str) and len(text) <= TEXT)


@given(templates, anything)
def test_an_event_of_any_kind_is_taken(template, event):
    assert isinstance(compile_liquid(template)(event), str | type(MISSING))


@given(templates, events)
def test_the_same_event_gives_the_same_text_and_is_not_changed(template, event):
    before = copy.deepcopy(event)
    render = compile_liquid(template)
    first = render(event)
    assert (first, repr(event)) == (render(event), repr(before))
    assert first == compile_liquid(template)(before)


@given(templates, events)
@example("{% assign b = a %}{{ event.b }}", {"b": 1})
def test_a_template_reads_only_what_it_lists(template, event):
    roots = {path.split(".")[0] for path in liquid_paths(template)}
    read = {key: value for key, value in event.items() if key in roots}
    assert compile_liquid(template)(read) == compile_liquid(template)(event)


@given(st.text(max_size=60) | st.text("{%}|'\"ab.:,=()[] -#0\n", max_size=60))
@example("{%" * 400)
@example("{{" + "(" * 900)
@example("{{" + "a[" * 400)
@example("{{ a" + " or a" * 180 + "}}")
@example("{{ a" + "|size" * 180 + "}}")
@example("{% if a %}" * 90)
@example("{% liquid " + "if a\n" * 180 + "%}")
@example("{{ a" + ".a" * 480 + "}}")
def test_any_text_is_refused_with_a_reason_or_can_be_rendered(template):
    if reason := check_liquid(template):
        with pytest.raises(MappingError, match=re.escape(reason)):
            compile_liquid(template)
    else:
        assert isinstance(compile_liquid(template)({"a": 1}), str | type(MISSING))


@given(st.text(max_size=200).filter(lambda text: "{{" not in text and "{%" not in text))
def test_text_without_delimiters_stays_as_it_is(text):
    assert compile_liquid(text)({}) == text
