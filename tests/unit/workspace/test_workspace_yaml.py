"""YAML: the values a text stands for, where they stand, and what is wrong in words of our own."""

from dataclasses import replace

import pytest
import yaml as pyyaml

from segue.errors import Problem
from segue.json import MISSING
from segue.workspace.yaml import DEPTH, NODES, SIZE, read


PARSERS = [
    pytest.param(pyyaml.CSafeLoader, id="libyaml"),
    pytest.param(pyyaml.SafeLoader, id="python"),
]

BANG = (
    'plain text cannot begin with "!" in YAML; '
    "put it in quotes, as in trigger: '!contains(event, \"Draft\")'"
)
AT = 'plain text cannot begin with "@" in YAML; put it in quotes, as in {"@path": "$.event"}'


@pytest.fixture(params=PARSERS)
def parse(request):
    return lambda text: read(text, parser=request.param)


@pytest.fixture
def said(parse):
    return lambda text: [str(replace(problem, pointer="")) for problem in parse(text).problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("~", None),
        ("Null", None),
        ("12", 12),
        ("-0", 0),
        ("0o17", 15),
        ("0xfF", 255),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-02-29", "2024-02-29"),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5e1", 5.0),
        ("1e3", 1000.0),
        ("+1", 1),
        (".", "."),
        ("10/s", "10/s"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
    ],
)
def test_a_plain_scalar_means_what_the_core_schema_of_yaml_1_2_says(parse, text, value):
    document = parse(f"a: {text}")
    assert document.problems == ()
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_a_key_without_a_value_has_null(parse):
    assert parse("a:").value == {"a": None}


def test_lists_objects_and_texts_of_several_lines_are_read(parse):
    document = parse('a:\n  - b: [1, {c: x}]\n  - |\n    one\n    two\nd: "\\u00e9 \\n"\n')
    assert document.value == {"a": [{"b": [1, {"c": "x"}]}, "one\ntwo\n"], "d": "é \n"}


def test_a_byte_order_mark_and_windows_line_ends_are_read(parse):
    assert parse("\ufeffa: 1\r\nb: 2\r\n").value == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"])
def test_an_empty_text_has_no_value_and_no_problem(parse, text):
    document = parse(text)
    assert (document.value, document.problems) == (MISSING, ())


def test_an_alias_is_the_value_it_names(parse):
    document = parse("a: &x {b: [1]}\nc: *x\nd: [*x]\n")
    assert document.value == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}]}


def test_an_anchor_can_name_a_key_and_be_named_anew(parse):
    assert parse("&k a: &x 1\nb: *x\nc: &x 2\nd: *x\n*k : 3").value == {
        "a": 1,
        "b": 1,
        "c": 2,
        "d": 2,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('trigger: !contains(event, "x")', f"1:10: {BANG}"),
        ('a: 1\ntrigger: !match(event, "x*") and y', f"2:10: {BANG}"),
        ('trigger: !(type = "track")', f"1:10: {BANG}"),
        ('trigger: ! (type = "track")', f"1:10: {BANG}"),
        ('{trigger: !contains(event, "x")}', f"1:11: {BANG}"),
        ("a: !!str 1", f"1:4: {BANG}"),
        ("a: !!python/object:os.system {}", f"1:4: {BANG}"),
        ("a: !foo!bar x", f"1:4: {BANG}"),
        ("a: {@path: $.x}", f"1:5: {AT}"),
        ("a: @path", f"1:4: {AT}"),
        ("a: `x`", '1:4: plain text cannot begin with "`" in YAML; put it in quotes'),
        ("a: %x", '1:4: plain text cannot begin with "%" in YAML; put it in quotes'),
        ("a: &  x", '1:4: plain text cannot begin with "*" or "&" in YAML; put it in quotes'),
        ("a:\n\tb: 1", "2:1: a tab cannot indent a line; use spaces"),
        ("a: 1\n\tb: 2", "2:1: a tab cannot indent a line; use spaces"),
        (
            "a: b: c",
            (
                '1:5: a ": " cannot stand here; put text that holds ": " in quotes, '
                "else check the indentation"
            ),
        ),
        (
            "a: 1\n  b: 2",
            (
                '2:4: a ": " cannot stand here; put text that holds ": " in quotes, '
                "else check the indentation"
            ),
        ),
        (
            'a: "x',
            "1:4: the quote that opens here is never closed; close it on the line where the text ends",
        ),
        (
            'a: "Sign Up" = event',
            (
                "1:14: the value has ended before this; "
                "put the whole of it in quotes, as in trigger: '\"Sign Up\" = event'"
            ),
        ),
        (
            "  a: 1\n b: 2",
            "2:2: this line belongs to nothing above it; check the indentation here and above",
        ),
        (
            "a: [1, 2}",
            (
                '1:9: a "," or the closing bracket is missing here; '
                "the bracket was opened on line 1, column 4; text with , ] or } needs quotes"
            ),
        ),
        ("a: ]", "1:4: a value is missing here; text that begins with a bracket needs quotes"),
        (
            "a: |\n x\ny",
            (
                '3:1: this line has no ": "; '
                "give it a key and a value, or join it to the text above by indenting it"
            ),
        ),
        ("a: - b", "1:4: a list cannot begin here; begin it on a line of its own, or write [a, b]"),
        ("a: >2000\n x", '1:4: text after "|" or ">" begins on the next line; or put it in quotes'),
        ("a: 1\n---\nb: 2", "2:1: a second document begins here; keep one in a file"),
        ("a: \x07", "1:4: the character U+0007 may not stand in YAML; remove it"),
        ("a: 1\nb: \ud800", "2:4: the character U+D800 may not stand in YAML; remove it"),
        (
            "a: {b: {{userId}}}",
            '1:9: a key cannot be a list or an object; put text with "{" or "[" in quotes',
        ),
        ("a: {1: x}", "1:5: the key 1 is not text; put it in quotes"),
        ("true: x", "1:1: the key true is not text; put it in quotes"),
        (
            "a: 1\nb: 2\na: 3",
            '3:1: the key "a" is here twice, first on line 1; remove one of them',
        ),
        (
            "a: &x {}\nb:\n  <<: *x",
            (
                '3:3: merge keys ("<<") are not part of YAML 1.2; '
                'use an alias for a whole value, or "override" to change some fields'
            ),
        ),
        ("a: .inf", "1:4: this is not a number that JSON can hold; put it in quotes if it is text"),
        (
            "a: 1e999",
            "1:4: this is not a number that JSON can hold; put it in quotes if it is text",
        ),
        (
            f"a: {'9' * 5000}",
            "1:4: this is not a number that JSON can hold; put it in quotes if it is text",
        ),
        ("a: *b", '1:4: no value above is named &b; put text that begins with "*" in quotes'),
        ("a: &base 1\nb: *bas", '2:4: no value above is named &bas; did you mean "base"?'),
        ("a: &x [*x]", "1:8: the alias *x stands inside the value it names; name a value above"),
    ],
)
def test_what_is_wrong_is_said_in_words_that_tell_what_to_do(said, text, problem):
    assert said(text) == [problem]


def test_a_problem_points_to_its_value_and_that_of_a_key_to_what_holds_it(parse):
    problems = parse("a:\n  b: [x, !y z]\n  c/d: {1: x}\n").problems
    assert [problem.pointer for problem in problems] == ["/a/b/1", "/a/c~1d"]


@pytest.mark.parametrize("text", ['a: "\\q"', 'a: "C:\\users"'])
def test_an_unknown_escape_is_explained(said, text):
    assert "write \\\\ for a backslash, or use single quotes" in said(text)[0]


def test_half_of_a_surrogate_pair_is_refused_by_either_parser(said):
    assert len(said('a: "\\ud800"')) == 1


def test_a_directive_of_yaml_that_is_unknown_is_refused():
    (problem,) = read("%FOO x\n---\na").problems
    assert problem.message == "this is not YAML: found unknown directive name"


def test_all_problems_that_leave_the_text_readable_are_told_at_once(parse):
    document = parse("a: !x 1\nb: {1: 2, c: *d}\na: 3\ne: 4\n")
    assert [problem.line for problem in document.problems] == [1, 2, 2, 3]
    assert document.value == {"a": None, "b": {"c": None}, "e": 4}


def test_places_are_those_of_keys_and_of_values():
    places = read("a:\n  b: [x, {c: 1}]\n'd/e~': 2\n").places
    assert places.find("/a/b/1/c", key=True) == (2, 11)
    assert places.find("/a/b/1/c") == (2, 14)
    assert places.find("/a/b/0") == (2, 7)
    assert places.find("/d~1e~0") == (3, 9)


def test_what_is_not_there_has_the_place_of_the_key_above():
    places = read("a:\n  b: {c: 1}\n").places
    assert places.find("/a/b/x") == (2, 3)
    assert places.find("/a/b/c/d/e") == (2, 7)
    assert places.find("/x/y") == (1, 1)
    assert places.find("") == (1, 1)


def test_a_value_used_twice_has_the_places_of_where_it_is_written():
    places = read("a: &x {b: 1}\nc: *x\n").places
    assert places.find("/c") == (2, 4)
    assert places.find("/c/b") == (1, 11)


def test_the_source_of_a_value_is_the_rest_of_its_line():
    places = read("a: 1\nb: 'x y' # z\n").places
    assert places.source("/b") == "'x y' # z"


def nested(levels):
    return "[" * levels + "]" * levels


def test_nesting_is_bounded(parse):
    assert parse(nested(DEPTH)).problems == ()
    (problem,) = parse(nested(DEPTH + 1)).problems
    assert (problem.message, problem.column) == ("this is nested more than 100 levels deep", 101)


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_no_depth_exhausts_the_stack(opening):
    assert read(opening * 100_000).problems


def test_aliases_cannot_nest_deeper_than_text_can():
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
    (problem,) = read("\n".join(lines)).problems
    assert problem.message == "this is nested more than 100 levels deep"


def test_what_aliases_expand_to_is_bounded():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (problem,) = read("\n".join(lines)).problems
    assert (
        problem.message == f"the file holds more than {NODES:,} values, aliases counted each time"
    )


def test_a_file_of_too_many_characters_is_refused():
    assert read("#" * (SIZE + 1)).problems == (
        Problem("", "the file is larger than 10 MB", None, 1, 1),
    )
