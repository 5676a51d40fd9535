"""An author's helpers write plain directives."""

from segue.directives import first_of, literal, path, template, when


def test_each_helper_writes_its_directive():
    assert path("$.a") == {"@path": "$.a"}
    assert template("{{a}}") == {"@template": "{{a}}"}
    assert literal("") == {"@literal": ""}
    assert when(path("$.a"), 1) == {"@if": {"exists": {"@path": "$.a"}, "then": 1}}


def test_first_of_two_paths_is_segments_coalesce():
    assert first_of("$.a", "$.b") == {
        "@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": {"@path": "$.b"}}
    }


def test_first_of_ends_with_its_default():
    assert first_of("$.a", default="x") == {
        "@if": {"exists": {"@path": "$.a"}, "then": {"@path": "$.a"}, "else": "x"}
    }


def test_first_of_keeps_the_order_of_many():
    assert first_of("$.a", "$.b", "$.c")["@if"]["else"] == first_of("$.b", "$.c")
