"""What an edit makes of a text, line by line, in all the ways that YAML can be written."""

import pytest

from segue import ConfigError
from segue.json import MISSING
from segue.workspace import template
from segue.workspace.editing import Document, EditError


MAPPINGS = ("connections", "loops", "mappings")
TEMPLATE = template()


def edited(text, kind, *arguments, **options):
    document = Document(text)
    getattr(document, kind)(*arguments, **options)
    return document.text()


def test_a_path_leads_to_its_value():
    document = Document("a: {b: [1, {c: x}]}\n")
    assert document.value(("a", "b", 1, "c")) == "x"
    assert document.value() == {"a": {"b": [1, {"c": "x"}]}}
    assert [document.value(path) for path in [("b",), ("a", "b", 2), ("a", 0)]] == [MISSING] * 3


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("trigger", 'type = "identify"', 'trigger: type = "track" and event != "Ping"', 'trigger: type = "identify"'),
        ("trigger", '!x # "y"', 'trigger: type = "track" and event != "Ping"', "trigger: '!x # \"y\"'"),
        ("action", "yes", "sendEvent\n        # Which", '"yes"\n        # Which'),
    ],
    ids=["a plain text", "one that needs quotes", "one that looks like another type"],
)  # fmt: skip
def test_an_edit_changes_one_line_of_a_real_file(path, value, old, new):
    assert TEMPLATE.count(old) == 1
    made = edited(TEMPLATE, "put", (*MAPPINGS, "events", path), value)
    assert made == TEMPLATE.replace(old, new)


PUTS = {
    "a number": ("a: 1  # why\nb: 2\n", ("a",), 2.5, "a: 2.5  # why\nb: 2\n"),
    "nothing": ("a: 1\n", ("a",), None, "a: null\n"),
    "into nothing": ("a:  # why\nb: 2\n", ("a",), 1, "a: 1  # why\nb: 2\n"),
    "single quotes": ("a: 'x'\n", ("a",), "it's", "a: 'it''s'\n"),
    "double quotes": ('a: "x"\n', ("a",), "\u2028\x07", 'a: "\\u2028\\u0007"\n'),
    "quotes that need to be others": ("a: 'x'\n", ("a",), "\x7f", 'a: "\\x7f"\n'),
    "a number as text": ("a: x\n", ("a",), "0123", 'a: "0123"\n'),
    "a date as text": ("a: x\n", ("a",), "2020-01-01", 'a: "2020-01-01"\n'),
    "a time as text": ("a: x\n", ("a",), "12:30", 'a: "12:30"\n'),
    "null as text": ("a: x\n", ("a",), "null", 'a: "null"\n'),
    "an alias as text": ("a: x\n", ("a",), "*b", 'a: "*b"\n'),
    "a directive as text": ("a: x\n", ("a",), "{b: 1}", 'a: "{b: 1}"\n'),
    "a document as text": ("a: x\n", ("a",), "--- b", 'a: "--- b"\n'),
    "empty text": ("a: x\n", ("a",), "", 'a: ""\n'),
    "lines of text": ("a: x  # why\nb: 1\n", ("a",), "p\nq\n", "a: |  # why\n  p\n  q\nb: 1\n"),
    "for lines of text": ("a: |-  # why\n  p\n  q\n\nb: 1\n", ("a",), "x", "a: x  # why\n\nb: 1\n"),
    "lines for lines": ("a: >+\n  p\n\nb: 1\n", ("a",), "q\nr", "a: |-\n  q\n  r\nb: 1\n"),
    "lines that need quotes": ("a: x\n", ("a",), " p\nq\n\n", 'a: " p\\nq\\n\\n"\n'),
    "for text over lines": ('a: "p\n  q"  # why\nb: 1\n', ("a",), 1, "a: 1  # why\nb: 1\n"),
    "text on the line below": ("a:\n  'x'\n", ("a",), "y", "a:\n  'y'\n"),
    "an object for text": ("a: 1  # why\nb: 2\n", ("a",), {"c": 1}, "a:  # why\n  c: 1\nb: 2\n"),
    "text for an object": ("a:  # why\n  c: 1  # c\nb: 2\n", ("a",), 1, "a: 1  # why\nb: 2\n"),
    "a directive for an object": ("a:\n  c: 1\n", ("a",), {"@path": "$.a"}, 'a: {"@path": "$.a"}\n'),
    "of an object what differs": ("a:\n  # c\n  c: 1\n  d: 2\n", ("a",), {"c": 1, "e": 3}, "a:\n  # c\n  c: 1\n  e: 3\n"),
    "another object": ("a:\n    c: 1\n", ("a",), {"d": {"e": 1}}, "a:\n    d:\n        e: 1\n"),
    "within brackets": ("a: {b: 'x', c: 2} # why\n", ("a", "b"), "y", "a: {b: 'y', c: 2} # why\n"),
    "another member in brackets": ("a: { b: 1 }\n", ("a", "x y"), "$.z", 'a: { b: 1, "x y": "$.z" }\n'),
    "a key without a value in brackets": ("a: {b, c: }\n", ("a", "b"), 1, "a: {b: 1, c: }\n"),
    "a colon without a value in brackets": ("a: {b, c: }\n", ("a", "c"), 1, "a: {b, c: 1 }\n"),
    "over the lines of brackets": ("a: {b: 1,  # b\n    c: 2}\n", ("a", "d"), 3, "a: {b: 1,  # b\n    c: 2, d: 3}\n"),
    "into empty brackets": ("mappings: {}  # none\n", ("mappings", "x"), {"action": "y"}, "mappings:  # none\n  x:\n    action: y\n"),
    "into an empty list": ("a: []\n", ("a",), [{"b": 1}, {"c": 2}], "a:\n  - b: 1\n  - c: 2\n"),
    "a pair in a list": ("a: [b: 1]\n", ("a", 0, "c"), 2, "a: [{b: 1, c: 2}]\n"),
    "in a list at the level of its key": ("a:\n- 1  # one\n- 2\n", ("a", 2), 3, "a:\n- 1  # one\n- 2\n- 3\n"),
    "what a path needs": ("a:\n  b: 1\n", ("a", "c", "d"), {"@path": "$.x"}, 'a:\n  b: 1\n  c:\n    d: {"@path": "$.x"}\n'),
    "into null": ("a: null\nb: 1\n", ("a", "c"), 1, "a:\n  c: 1\nb: 1\n"),
    "into an empty file": ("# none yet\n", ("a", "b"), 1, "# none yet\na:\n  b: 1\n"),
    "into a file without a line": ("", ("a",), [], "a: []\n"),
    "without a last break": ("a: 1\nb: 2", ("c",), 3, "a: 1\nb: 2\nc: 3"),
    "after text without a last break": ("a: |\n  x", ("c",), 3, "a: |-\n  x\nc: 3"),
    "with Windows' breaks": ("a: 1\r\nb:\r\n  c: 1\r\n", ("b", "d"), "x\ny", "a: 1\r\nb:\r\n  c: 1\r\n  d: |-\r\n    x\r\n    y\r\n"),
    "after a byte order mark": ("\ufeffa: 1\n", ("a",), 2, "\ufeffa: 2\n"),
    "a key that is explicit": ("? a\n: 1\nb: 2\n", ("a",), 3, "? a\n: 3\nb: 2\n"),
    "into JSON": ('{"a": {"b": "c"}}', ("a", "d"), {"e": "f"}, '{"a": {"b": "c", "d": {"e": "f"}}}'),
    "an anchored value": ("a: &x 1\nb: 2\n", ("a",), 3, "a: &x 3\nb: 2\n"),
    "an anchored object": ("a: &x  # why\n  b: 1\n", ("a", "c"), 2, "a: &x  # why\n  b: 1\n  c: 2\n"),
    "a long text": ("a: 1\n", ("a",), "x " * 200 + "x", f"a: {'x ' * 200}x\n"),
    "empty lines as between others": ("a: 1\n\nb: 1\n", ("c",), 1, "a: 1\n\nb: 1\n\nc: 1\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "made"), PUTS.values(), ids=PUTS)
def test_putting(text, path, value, made):
    assert edited(text, "put", path, value) == made


ALIASES = {
    "a value used elsewhere stays there": ("a: &x {b: 1}\nc: *x\n", ("a", "b"), 2, "a: &x {b: 2}\nc:\n  b: 1\n"),
    "an alias is written out before it is edited": ("a: &x\n  b: 1\nc: *x  # why\n", ("c", "b"), 2, "a: &x\n  b: 1\nc:  # why\n  b: 2\n"),
    "an alias is replaced": ("a: &x 1\nc: *x\n", ("c",), 2, "a: &x 1\nc: 2\n"),
    "the later of two of one name counts": ("a: &x 1\nb: &x 2\nc: *x\n", ("a",), 3, "a: &x 3\nb: &x 2\nc: *x\n"),
    "an alias of something else stays": ("a: &x 1\nb: *x\nc: &y 2\nd: *y\n", ("c",), 3, "a: &x 1\nb: *x\nc: &y 3\nd: 2\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "made"), ALIASES.values(), ids=ALIASES)
def test_aliases(text, path, value, made):
    assert edited(text, "put", path, value) == made


def test_what_an_alias_stood_for_outlives_it():
    assert edited("a: &x 1\nb: *x\n", "remove", ("a",)) == "b: 1\n"


REMOVALS = {
    "lines": ("a: 1\nb:  # b\n  c: 2\n# d\nd: 3\n", ("b",), "a: 1\n# d\nd: 3\n"),
    "the last without a break": ("a: 1\nb: 2", ("b",), "a: 1"),
    "the only one": ("a:  # why\n  # b\n  b: 1\nc: 2\n", ("a", "b"), "a: {}  # why\n  # b\nc: 2\n"),
    "the only one of a list": ("a:\n- 1\nc: 2\n", ("a", 0), "a: []\nc: 2\n"),
    "the only one of all": ("# top\na: 1\n", ("a",), "# top\n{}\n"),
    "behind a dash": ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), "a:\n  - c: 2\n"),
    "behind a dash before a comment": ("- b: 1\n  # c\n  c: 2\n", (0, "b"), "-\n  # c\n  c: 2\n"),
    "the only one behind a dash": ("- b: 1\n- c: 2\n", (0, "b"), "- {}\n- c: 2\n"),
    "of a list": ("a:\n  # one\n  - 1\n  - 2\n", ("a", 0), "a:\n  # one\n  - 2\n"),
    "first in brackets": ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
    "last in brackets": ("a: [1, 2 ]\n", ("a", 1), "a: [1 ]\n"),
    "the only one in brackets": ("a: [ 1 ] # why\n", ("a", 0), "a: [] # why\n"),
    "beside a comment in brackets": ("a: [1, # one\n    2, 3]\n", ("a", 1), "a: [1, # one\n     3]\n"),
    "under a comment in brackets": ("a: [1,\n  # two\n    2]\n", ("a", 1), "a: [1,\n  # two\n    ]\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "made"), REMOVALS.values(), ids=REMOVALS)
def test_removing(text, path, made):
    assert edited(text, "remove", path) == made


@pytest.mark.parametrize(
    ("text", "key", "made"),
    [
        ("a: 1  # why\nb: 2\n", "c", "c: 1  # why\nb: 2\n"),
        ("'a': 1\n", "x: y", "'x: y': 1\n"),
        ("{a: 1}\n", "@b", '{"@b": 1}\n'),
        ("a: 1\n", "a", "a: 1\n"),
        ("? a\n: 1\n", "1", '? "1"\n: 1\n'),
    ],
)
def test_renaming(text, key, made):
    assert edited(text, "rename", ("a",), key) == made


@pytest.mark.parametrize(
    ("options", "made"),
    [
        ({}, "# top\na: 1\n# b\nb: 2\nc: 3\n"),
        ({"before": "a"}, "# top\nc: 3\na: 1\n# b\nb: 2\n"),
        ({"before": "b"}, "# top\na: 1\nc: 3\n# b\nb: 2\n"),
        ({"after": "a"}, "# top\na: 1\nc: 3\n# b\nb: 2\n"),
    ],
    ids=str,
)
def test_adding_leaves_each_comment_above_its_key(options, made):
    assert edited("# top\na: 1\n# b\nb: 2\n", "add", ("c",), 3, **options) == made


def test_adding_to_a_list_counts_from_its_front():
    assert edited("- 1\n- 3\n", "add", (1,), 2) == "- 1\n- 2\n- 3\n"
    assert edited("[1, 3]\n", "add", (0,), 0) == "[0, 1, 3]\n"


REFUSALS = {
    "a key that is there": ("add", (("a",), 1), "/a: it is there already"),
    "a neighbour that is not": ("add", (("b",), 1), "/x: there is nothing here", {"before": "x"}),
    "nothing to remove": ("remove", (("x",),), "/x: there is nothing here"),
    "the whole": ("remove", ((),), "the file: there is nothing here"),
    "a name for an item": ("rename", (("l", 0), "x"), "/l/0: an item of a list has no name"),
    "a name that is taken": ("rename", (("a",), "l"), '/a: there is a "l" already'),
    "a member of text": ("put", (("a", "b"), 1), "/a/b: nothing can be put here"),
    "an index far out": ("put", (("l", 5), 1), "/l/5: nothing can be put here"),
    "no number": ("put", (("a",), float("nan")), "/a: the value cannot be written: .*"),
    "no JSON": ("put", (("a",), {1, 2}), "/a: the value cannot be written: set is not JSON"),
    "half a character": ("put", (("a",), "\ud800"), "/a: .*"),
    "a merge key": ("put", (("<<",), 1), "/<<: the file could not be read with it: merge keys"),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_an_edit_that_cannot_be_made_changes_nothing(case):
    kind, arguments, reason, *options = case
    document = Document("a: x\nl: [1]\n")
    with pytest.raises(EditError, match=f"^{reason}"):
        getattr(document, kind)(*arguments, **(options[0] if options else {}))
    assert document.text() == "a: x\nl: [1]\n"


@pytest.mark.parametrize(
    "text", ["a:\n\tb: 1\n", "a: 1\na: 2\n", "a: !x 1\n", "a: [", "a: 1\n---\n"]
)
def test_a_text_that_is_no_workspace_for_the_reader_cannot_be_edited(text):
    with pytest.raises(ConfigError):
        Document(text)
