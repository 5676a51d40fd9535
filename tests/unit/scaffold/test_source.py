"""Values as source: the same value again, and as ruff lays it out."""

import ast
import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruff import find_ruff_bin

from segue.scaffold.source import Called, Name, constant, source


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"""', "'''", "\\", '\\"', "it's", '"', "a\nb", "{{x}}", "{% raw %}", "\u202e", "#", "\r\n"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_source_is_the_value_again(value):
    assert ast.literal_eval(source(value)) == value


@given(TEXTS)
def test_a_constant_is_one_line_of_what_looks_like_itself(text):
    made = constant(text)
    assert made.isprintable()
    assert all(one.isascii() or one.isalpha() for one in made)
    assert ast.literal_eval(made) == text


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, max_size=20))
def test_ruff_would_lay_it_out_no_other_way(values):
    lines = [f"X{at} = {source(one, used=len(f'X{at} = '))}" for at, one in enumerate(values)]
    assert formatted("\n".join(lines) + "\n") == "\n".join(lines) + "\n"


SAID = "Which of the lists a person is put on when they sign up, as long as there is one at all."


@pytest.mark.parametrize(
    "node",
    [
        Called("path", ["$.properties.email"], {}),
        Called("first_of", [f"$.properties.{'a' * 40}", f"$.traits.{'b' * 40}"], {}),
        Called("first_of", ["$.a", "$.b"], {"default": SAID}),
        {"description": SAID, "title": "Lists"},
        {"deep": {"deeper": {"description": f'{SAID} {SAID} He said: "it\'s"', "x": [SAID, SAID]}}},
        {"a": Name("str | None"), "b": [{}, [], "", {"c": []}]},
        {"a" * 100: "b" * 100, "c": ["d" * 100]},
        {"spaces": " " * 200, "words": "a  " * 60, "lines": "one\n\ntwo\n" * 20},
        {"numbers": [1e16, 1e-7, 1.5, -3, 10**30, 0.1]},
    ],
    ids=str,
)
def test_what_a_field_spec_holds_is_laid_out_as_ruff_would(node):
    text = f"X = {source(node, used=4)}\n"
    assert formatted(text) == text


def test_a_long_text_is_broken_between_words():
    made = source({"description": SAID})
    assert made == (
        "{\n"
        '    "description": (\n'
        '        "Which of the lists a person is put on when they sign up, as long as there is "\n'
        '        "one at all."\n'
        "    ),\n"
        "}"
    )
    assert ast.literal_eval(made) == {"description": SAID}


def test_json_reads_what_is_plain():
    assert json.loads(source({"a": [1, "b"], "c": {}})) == {"a": [1, "b"], "c": {}}


def formatted(text):
    command = [find_ruff_bin(), "format", "--isolated", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()
