"""Laws of the trigger language, and its compiler against a naive interpreter."""

import re
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from segue.compat.trigger import CONDITIONS, trigger_from_segment, trigger_to_segment
from segue.errors import ConfigError, TriggerError
from segue.testing.strategies.triggers import (
    conditions,
    groups,
    numbers,
    paths,
    patterns,
    texts,
    words,
)
from segue.testing.strategies.triggers import triggers as any_trigger
from segue.trigger import (
    And,
    Boolean,
    Call,
    Compare,
    Index,
    List,
    Negative,
    Not,
    Null,
    Number,
    Or,
    Path,
    Text,
    compile_trigger,
    glob,
    parse_trigger,
    trigger_paths,
)
from segue.trigger.functions import FUNCTIONS


triggers = any_trigger()

json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts | st.just(float("nan")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
events = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(["type", "event", "a", "b", "x", "track", "null"], json_values),
)


@given(triggers)
@example(Compare(Path(("a",)), "=", Text("\\\\")))
@example(Path(("all",)))
@example(Compare(Number(1), "<", Path(("b",))))
def test_a_printed_tree_reads_back(tree):
    assert parse_trigger(str(tree)) == tree


@given(triggers)
def test_printing_is_stable(tree):
    assert str(parse_trigger(str(tree))) == str(tree)


@given(st.text(st.sampled_from("ab \\\"'()[]!=<>,.0-") | st.characters(), max_size=30))
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    outcome = attempt(parse_trigger, text)
    if isinstance(outcome, TriggerError):
        assert 0 <= outcome.offset <= len(text)
    else:
        assert parse_trigger(str(outcome)) == outcome


def attempt(reads, value):
    try:
        return reads(value)
    except (TriggerError, ConfigError) as error:
        return error


@given(triggers, json_values | events)
def test_any_trigger_answers_for_any_json(tree, event):
    assert compile_trigger(tree)(event) in {True, False}


@settings(max_examples=400)
@given(triggers, events)
def test_a_compiled_trigger_answers_as_a_naive_interpreter(tree, event):
    assert compile_trigger(tree)(event) is holds(tree, event)


@given(triggers, events)
def test_not_is_the_exact_opposite(tree, event):
    assert compile_trigger(Not(tree))(event) is not compile_trigger(tree)(event)


@given(paths, texts, events)
def test_a_call_or_its_negative_holds_exactly_for_text(path, part, event):
    call = Call("contains", (path, Text(part)))
    either = compile_trigger(Or((call, Negative(call))))
    is_text = compile_trigger(Compare(Call("typeof", (path,)), "=", Text("string")))
    assert either(event) is is_text(event)
    assert not compile_trigger(And((call, Negative(call))))(event)


@given(triggers, events)
def test_only_the_paths_that_a_trigger_reads_matter(tree, event):
    roots = {path.parts[0] for path in trigger_paths(tree)}
    read = {key: value for key, value in event.items() if key in roots}
    assert compile_trigger(tree)(read) is compile_trigger(tree)(event)


keyed = st.builds(
    Compare, st.sampled_from([Path(("type",)), Path(("event",))]), st.just("="), words.map(Text)
)
listed = st.builds(
    Compare,
    st.sampled_from([Path(("type",)), Path(("event",))]),
    st.just("in"),
    st.lists(words.map(Text) | st.just(Null()), min_size=1, max_size=3).map(tuple).map(List),
)
indexable = st.recursive(keyed | listed | conditions, groups, max_leaves=6)
named = st.fixed_dictionaries(
    {}, optional={"type": words | json_values, "event": words | json_values, "a": json_values}
)


@given(st.lists(indexable, max_size=8), named)
def test_an_index_finds_what_asking_all_finds(trees, event):
    wanted = [at for at, tree in enumerate(trees) if compile_trigger(tree)(event)]
    assert Index((tree, at) for at, tree in enumerate(trees)).match(event) == wanted


kinds = st.sampled_from(["event-type", "event", "name", "userId"])
containers = st.sampled_from(["event-property", "event-trait", "event-context"])
ast_operators = st.sampled_from([*CONDITIONS])
ast_values = st.none() | st.booleans() | numbers | texts
leaves = st.one_of(
    st.fixed_dictionaries({"type": kinds, "operator": ast_operators, "value": ast_values}),
    st.fixed_dictionaries(
        {"type": containers, "operator": ast_operators, "name": words | st.just("a.b")},
        optional={"value": ast_values},
    ),
)


def ast_groups(children):
    return st.fixed_dictionaries(
        {
            "type": st.just("group"),
            "operator": st.sampled_from(["and", "or"]),
            "children": st.lists(children, max_size=3),
        }
    )


asts = st.recursive(ast_groups(leaves), ast_groups, max_leaves=4)
segment_events = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["type", "event", "name", "userId"], json_values),
        **dict.fromkeys(
            ["properties", "traits", "context"],
            st.dictionaries(words, json_values | st.dictionaries(words, json_values)),
        ),
    },
)


@given(asts, segment_events)
def test_a_tree_of_segment_means_the_same_in_text_and_written_again(ast, event):
    tree = trigger_from_segment(ast)
    assert parse_trigger(str(tree)) == tree
    written = trigger_to_segment(tree)
    assume(written is not None)
    again = compile_trigger(trigger_from_segment(written))
    assert again(event) is compile_trigger(tree)(event)


@given(ast_groups(leaves | json_values) | json_values)
def test_any_json_is_read_as_segments_tree_or_refused_with_problems(ast):
    outcome = attempt(trigger_from_segment, ast)
    assert outcome.problems if isinstance(outcome, ConfigError) else str(outcome)


@given(patterns, texts | st.text("atx*?", max_size=8))
def test_a_glob_matches_as_its_regular_expression(pattern, text):
    assert glob.compile(pattern)(text) is bool(re.fullmatch(regex(pattern), text, re.DOTALL))


def regex(pattern: str) -> str:
    tokens = re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern, re.DOTALL)
    return "".join({"*": ".*", "?": "."}.get(token) or escaped(token) for token in tokens)


def escaped(token: str) -> str:
    return token if token[0] == "[" else re.escape(token[-1])


def holds(tree: Any, event: Any) -> bool:
    """The language as its page tells it, without a thought for speed."""
    match tree:
        case And(conditions=parts):
            return all(holds(part, event) for part in parts)
        case Or(conditions=parts):
            return any(holds(part, event) for part in parts)
        case Not(condition=part):
            return not holds(part, event)
        case Negative(call=call):
            both = [isinstance(read(each, event), str) for each in call.arguments]
            return all(both) and not read(call, event)
        case Compare(left=left, operator=operator, right=right):
            return compared(left, operator, right, event)
        case _:
            return read(tree, event) is True


def compared(left: Any, operator: str, right: Any, event: Any) -> bool:
    one, other = read(left, event), read(right, event)
    literals = Text | Number | Boolean | Null | List
    if operator == "in":
        return isinstance(other, list) and any(equal(one, each) for each in other)
    if operator in {"=", "!="}:
        swapped = isinstance(left, literals) and not isinstance(right, literals)
        literal, value = (left, one) if swapped else (right, other)
        if operator == "!=" and isinstance(literal, Number):
            free = other if swapped else one
            return number(free) and free != value
        return equal(one, other) is (operator == "=")
    if isinstance(right, literals):
        other = spelled(other)
    elif isinstance(left, literals):
        one = spelled(one)
    if not (number(one) and number(other)):
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]


def spelled(value: Any) -> Any:
    return FUNCTIONS["number"].call(value)


def number(value: Any) -> bool:
    return type(value) in {int, float}


def equal(one: Any, other: Any) -> bool:
    if number(one) and number(other):
        return one == other or one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


def read(value: Any, event: Any) -> Any:
    match value:
        case Path(parts=parts):
            found = event
            for part in parts:
                found = member(found, part)
            return found
        case Call(function="match", arguments=(subject, Text(value=pattern))):
            found = read(subject, event)
            return isinstance(found, str) and bool(re.fullmatch(regex(pattern), found, re.DOTALL))
        case Call(function=name, arguments=arguments):
            return FUNCTIONS[name].call(*(read(each, event) for each in arguments))
        case List(items=items):
            return [read(item, event) for item in items]
        case Null():
            return None
        case _:
            return value.value


def member(value: Any, part: str) -> Any:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and re.fullmatch(r"0|[1-9][0-9]*", part) and int(part) < len(value):
        return value[int(part)]
    return None
