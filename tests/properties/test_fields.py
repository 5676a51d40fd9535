"""Laws of field specs, over generated specs of the profile and any JSON."""

import copy
import json
import math
import os
import shutil
import subprocess
from random import Random

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mapping_strategies import mappings

from segue.errors import PayloadError
from segue.fields import check_fields, compare, compile_fields
from segue.fields.formats import CHECKS
from segue.fields.patterns import PatternError, matcher
from segue.fields.schema import kinds
from segue.fields.validation import compile_judge, compile_verdict
from segue.mapping import check_mapping
from segue.testing import payloads
from segue_schemas import REGISTRY


KEYS = ["a", "b", "c", "10"]
PATTERNS = ["^a", "b$", r"^\d+$", "^.$", "[^a-c]", r"\bfoo\b", "a|^$", r"^\w{2,3}$", r"\s", "é"]
TEXTS = [
    *("", " ", "a", "b", "ab", "foo", "5", "5.5", " 7 ", "1e3", "0x10", "true", "false", "null", "é", "😀"),
    *("ada@example.com", "a@b", "2024-02-29", "2023-02-29", "2024-02-29T10:00:00Z", "10:00:00", "1.2.3.4"),
    *("https://x.test/a", "::1", "123e4567-e89b-12d3-a456-426614174000", "x.test", "a+", "(", "٣", "a\n"),
    *("éfoo", "\r", "\u2028", "5\n", "ab\n"),
]  # fmt: skip

texts = st.sampled_from(TEXTS) | st.text(max_size=5)
numbers = st.integers(-3, 3) | st.sampled_from(
    [0.5, 1.0, -0.0, 1e21, 1e-7, 2**53, 2**64, -(2**70), 10**25, math.nan, math.inf]
)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
sizes = st.integers(0, 3)
bounds = st.integers(-3, 3) | st.sampled_from([0.5, 1e3])
constants = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.5, "a", "5", "", [], ["a"], [1, True]])
)
names = st.lists(st.sampled_from(KEYS), max_size=2, unique=True)


def some(**keywords):
    """A schema with some of these keywords."""
    return st.fixed_dictionaries({}, optional=keywords)


def merged(*schemas):
    return st.tuples(*schemas).map(
        lambda parts: {word: value for part in parts for word, value in part.items()}
    )


def distinct(values):
    return list({json.dumps(value): value for value in values}.values())


lists = st.lists(
    st.sampled_from([0, 1, 1.0, True, False, "1", [1], [True], {"a": 1}, {"a": True}]), max_size=3
)
objects = st.dictionaries(st.sampled_from(KEYS), scalars, max_size=3)
RULES = {
    "type": (st.sampled_from(["string", "number", "integer", "boolean", "object", "array", "null"]), values),
    "enum": (st.lists(constants, min_size=1, max_size=3).map(distinct), constants),
    "const": (constants, constants),
    "pattern": (st.sampled_from(PATTERNS), texts),
    "format": (st.sampled_from([*CHECKS, "text", "password"]), texts),
    "uniqueItems": (st.booleans(), lists),
    "required": (names, objects),
    "dependentRequired": (st.dictionaries(st.sampled_from(KEYS), names, max_size=2), objects),
    **dict.fromkeys(("minLength", "maxLength"), (sizes, texts)),
    **dict.fromkeys(("minItems", "maxItems"), (sizes, lists)),
    **dict.fromkeys(("minProperties", "maxProperties"), (sizes, objects)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (bounds, numbers)),
}  # fmt: skip
"""Keywords that hold no schemas: what they may say, and values that it concerns."""

TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"]


def one_rule(*but):
    words = [word for word in RULES if word not in but]
    return st.one_of(*(st.fixed_dictionaries({word: RULES[word][0]}) for word in words))


def seldom(schemas):
    """Such a schema once in three times, else an empty one."""
    return st.sampled_from([False, False, True]).flatmap(
        lambda said: schemas if said else st.just({})
    )


def constraint_of(inner):
    parts = st.dictionaries(st.sampled_from(KEYS), inner | st.booleans(), max_size=2)
    types = st.sampled_from(TYPES) | st.lists(
        st.sampled_from(TYPES), min_size=1, max_size=3, unique=True
    )
    return merged(
        one_rule(),
        st.one_of(
            some(type=types),
            some(properties=parts, additionalProperties=inner | st.booleans()),
            some(items=inner | st.booleans()),
            some(propertyNames=inner),
            some(**{"not": inner}),
            some(**{"if": inner, "then": inner, "else": inner}),
            some(
                **dict.fromkeys(
                    ("allOf", "anyOf", "oneOf"), st.lists(inner, min_size=1, max_size=2)
                )
            ),
        ),
    )


constraints = st.recursive(one_rule(), constraint_of, max_leaves=4)


def typed(name):
    return st.sampled_from([name, [name, "null"]])


def leaf(*kinds):
    typed_ones = st.sampled_from(kinds).flatmap(lambda name: some(type=typed(name)))
    return merged(typed_ones, seldom(one_rule("type", "enum", "const") | one_rule("type")))


leaves = leaf("string", "number", "integer", "boolean") | st.sampled_from(
    [
        {"type": ["string", "number"], "format": "date-like"},
        {"type": ["string", "number", "null"], "format": "date-like"},
        {"type": "string", "format": "email"},
        {},
    ]
)


def field_of(inner):
    members = st.dictionaries(st.sampled_from(KEYS), inner, min_size=1, max_size=3)
    judged = constraint_of(one_rule()).map(
        lambda schema: {
            word: schema[word]
            for word in schema
            if word not in ("type", "properties", "items", "additionalProperties")
        }
    )
    objects = merged(
        st.fixed_dictionaries({"type": typed("object"), "properties": members}),
        some(additionalProperties=inner | st.booleans()),
        seldom(judged),
    )
    lists = merged(st.fixed_dictionaries({"type": typed("array"), "items": inner}), seldom(judged))
    return objects | lists


fields = st.recursive(leaves, field_of, max_leaves=6)
specs = field_of(fields).filter(lambda spec: "properties" in spec).map(
    lambda spec: {**spec, "type": "object"}
).filter(lambda spec: not check_fields(spec))  # fmt: skip
EMPTY = st.sampled_from([None, "", [""], [None]])
NEAR = {
    "string": texts | numbers | st.booleans(),
    "number": numbers | st.sampled_from(["5", " 7 ", "1e3", "0x10", ""]) | st.booleans(),
    "integer": numbers | st.sampled_from(["5", "5.5", ""]) | st.booleans(),
    "boolean": st.booleans() | st.sampled_from(["true", "false", "yes", 0, 1, 2]),
}


def near(field):
    """Values of a field's type, of one that can be brought to it, and now and then of neither."""
    stray = {13: values, 14: EMPTY}
    return st.sampled_from(range(15)).flatmap(
        lambda die: stray[die] if die in stray else fitting(field)
    )


def fitting(field):
    kind = next(name for name in [*kinds(field), None] if name != "null")
    if kind == "object":
        members = {key: near(member) for key, member in field["properties"].items()}
        some_of_them = st.fixed_dictionaries({}, optional=members | {"undeclared": scalars})
        return st.fixed_dictionaries(members) | some_of_them
    if kind == "array":
        return st.lists(near(field["items"]), max_size=3) | near(field["items"])
    one = NEAR.get(kind, values)
    return one | st.lists(one, min_size=1, max_size=1)


cases = specs.flatmap(lambda spec: st.tuples(st.just(spec), fitting(spec)))


def same(one, other):
    """Equal, type by type; not-a-number equals itself."""
    return repr(one) == repr(other)


def outcome(coerce, payload):
    try:
        return coerce(payload)
    except PayloadError as error:
        return error.errors


ruled = st.sampled_from([*RULES.items()]).flatmap(
    lambda rule: st.tuples(st.fixed_dictionaries({rule[0]: rule[1][0]}), rule[1][1])
)


@settings(max_examples=400)
@given(ruled)
def test_the_two_validators_agree_on_each_rule_by_itself(case):
    schema, value = case
    assert compile_verdict(schema)(value) is not any(compile_judge(schema)(value))


@given(constraints, values)
def test_the_two_validators_agree_on_every_schema_and_value(schema, value):
    assume(not check_fields({"type": "object", "allOf": [schema]}))
    assert compile_verdict(schema)(value) is not any(compile_judge(schema)(value))


@given(cases)
def test_the_two_validators_agree_on_what_a_spec_makes_of_a_payload(case):
    spec, payload = case
    compiled = compile_fields(spec)
    fitted = compiled._fit(compiled._clean(payload))
    assert compile_verdict(spec)(fitted) is not any(compile_judge(spec)(fitted))


def versions(word):
    """Two versions of a field that differ in one rule at most, and values that it concerns."""
    field = st.just({}) | st.fixed_dictionaries({word: RULES[word][0]})
    return st.tuples(field, field, st.lists(RULES[word][1], min_size=4, max_size=4))


few = st.sampled_from([{}, {"type": "string"}, {"type": "integer"}, {"type": ["number", "null"]}])
shapes = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), few)},
    optional={"additionalProperties": st.booleans() | few, "required": names},
)
members = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "5", 5, 0.5, None, [1]]))


def unbroken(old, new, payloads):
    """Whether what the older spec took is the same to the newer one, if no change is breaking."""
    if check_fields(old) or check_fields(new) or any(one.breaking for one in compare(old, new)):
        return True
    made = [outcome(compile_fields(old).coerce, payload) for payload in payloads]
    taken = [payload for payload in made if isinstance(payload, dict)]
    return [outcome(compile_fields(new).coerce, payload) for payload in taken] == taken


@settings(max_examples=400)
@given(st.sampled_from([word for word in RULES if word != "type"]).flatmap(versions))
def test_a_rule_refuses_nothing_new_unless_its_change_is_called_breaking(case):
    old, new, attempts = case
    specs = [{"type": "object", "properties": {"a": field}} for field in (old, new)]
    assert unbroken(*specs, [{"a": value} for value in attempts])


@settings(max_examples=400)
@given(shapes, shapes, st.lists(members, min_size=4, max_size=4))
def test_an_object_loses_nothing_new_unless_its_change_is_called_breaking(old, new, payloads):
    assert unbroken(old, new, payloads)


@given(cases)
def test_coercion_is_total_pure_and_idempotent(case):
    """It raises nothing but PayloadError, writes to nothing, and is done after the first time."""
    spec, payload = case
    coerce, before = compile_fields(spec).coerce, copy.deepcopy(payload)
    made = outcome(coerce, payload)
    assert same(payload, before)
    assert coerce(made) is made if isinstance(made, dict) else made


@given(cases)
def test_the_short_cut_lets_through_what_the_long_way_leaves_alone(case):
    spec, payload = case
    compiled = compile_fields(spec)
    for candidate in (payload, outcome(compiled.coerce, payload)):
        if isinstance(candidate, dict) and compiled._is_settled(candidate):
            assert compiled._fit(compiled._clean(candidate)) is candidate
            assert not any(compiled._judge(candidate))


@given(cases)
def test_a_good_payload_is_a_good_mapping_of_literals(case):
    spec, payload = case
    compiled = compile_fields(spec)
    made = outcome(compiled.coerce, payload)
    if isinstance(made, dict) and made.keys() <= spec["properties"].keys():
        assert compiled.check(made) == []


rough_mappings = st.dictionaries(
    st.sampled_from([*KEYS, "emial"]), values | st.just({"@path": "$.a"}), max_size=4
)


@given(specs, rough_mappings | values)
def test_a_mapping_is_checked_alike_by_both_validators(spec, mapping):
    suits, judge = compile_fields(spec)._mappings
    assert suits(mapping) is not any(judge(mapping))


DIRECTIVES = jsonschema_rs.validator_for(
    {"$ref": "urn:segue:directive#/$defs/mapping"},
    registry=jsonschema_rs.Registry(
        [("urn:segue:directive", REGISTRY.contents("urn:segue:directive"))]
    ),
)


@given(mappings(liquid=False))
def test_a_mapping_that_passes_the_check_satisfies_the_schema_of_directives(mapping):
    """So that an editor never marks what the runtime takes."""
    assert check_mapping(mapping) or DIRECTIVES.is_valid(mapping)


PIECES = (
    *(r"a", r"b", r".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\b", r"^", r"$", r"é", r"😀"),
    *(r"[a-c]", r"[^a]", r"[\d_]", r"[^\w]", r"[a-]", r"[\b]", r"[.]", r"[$^]", r"[&&a]", r"[~~]"),
    *(r"[--a]", r"[a-c-e]", r"[^]", r"[]", r"\.", r"\x41", r"\u00e9", r"\/", r"\t", r"\0"),
    *(r"\cJ", r"\p{Lu}", r"(?:ab)", r"(a|b)", r"-", r"&", r"#"),
)
REPEATS = ("", "", "*", "+", "?", "{2}", "{1,2}", "*?")


def draw_case(random):
    """A pattern, and texts to look for it in."""
    pattern = "".join(
        random.choice(PIECES) + random.choice(REPEATS) for _ in range(random.randint(1, 4))
    )
    alphabet = "abcA1_ é\n\t\0-.\u0663\u2028\r&#~^$😀"
    return pattern, ["".join(random.choices(alphabet, k=random.randint(0, 4))) for _ in range(10)]


@pytest.mark.node
@pytest.mark.skipif(not (shutil.which("node") or os.environ.get("CI")), reason="needs Node.js")
def test_patterns_match_what_node_matches():
    """A thousand made-up patterns, each tried on ten texts by one process of Node.js."""
    random = Random(262)
    cases = [draw_case(random) for _ in range(1_000)]
    script = (
        "const cases = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(cases.map(([pattern, texts]) => {"
        " try { const found = new RegExp(pattern, 'u'); return texts.map(text => found.test(text)) }"
        " catch (error) { return null } })))"
    )
    command = ["node", "-e", script]
    answer = subprocess.run(
        command, input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    ours = [matches(*case) for case in cases]
    assert ours == json.loads(answer.stdout)
    assert sum(any(found or ()) for found in ours) > 300


def matches(pattern, texts):
    try:
        return [*map(matcher(pattern), texts)]
    except PatternError:
        return None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs, st.data())
def test_payloads_are_made_of_any_spec(spec, data):
    payload = data.draw(payloads(spec))
    assert compile_fields(spec).validate(payload) == payload
