"""Laws of the difference: none with itself, the same in any order and any split, every example is true."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.diff import Sent, compare
from segue.diff.apart import Apart
from segue.diff.changes import changes
from segue.diff.comparing import Comparison, Tally, plan
from segue.diff.outline import outline
from segue.diff.packing import pack, unpack
from segue.diff.running import Side
from segue.json import MISSING, encode
from segue.mapping import compile_mapping
from segue.plugins import load_plugins
from segue.testing.strategies.mappings import json_values, mappings
from segue.trigger import compile_trigger, parse_trigger
from segue.workspace.model import ActionMapping, Connection, Source, Workspace


FIELDS = {
    "type": "object", "additionalProperties": False, "required": ["what"],
    "properties": {
        "what": {"type": "string", "minLength": 1}, "who": {"type": "string", "maxLength": 8},
        "amount": {"type": "number"}, "more": {"type": "object"}, "tags": {"type": "array"},
    },
}  # fmt: skip
PLUGIN = f"""
from segue import Destination, Request, action

TALLY = Destination("tally", title="Tally", url="https://tally.example")

@action(TALLY, "count", trigger='type = "track"', fields={FIELDS!r})
def count(payload, context):
    if payload.get("amount") == 7:
        raise RuntimeError("seven")
    headers = {{"Idempotency-Key": context.idempotency_key}}
    return Request.post("/count", json=payload, headers=headers)
"""
TRIGGERS = (
    'type = "track"',
    'type = "track" and event = "A"',
    'type = "identify" or properties.n > 1',
    'event != "B"',
)

values = st.one_of(
    st.sampled_from([None, True, 0, 1, 7, 1.5, "", " a ", "A", "a", "long enough to be refused"]),
    st.lists(st.sampled_from(["b", "a", 1])),
)
events = st.builds(
    lambda kind, name, properties, number: {
        "type": kind,
        "event": name,
        "userId": "u",
        "messageId": f"m{number}",
        "properties": properties,
        "traits": properties,
    },
    st.sampled_from(["track", "identify"]),
    st.sampled_from("ABC"),
    st.dictionaries(st.sampled_from(["n", "email", "what", "plan"]), values),
    st.integers(0, 9),
)
streams = st.lists(events.map(lambda one: ("web", one)), max_size=12)
fields = mappings(FIELDS).map(lambda found: {"what": {"@path": "$.properties.what"}, **found})
sides = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.tuples(fields, st.sampled_from(TRIGGERS), st.booleans()),
    max_size=2,
)


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """``load(side)``: the workspace with these mappings."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "tally.py").write_text(PLUGIN)
    action = load_plugins(folder=folder).action("tally.count")

    def mapping(name, given, trigger, on):
        tree = parse_trigger(trigger)
        ways = compile_trigger(tree), compile_mapping(given)
        return ActionMapping(name, action, tree, given, *ways, enabled=on)

    def load(side):
        made = tuple(mapping(name, *rest) for name, rest in side.items())
        connection = Connection("c", action.destination, {}, ("web",), made)
        return Workspace({"web": Source("web", "k")}, {"c": connection})

    return load


def reworded(side):
    """The same, said so that nobody can tell without asking events."""
    return {
        name: (given, f"({trigger}) and (true)", on) for name, (given, trigger, on) in side.items()
    }


@settings(max_examples=40)
@given(sides, streams)
def test_a_workspace_sends_nothing_differently_from_itself(load, side, stream):
    for other in (side, reworded(side)):
        report = compare(load(side), load(other), stream)
        assert not report.differs
        assert all(one.groups == () for one in report.mappings)


@settings(max_examples=40)
@given(sides, sides, streams, st.randoms())
def test_the_order_of_events_changes_nothing(load, old, new, stream, random):
    shuffled = random.sample(stream, len(stream))
    assert compare(load(old), load(new), stream) == compare(load(old), load(new), shuffled)


@settings(max_examples=40)
@given(sides, sides, streams, st.integers(0, 12))
def test_what_is_counted_in_parts_is_what_is_counted_at_once(load, old, new, stream, at):
    comparison, whole = Comparison(load(old), load(new)), Tally()
    for part in (stream[:at], stream[at:]):
        comparison.tally = Tally()
        for source, event in part:
            comparison.see(event, source)
        whole.merge(comparison.tally)
    assert comparison.plan.report(whole) == compare(load(old), load(new), stream)


@settings(max_examples=40)
@given(sides, sides, streams)
def test_two_processes_would_tell_what_one_does(load, old, new, stream):
    before, after = load(old), load(new)
    whole = plan(outline(before), outline(after))
    apart, halves = Apart(whole), (Side(before, whole.old), Side(after, whole.new))
    made = [[{n: pack(r) for n, r in half.results(e, s)} for s, e in stream] for half in halves]
    why = [
        {(at, name): half.absence(name, stream[at][1], stream[at][0]) for at, name in asked}
        for half, asked in zip(halves, apart.questions(*made), strict=True)
    ]
    apart.count([encode(event) for _, event in stream], *made, *why)
    counts = {one.name: (one.changed, one.groups) for one in apart.report().mappings if one.changed}
    report = compare(before, after, stream)
    assert counts == {one.name: (one.changed, one.groups) for one in report.mappings if one.changed}


@settings(max_examples=40)
@given(sides, sides, streams)
def test_every_example_is_true_and_every_count_fits(load, old, new, stream):
    before, after = load(old), load(new)
    for mapping in compare(before, after, stream).mappings:
        assert mapping.both <= mapping.reached
        assert mapping.changed <= mapping.reached <= len(stream)
        assert sum(one.count for one in mapping.groups if not one.place) <= mapping.changed
        assert sum(one.count for one in mapping.groups) >= mapping.changed
        for group in mapping.groups:
            assert 0 < group.count <= group.of
            assert group.of == (mapping.both if group.place else mapping.reached)
            for example in group.examples:
                again = compare(before, after, [("web", example.event)])
                (same,) = [one for one in again.mappings if one.name == mapping.name]
                assert told(group, example) in [
                    told(one, each) for one in same.groups for each in one.examples
                ]


def told(group, example):
    shown = [written(value) for value in (example.old, example.new)]
    return group.place, group.kind, group.detail, *shown


def written(value):
    return "" if value is MISSING else json.dumps(value, sort_keys=True)


@given(json_values(), json_values())
def test_there_is_a_change_if_and_only_if_the_json_is_another(one, other):
    old, new = (Sent("POST", "/", {}, {}, body) for body in (one, other))
    assert bool(changes(old, new)) == (written(one) != written(other))
    assert changes(old, old) == []


@given(json_values(), st.sampled_from(["body", "payload"]))
def test_what_is_packed_is_unpacked(body, part):
    sent = Sent("POST", "/", {"a": "b"}, {"c": "d"}, body, part)
    assert encode(unpack(pack(sent))) == encode(sent)
