"""Whatever a workspace file holds: it loads, or everything wrong with it is said; no secret is."""

import json

import jsonschema_rs
from hypothesis import example, given
from hypothesis import strategies as st

from segue import ConfigError, load_plugins
from segue.workspace import describe, parse_workspace, template, workspace_schema
from segue.workspace.yaml import read


CATALOGUE = load_plugins()
SECRET = "qzxqzxqzx"
ENVIRON = {"LOOPS_API_KEY": SECRET, "SECRET": SECRET, "HOST": "127.0.0.1"}
VALID = jsonschema_rs.validator_for(workspace_schema(CATALOGUE)).is_valid

PLAIN = """\
version: 1
sources:
  website: {write_key: "${SECRET}"}
connections:
  loops:
    destination: loops
    base_url: http://${HOST}:9000/api/v1
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [website]
    rate_limit: 10/s
    retry: {window: 4h, base: 1}
    mappings:
      contacts: {action: createOrUpdateContact, override: {source: null}}
      events:
        action: sendEvent
        trigger: type = "track" and !contains(event, "x")
        fields: {eventName: {"@path": "$.event"}, userId: {"@path": "$.userId"}}
"""

FRAGMENTS = st.sampled_from(
    [
        *("!", "@", "&a ", "*a", "<<: *a\n", "\t", "- ", ": ", ":", "{", "}", "[", "]", '"', "'"),
        *("#", " #", "null", "true", "5", "1e999", ".inf", "0x1F", "|\n", ">", "%", "---\n", "? "),
        *(
            "\n",
            "\n  ",
            "\r\n",
            "\x85",
            "\u2028",
            "\x00",
            "\x1b",
            "\ud800",
            "\ufeff",
            "é",
            "\\",
            "\\u",
        ),
        *(
            "${",
            "${SECRET}",
            "${NOPE}",
            "${secret:x}",
            "$${",
            "@path",
            "@if",
            "override: ",
            "fields: {}",
        ),
        *("version: 1\n", "sources: ", "action: ", "sendEvent", "loops", "trigger: (((("),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join))


@st.composite
def edited(draw):
    """A good workspace after a few edits."""
    text = draw(st.sampled_from([PLAIN, template()]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = (
            text[:start] + draw(st.one_of(FRAGMENTS, st.just(""), st.text(max_size=4))) + text[end:]
        )
    return text


def outcome(text):
    """A workspace or a ConfigError; anything else raised fails the test."""
    try:
        return parse_workspace(text, CATALOGUE, environ=ENVIRON)
    except ConfigError as error:
        return error


@given(TEXTS | edited())
@example("")
@example("{" * 5000)
@example('"\\uD83D\\uDE00": *a')
def test_any_text_is_a_workspace_or_says_everything_that_is_wrong_with_it(text):
    found = outcome(text)
    if isinstance(found, ConfigError):
        assert found.problems
        lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028")
        for problem in found.problems:
            assert 1 <= problem.line <= lines + text.count("\u2029") + 2
            assert problem.column >= 1
            assert problem.message


@given(edited())
def test_what_the_environment_holds_is_never_part_of_an_error(text):
    found = outcome(text)
    assert not isinstance(found, ConfigError) or SECRET not in str(found)


@given(edited())
def test_what_loads_can_be_shown_as_json_with_its_secrets_redacted(text):
    found = outcome(text)
    if not isinstance(found, ConfigError):
        shown = json.loads(json.dumps(describe(found)))
        for connection in shown["connections"].values():
            assert connection["settings"]["apiKey"] == "[redacted]"


@given(edited())
def test_what_loads_is_valid_in_an_editor(text):
    if not isinstance(outcome(text), ConfigError):
        assert VALID(read(text).value)


PATHS = st.sampled_from(
    ["$.event", "$.userId", "$.properties.email", "traits.x", "$.", "", "$['a']"]
)
DIRECTIVES = st.recursive(
    st.builds(lambda path: {"@path": path}, PATHS),
    lambda inner: st.one_of(
        st.builds(lambda x, y: {"@if": {"exists": x, "then": y}}, inner, inner),
        st.builds(lambda x: {"@template": "{{userId}}", "_metadata": x}, inner),
        st.builds(lambda x: {"@literal": x}, inner),
        st.builds(lambda x, y: {"@merge": {"direction": "left", "objects": [x, y]}}, inner, inner),
        st.builds(lambda x: {"@case": {"operator": "lower", "value": x}}, inner),
    ),
    max_leaves=4,
)
VALUES = st.one_of(
    DIRECTIVES,
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "a@b.test", "x" * 499]),
    st.dictionaries(st.sampled_from(["a", "@path", "@x"]), st.integers() | DIRECTIVES, max_size=2),
    st.lists(st.integers(), max_size=2),
)
FIELDS = st.dictionaries(
    st.sampled_from(["email", "eventName", "userId", "eventProperties", "mailingLists", "evnt"]),
    VALUES,
    max_size=4,
)
MAPPINGS = st.fixed_dictionaries(
    {"action": st.sampled_from(["sendEvent", "loops.sendEvent", "createOrUpdateContact"])},
    optional={
        "trigger": st.sampled_from(["all", 'type = "track"', "type ="]),
        "fields": FIELDS.map(lambda fields: {"eventName": "x", "userId": "y", **fields}),
        "override": FIELDS,
        "enabled": st.booleans(),
    },
)
CONNECTIONS = st.fixed_dictionaries(
    {
        "destination": st.just("loops"),
        "settings": st.sampled_from([{"apiKey": "k"}, {"apiKey": "${SECRET}"}]),
    },
    optional={
        "rate_limit": st.sampled_from([None, "1/s", "5/10m", "0/s"]),
        "retry": st.dictionaries(
            st.sampled_from(["window", "base", "cap"]), st.sampled_from([0, 1.5, "4h", "2ms", -1])
        ),
        "concurrency": st.sampled_from([1, 2.0, 0, 1.5]),
        "mappings": st.dictionaries(st.sampled_from(["a", "b-1", "C_2"]), MAPPINGS, max_size=2),
        "filters": st.lists(
            st.one_of(
                st.just({"action": "drop", "if": "type = page"}),
                st.just({"action": "sample", "rate": 0.5}),
                st.just({"action": "block", "fields": ["traits.email"]}),
                st.just({"a": 1}),
            ),
            max_size=2,
        ),
    },
)


@given(CONNECTIONS)
def test_what_loads_of_made_up_connections_is_valid_in_an_editor(connection):
    value = {"version": 1, "connections": {"c": connection}}
    if not isinstance(outcome(json.dumps(value)), ConfigError):
        assert VALID(value)


READABLE = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | READABLE,
    lambda inner: (
        st.lists(inner) | st.dictionaries(READABLE.filter(lambda key: key != "<<"), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_json_is_yaml_and_means_the_same(value):
    document = read(json.dumps(value, ensure_ascii=False))
    assert document.problems == ()
    assert document.value == value


@given(JSON)
def test_the_place_of_every_text_is_where_it_is_written(value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    places = read(text).places
    for pointer, item in members(value):
        if isinstance(item, str):
            assert places.source(pointer).startswith(json.dumps(item, ensure_ascii=False))


def members(value, pointer=""):
    yield pointer, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            token = str(key).replace("~", "~0").replace("/", "~1")
            yield from members(item, f"{pointer}/{token}")
