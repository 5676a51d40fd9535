"""Errors carry their subject, and the tree in the docstring is the tree."""

import inspect

import pytest

from segue import errors
from segue.errors import (
    ConfigError,
    Problem,
    RetryableError,
    SegueError,
    TriggerError,
    pointer,
    suggest,
)


def test_the_module_docstring_names_every_error_class():
    classes = [
        name
        for name, one in vars(errors).items()
        if inspect.isclass(one) and issubclass(one, SegueError)
    ]
    assert [name for name in classes if name not in (errors.__doc__ or "")] == []


def test_a_pointer_escapes_its_keys():
    assert pointer("a", 0, "b/c~d") == "/a/0/b~1c~0d"


def test_a_near_miss_is_suggested_and_a_far_one_is_not():
    assert suggest("@pth", ["@path", "@template"]) == 'did you mean "@path"?'
    assert suggest("zebra", ["@path"]) is None


def test_a_trigger_error_shows_the_place_with_a_caret():
    shown = str(TriggerError('type == "x"', 6, "unexpected =", hint="write = once"))
    assert shown == 'unexpected = at offset 6; write = once\n  type == "x"\n        ^'


def test_the_caret_stays_under_its_place_in_a_long_second_line():
    text = "type = 1 and\n" + "x" * 200 + "?" + "y" * 200
    line, caret = str(TriggerError(text, text.index("?"), "bad")).splitlines()[1:]
    assert line[caret.index("^")] == "?"


def test_a_config_error_lists_every_problem_with_file_and_line():
    error = ConfigError([Problem("/a", "bad", "fix it", 3, 5), Problem("", "worse")], file="s.yaml")
    assert str(error) == "s.yaml:3:5: /a: bad; fix it\ns.yaml: worse"
    assert error.exit_code == 2


@pytest.mark.parametrize(("after", "seconds"), [("60", 60.0), (7, 7.0), (None, None)], ids=str)
def test_the_seconds_of_another_attempt_may_be_the_text_of_a_header(after, seconds):
    assert RetryableError("busy", after=after).after == seconds


@pytest.mark.parametrize("after", ["soon", [], float("nan")], ids=str)
def test_seconds_that_are_no_number_are_refused_where_they_are_given(after):
    with pytest.raises(ValueError, match="after should be a number of seconds"):
        RetryableError("busy", after=after)
