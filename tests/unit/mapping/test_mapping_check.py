from datetime import date

import pytest

from segue.errors import MappingError, Problem
from segue.mapping import check_mapping, compile_mapping


def only(mapping):
    """The one problem of a mapping, as one line."""
    [problem] = check_mapping(mapping)
    return str(problem)


def test_a_right_mapping_has_no_problem():
    assert (
        check_mapping({"a": {"@path": "$.a", "_metadata": {"label": "A"}}, "b": [1, {"c": None}]})
        == []
    )


def test_all_problems_are_found_at_once():
    mapping = {"a": {"@pth": "$.a"}, "b": {"@case": {"operator": "Upper"}}, "c": [{"@replace": {}}]}
    assert [problem.pointer for problem in check_mapping(mapping)] == [
        "/a",
        "/b/@case/operator",
        "/c/0/@replace",
        "/c/0/@replace",
    ]


def test_a_wrong_mapping_does_not_compile_and_says_all_that_is_wrong():
    mapping = {"a": {"@pth": 1}, "b": {"@if": {}}}
    with pytest.raises(MappingError) as raised:
        compile_mapping(mapping)
    assert list(raised.value.problems) == check_mapping(mapping)


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"a": {"@pth": "$.a"}}, '/a: unknown directive "@pth"; did you mean "@path"?'),
        ({"a": {"@Path": "$.a"}}, '/a: unknown directive "@Path"; did you mean "@path"?'),
        (
            {"a": {"@if": {"exists": 1, "thn": 2}}},
            '/a/@if/thn: "@if" has no option "thn"; did you mean "then"?',
        ),
        (
            {"a": {"@case": {"operator": "uper", "value": "x"}}},
            '/a/@case/operator: "operator" must be "lower" or "upper", not "uper"; did you mean "upper"?',
        ),
        (
            {"a": {"@json": {"mode": "encod", "value": 1}}},
            '/a/@json/mode: "mode" must be "encode" or "decode", not "encod"; did you mean "encode"?',
        ),
        (
            {"a": {"@merge": {"direction": "up", "objects": []}}},
            '/a/@merge/direction: "direction" must be "left" or "right", not "up"',
        ),
    ],
)
def test_a_near_miss_is_suggested(mapping, problem):
    assert only(mapping) == problem


def test_where_nothing_is_near_the_directives_are_listed():
    assert "; the directives are @path, @template, @literal, @if, " in only(
        {"a": {"@timestamp": 1}}
    )


@pytest.mark.parametrize(
    ("operand", "problem"),
    [
        ({"@path": 5}, '"@path" takes a string or a directive, not a number'),
        ({"@template": ["x"]}, '"@template" takes a string or a directive, not an array'),
        ({"@if": "x"}, '"@if" takes an object of options, not a string'),
        ({"@if": {"@path": "$.a"}}, '"@if" takes an object of options, not a directive'),
        ({"@if": {"then": 1}}, '"@if" needs "exists" or "blank"'),
        ({"@case": {"value": "x"}}, '"@case" needs "operator"'),
        ({"@json": {"mode": "encode"}}, '"@json" needs "value"'),
        ({"@flatten": {"value": {}}}, '"@flatten" needs "separator"'),
        ({"@merge": {"objects": []}}, '"@merge" needs "direction"'),
        ({"@transform": {"apply": {}}}, '"@transform" needs "mapping"'),
        ({"@arrayPath": {}}, '"@arrayPath" takes an array of a path and, if wanted, a shape'),
        (
            {"@arrayPath": ["$.a", {}, 1]},
            '"@arrayPath" takes an array of a path and, if wanted, a shape',
        ),
        ({"@liquid": 5}, '"@liquid" takes a string, not a number'),
    ],
)
def test_a_directive_says_what_it_takes(operand, problem):
    [found] = check_mapping({"out": operand})
    assert (found.pointer, found.message) == (f"/out/{next(iter(operand))}", problem)


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        (
            "@replace",
            {"pattern": "", "value": ""},
            '"pattern" must be a string of 1 to 10 characters, not ""',
        ),
        (
            "@replace",
            {"pattern": 1, "value": ""},
            '"pattern" must be a string of 1 to 10 characters, not a number',
        ),
        (
            "@replace",
            {"pattern": "a", "replacement": "x" * 11, "value": ""},
            '"replacement" must be a string of at most 10 characters, not "xxxxxxxxxxx"',
        ),
        (
            "@replace",
            {"pattern": "a", "pattern2": 5, "value": ""},
            '"pattern2" must be a string of at most 10 characters, not a number',
        ),
        (
            "@replace",
            {"pattern": "a", "value": "", "global": "no"},
            '"global" must be true or false, not "no"',
        ),
        ("@case", {"operator": ["lower"]}, '"operator" must be "lower" or "upper", not an array'),
        (
            "@flatten",
            {"separator": "", "value": {}},
            '"separator" must be a string that is not empty, not ""',
        ),
        (
            "@flatten",
            {"separator": ".", "value": {}, "omitArrays": 1},
            '"omitArrays" must be true or false, not a number',
        ),
        (
            "@merge",
            {"direction": "left", "objects": {}},
            '"objects" must be an array, not an object',
        ),
        (
            "@transform",
            {"apply": [], "mapping": {}},
            '"apply" takes an object or a directive, not an array',
        ),
    ],
)
def test_an_option_says_what_it_must_be(name, options, problem):
    [found] = check_mapping({name: options})
    assert found.message == problem
    assert found.pointer.startswith(f"/{name}/")


@pytest.mark.parametrize("pattern", ["😀😀😀😀😀😀", "elevenchars"])
def test_a_pattern_is_measured_in_utf_16_units(pattern):
    assert only({"@replace": {"pattern": pattern, "value": "x"}}).startswith("/@replace/pattern: ")


def test_an_item_of_a_merge_is_named_by_its_place():
    assert only({"@merge": {"direction": "left", "objects": [{}, 5]}}) == (
        '/@merge/objects/1: "objects" takes an object or a directive, not a number'
    )


def test_a_path_of_an_array_path_is_named_by_its_place():
    assert (
        only({"a": {"@arrayPath": [5]}})
        == '/a/@arrayPath/0: "@arrayPath" takes a string or a directive, not a number'
    )


def test_items_of_arrays_are_checked_too():
    assert only({"a": [[{"@nope": 1}]]}).startswith('/a/0/0: unknown directive "@nope"')


def test_values_that_are_taken_as_they_are_are_checked_too():
    assert only({"@literal": {"a": {"@path": 5}}}).startswith("/@literal/a/@path: ")


def test_a_directive_stands_alone():
    assert only({"a": {"@path": "$.a", "b": 1, "c": 2}}) == (
        '/a: "@path" stands alone in its object, not beside "b" and 1 more'
        "; give each its own field, or join objects with @merge"
    )


def test_a_pointer_escapes_its_keys():
    assert check_mapping({"a/b~c": {"@x": 1}})[0].pointer == "/a~1b~0c"


def test_a_liquid_template_is_read_when_it_is_checked():
    assert only({"a": {"@liquid": "{% for x in y %}{% endfor %}"}}).startswith("/a/@liquid: ")


@pytest.mark.parametrize("mapping", [None, True, 5, "$.a", [{"@path": "$.a"}]])
def test_a_mapping_is_an_object(mapping):
    assert only(mapping).startswith("a mapping is an object of fields, not ")


@pytest.mark.parametrize("value", [date(2025, 1, 1), float("nan"), float("inf"), b"x", {1}])
def test_what_is_not_json_is_refused(value):
    assert only({"a": [value]}).endswith(" is not JSON; write it as a string")


def test_a_key_that_is_no_string_is_refused():
    assert only({"a": {1: "x"}}) == '/a/1: the key 1 is not a string; write "1"'


@pytest.mark.parametrize(
    "entry", [None, "x", {}, {"@transform": 5}, {"@transform": {}, "@merge": {}}]
)
def test_the_root_key_takes_one_directive(entry):
    problem, *_ = check_mapping({"__segment_internal_directive": entry, "a": 1})
    assert problem.pointer == "/__segment_internal_directive"


def test_a_root_directive_must_have_a_use_for_the_other_fields():
    mapping = {
        "__segment_internal_directive": {"@merge": {"direction": "left", "objects": []}},
        "a": 1,
    }
    assert check_mapping(mapping) == [
        Problem(
            "/__segment_internal_directive/@merge/mapping",
            '"@merge" has no option "mapping"',
            "the options are direction, objects",
        )
    ]


def test_the_other_fields_of_a_root_directive_keep_their_own_pointers():
    entry = {"@transform": {"apply": {"x": {"@pth": 1}}}}
    mapping = {"__segment_internal_directive": entry, "a": {"@pth": 1}}
    assert [problem.pointer for problem in check_mapping(mapping)] == [
        "/__segment_internal_directive/@transform/apply/x",
        "/a",
    ]


def test_notes_may_stand_among_the_options_too():
    assert check_mapping({"@case": {"operator": "lower", "_metadata": {"label": "x"}}}) == []
