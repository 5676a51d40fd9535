"""Whatever the events and the fields are: what is suggested finds something, and is the same each time."""

from event_strategies import good_events
from hypothesis import given
from hypothesis import strategies as st

from segue import compile_mapping, events
from segue.json import MISSING
from segue.mapping import check_mapping
from segue.suggesting import LEVELS, Observation, silent, suggest
from segue.suggesting.names import alike, words
from segue.suggesting.suggestions import MOST


NAMES = st.sampled_from(
    ["email", "e_mail", "Email Address", "customerEmail", "name", "id", "total", "x'y", "a.b", "", "ß", "👍", "of", "0"]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), NAMES, st.sampled_from(["a@b.co", "2026-01-01"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)
SEEN = st.lists(
    st.one_of(
        good_events(),
        st.builds(
            lambda part: {"type": "track", "event": "E", "userId": "u", "properties": part}, OBJECTS
        ),
        st.builds(lambda part: {"type": "identify", "userId": "u", "traits": part}, OBJECTS),
    ),
    min_size=1,
    max_size=5,
)
TYPES = ["string", "number", "integer", "boolean", "object", "array"]
FIELD = st.fixed_dictionaries(
    {},
    optional={
        "type": st.one_of(st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), unique=True)),
        "format": st.sampled_from(["email", "date-like", "date-time", "uri", "hostname"]),
        "title": NAMES,
        "enum": st.lists(NAMES, min_size=1, max_size=3),
    },
)
SPECS = st.dictionaries(
    NAMES,
    st.one_of(FIELD, st.builds(lambda inner: {"type": "object", "properties": inner}, st.dictionaries(NAMES, FIELD, max_size=2))),
    max_size=5,
).map(lambda fields: {"type": "object", "properties": fields})  # fmt: skip


def watched(seen):
    observation = Observation()
    for one in seen:
        observation.see(one)
    return observation


def made(spec, seen, **options):
    observation = watched(seen)
    return suggest(
        spec, observation.sources(), kind=observation.kind, event=observation.event, **options
    )


@given(SPECS, SEEN)
def test_a_suggestion_is_a_directive_that_finds_something(spec, seen):
    for one in made(spec, seen):
        assert check_mapping({"field": one.directive}) == []
        find = compile_mapping({"field": one.directive})
        found = [find(event).get("field", MISSING) for event in seen]
        there = [value for value in found if value is not MISSING and value is not None]
        assert len(there) / len(seen) == one.share > 0
        assert all(example in there for example in one.examples)


@given(SPECS, SEEN)
def test_suggestions_are_in_order_and_few(spec, seen):
    found = made(spec, seen)
    for field in {one.field for one in found}:
        scores = [one.score for one in found if one.field == field]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) <= MOST
    assert all(LEVELS[one.level] <= one.score <= 1 for one in found)


@given(SPECS, SEEN, st.randoms())
def test_the_order_of_the_events_does_not_matter_but_for_examples(spec, seen, random):
    def plain(some):
        return [(one.field, one.directive, one.score) for one in made(spec, some)]

    shuffled = random.sample(seen, len(seen))
    if any(len(one.examples) > 2 for one in watched(seen).sources()):
        return  # of many, some are looked at
    assert plain(shuffled) == plain(seen)


@given(SPECS, SEEN, st.sets(NAMES))
def test_a_field_that_needs_nothing_gets_nothing(spec, seen, without):
    found = made(spec, seen, without=without)
    assert not {one.field[0] for one in found} & without


@given(SPECS, SEEN)
def test_what_was_applied_is_not_silent(spec, seen):
    mapping = {one.field[0]: one.directive for one in made(spec, seen)}
    assert silent(mapping, watched(seen).sources()) == frozenset()


@given(st.text(max_size=12), st.text(max_size=12))
def test_phrases_are_alike_both_ways(one, other):
    left, right = words(one), words(other)
    assert alike(left, right) == alike(right, left)
    assert alike(left, left) == 1


def test_depth_and_width_have_no_bottom():
    deep = value = {}
    for _ in range(5000):
        value["a"] = value = {}
    wide = {f"key {number}": number for number in range(5000)}
    observation = watched(
        [{"type": "track", "event": "E", "properties": {"deep": deep, "wide": wide}}]
    )
    assert len(observation.sources()) < 50
    assert len(words("a long name " * 1000)) < 10


def test_the_events_of_the_story_are_taken():
    from segue.samples import by_type

    assert {one["type"] for one in by_type().values()} == {*events.TYPES}
    assert watched(by_type().values()).sources()
