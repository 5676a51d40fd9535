import pytest

from segue.compat.trigger import trigger_from_segment, trigger_to_segment
from segue.errors import ConfigError
from segue.trigger import parse_trigger


def leaf(operator, **more):
    return {"type": "event-property", "name": "a.b", "operator": operator, **more}


def group(*children, operator="and"):
    return {"type": "group", "operator": operator, "children": list(children)}


@pytest.mark.parametrize(
    ("text", "ast"),
    [
        ('properties.a.b = "x"', leaf("=", value="x")),
        ('properties.a.b != "x"', leaf("!=", value="x")),
        ("properties.a.b = 5", leaf("number_equals", value=5)),
        ("properties.a.b != 5", leaf("number_not_equals", value=5)),
        ("properties.a.b >= 5", leaf(">=", value=5)),
        ("properties.a.b = null", leaf("not_exists")),
        ("properties.a.b != null", leaf("exists")),
        ("properties.a.b = true", leaf("is_true")),
        ("properties.a.b = false", leaf("is_false")),
        ('contains(properties.a.b, "x")', leaf("contains", value="x")),
        ('!contains(properties.a.b, "x")', leaf("not_contains", value="x")),
        ('match(properties.a.b, "x*")', leaf("starts_with", value="x")),
        ('!match(properties.a.b, "*x")', leaf("not_ends_with", value="x")),
        (r'match(properties.a.b, "\*\\\*")', leaf("starts_with", value="*\\")),
        ('type = "track"', {"type": "event-type", "operator": "=", "value": "track"}),
        ('contains(event, "x")', {"type": "event", "operator": "contains", "value": "x"}),
        ("traits.t = null", {"type": "event-trait", "name": "t", "operator": "not_exists"}),
        ("context.t = null", {"type": "event-context", "name": "t", "operator": "not_exists"}),
    ],
)
def test_a_condition_is_read_and_written_as_segment_stores_it(text, ast):
    tree = parse_trigger(text)
    assert (trigger_from_segment(group(ast)), trigger_to_segment(tree)) == (tree, group(ast))


@pytest.mark.parametrize(
    ("text", "ast"),
    [
        ("true", group()),
        ("false", group(operator="or")),
        (
            'type = "track" and (name = null or properties.a.b = 5)',
            group(
                {"type": "event-type", "operator": "=", "value": "track"},
                group(
                    {"type": "name", "operator": "not_exists"},
                    leaf("number_equals", value=5),
                    operator="or",
                ),
            ),
        ),
    ],
)
def test_groups_are_read_and_written(text, ast):
    tree = parse_trigger(text)
    assert (trigger_from_segment(ast), trigger_to_segment(tree)) == (tree, ast)


def test_a_list_is_written_as_alternatives():
    assert trigger_to_segment(parse_trigger('name in ["a", null]')) == group(
        {"type": "name", "operator": "=", "value": "a"},
        {"type": "name", "operator": "not_exists"},
        operator="or",
    )


@pytest.mark.parametrize(
    ("ast", "text"),
    [
        (leaf("=", value=5), 'properties.a.b = "5"'),
        (leaf("="), 'properties.a.b = "undefined"'),
        (leaf("<", value="5"), "properties.a.b < 5"),
        (leaf("<", value=".5"), "properties.a.b < 0.5"),
        (leaf("<", value="0x10"), "properties.a.b < 16"),
        (leaf("<", value=""), "properties.a.b < 0"),
        (leaf("<", value=None), "properties.a.b < 0"),
        (leaf("<", value=True), "properties.a.b < 1"),
        (leaf("<", value="x"), 'properties.a.b < "NaN"'),
        (leaf("number_equals"), "false"),
        (leaf("number_not_equals", value="x"), 'typeof(properties.a.b) = "number"'),
        (leaf("contains", value=1.0), 'contains(properties.a.b, "1")'),
        (leaf("exists", name="[0]..c"), "properties.0.c != null"),
        (group(group(leaf("exists"))), "properties.a.b != null"),
    ],
)
def test_a_value_is_read_as_segments_evaluator_takes_it(ast, text):
    assert str(trigger_from_segment(ast)) == text


@pytest.mark.parametrize(
    "text",
    [
        "anonymousId = null",
        "properties = null",
        "event.x = null",
        r"properties.a\.b = null",
        "properties.a != true",
        "properties.a > [1]",
        'properties.a > ""',
        "properties.a = properties.b",
        "length(properties.a) > 3",
        'match(properties.a, "a*b")',
        'match(properties.a, "a?")',
        '!match(properties.a, "ab")',
        '!(type = "x")',
        'type = "x" and properties.flag',
    ],
)
def test_what_segment_cannot_say_is_not_written(text):
    assert trigger_to_segment(parse_trigger(text)) is None


def test_every_problem_of_a_tree_is_told_with_its_place():
    ast = group(leaf("start_with"), group({"type": "evnt"}, leaf("=", value=[])), leaf("exists"), 5)
    with pytest.raises(ConfigError) as caught:
        trigger_from_segment(ast)
    assert [str(problem) for problem in caught.value.problems] == [
        '/children/0: unknown operator "start_with"; did you mean "starts_with"?',
        '/children/1/children/0: unknown type "evnt"; did you mean "event"?',
        "/children/1/children/1: a value is a text, a number, true, false or null",
        "/children/3: this is no condition",
    ]


@pytest.mark.parametrize("ast", [None, [], "x", {}, {"error": {}}, {"type": "group"}], ids=repr)
def test_what_is_no_tree_is_refused(ast):
    with pytest.raises(ConfigError):
        trigger_from_segment(ast)


def test_a_tree_that_is_too_deep_is_refused():
    ast = leaf("exists")
    for _ in range(1000):
        ast = group(ast)
    with pytest.raises(ConfigError, match="more than 100 groups in one another"):
        trigger_from_segment(ast)
