"""Settings: filled in from outside, brought to their types, never shown."""

import pytest

from segue import ConfigError
from segue.workspace import parse_workspace


def connected(settings):
    return f"version: 1\nconnections:\n  c:\n    destination: crm\n    settings: {settings}\n"


@pytest.fixture
def settings(load):
    """``settings(text, NAME="value")`` is what becomes of settings."""
    return lambda text, **environ: load(connected(text), **environ).connections["c"].settings


@pytest.mark.parametrize(
    ("written", "environ", "token"),
    [
        ('"${TOKEN}"', {"TOKEN": "s3cret"}, "s3cret"),
        ('"a-${A}-${B}"', {"A": "1", "B": "2"}, "a-1-2"),
        ('"${TOKEN:-fallback}"', {}, "fallback"),
        ('"${TOKEN:-fallback}"', {"TOKEN": ""}, "fallback"),
        ('"${TOKEN:-fallback}"', {"TOKEN": "s3cret"}, "s3cret"),
        ('"x${TOKEN:-}yz"', {"TOKEN": "w"}, "xwyz"),
        ('"$${TOKEN}"', {}, "${TOKEN}"),
        ('"cost $5 {a}"', {}, "cost $5 {a}"),
        ('"${TOKEN}"', {"TOKEN": "${OTHER}"}, "${OTHER}"),
        ('"0123"', {}, "0123"),
    ],
)
def test_a_setting_may_hold_what_the_environment_has(settings, written, environ, token):
    assert settings(f"{{token: {written}}}", **environ)["token"] == token


def test_a_placeholder_on_a_line_of_its_own_needs_no_quotes(settings):
    assert settings("\n      token: ${TOKEN}", TOKEN="s3cret") == {"token": "s3cret"}


def test_texts_inside_a_setting_are_filled_in_too(settings):
    made = settings('{token: "${T}", tags: ["${A}", b]}', T="s3cret", A="x")
    assert made["tags"] == ["x", "b"]


def test_what_is_filled_in_is_brought_to_the_setting_s_type(settings):
    made = settings('{token: "${T}", port: "${P}", secure: "${S}"}', T="12345", P="80", S="true")
    assert made == {"token": "12345", "port": 80, "secure": True}


def test_what_stands_in_the_file_has_its_type_already(settings):
    made = settings("{token: '${T}', port: 80, secure: true, region: eu}", T="s3cret")
    assert made == {"token": "s3cret", "port": 80, "secure": True, "region": "eu"}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            "{token: 0123}",
            "5:23: /connections/c/settings/token: should be text, not a number; put it in quotes",
        ),
        (
            "{token: true}",
            "5:23: /connections/c/settings/token: should be text, not true; put it in quotes",
        ),
        (
            '{token: ""}',
            "5:23: /connections/c/settings/token: should not be empty; write something, or remove the key",
        ),
        (
            "{token: }",
            (
                "5:23: /connections/c/settings/token: should be text, but nothing stands here; "
                "write one, or remove the key"
            ),
        ),
        ("{}", '5:5: /connections/c/settings/token: "Token" is required, but it is missing'),
        (
            "{token: abcd, tokn: abcd}",
            '5:29: /connections/c/settings/tokn: crm has no setting "tokn"; did you mean "token"?',
        ),
        (
            "{token: abcd, x: 1}",
            (
                '5:29: /connections/c/settings/x: crm has no setting "x"; '
                "it has: token, region, port, secure, tags"
            ),
        ),
        (
            "{token: '${NOPE}'}",
            (
                "5:23: /connections/c/settings/token: the environment variable NOPE is not set; "
                "set it, or give a default: ${NOPE:-...}"
            ),
        ),
        (
            "{token: '${secret:crm}'}",
            (
                '5:23: /connections/c/settings/token: there is no secret "crm"; '
                "store it, or use an environment variable: ${NAME}"
            ),
        ),
        (
            "{token: '${not a name}'}",
            (
                '5:23: /connections/c/settings/token: what follows "${" cannot be filled in; '
                "write ${NAME}, ${NAME:-default} or ${secret:NAME}; $${ stands for ${ itself"
            ),
        ),
        (
            "{token: abcd, secure: yes}",
            "5:37: /connections/c/settings/secure: should be true or false, not text; write true",
        ),
    ],
)
def test_what_is_wrong_with_settings(refused, written, problem):
    assert refused(connected(written)) == [problem]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("tags: {a: b}", "should be a list, not an object"),
        ("tags: x", "should be a list, not text"),
        ("port: 80.5", "should be a whole number, not a number"),
        ("port: [80]", "should be a whole number, not a list"),
        ("region: {us: eu}", "should be text, not an object"),
    ],
)
def test_a_setting_of_another_type_is_refused(refused, written, problem):
    (said,) = refused(connected(f"{{token: abcd, {written}}}"))
    assert said.endswith(problem)


def test_a_destination_that_takes_any_setting_takes_it(load):
    text = (
        'version: 1\nconnections: {c: {destination: hook, settings: {x: 1, headers: {A: "${V}"}}}}'
    )
    assert load(text, V="v").connections["c"].settings == {"x": 1, "headers": {"A": "v"}}


def test_a_destination_without_settings_takes_none(refused):
    assert refused("version: 1\nconnections: {c: {destination: log, settings: {x: 1}}}") == [
        '2:48: /connections/c/settings/x: log has no setting "x"; it has: none'
    ]


def test_every_variable_that_is_not_set_is_named(refused):
    problems = refused(connected('{token: "${A}-${B}", region: "${C}"}'))
    assert [problem.split("variable ")[1][0] for problem in problems] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "written",
    ["{token: '${V}'}", "{token: abcd, region: '${V}'}", "{token: abcd, port: '${V}'}"],
)
def test_a_value_from_the_environment_is_never_shown(refused, written):
    (problem,) = refused(connected(written), V="qzx")
    assert "qzx" not in problem


def test_a_region_that_is_none_says_which_there_are(refused):
    (problem,) = refused(connected("{token: abcd, region: '${V}'}"), V="asia")
    assert problem.startswith(
        '5:37: /connections/c/settings/region: "Region" must be one of "us" or "eu"'
    )


def test_write_keys_and_base_urls_are_filled_in_too(load):
    workspace = load(
        'version: 1\nsources: {web: {write_key: "${KEY}"}}\n'
        'connections: {c: {destination: log, base_url: "http://${HOST:-localhost}:9000"}}',
        KEY="wk",
    )
    assert workspace.sources["web"].write_key == "wk"
    assert workspace.connections["c"].base == "http://localhost:9000"


def test_nothing_else_is_filled_in(load):
    workspace = load(
        'version: 1\nconnections: {c: {destination: log, filters: [{action: block, fields: ["${X}"]}]}}'
    )
    assert workspace.connections["c"].filters[0].fields == ("${X}",)


def test_a_secret_is_looked_up_by_its_name(catalogue):
    text = connected('{token: "${secret:crm.token}"}')
    secrets = {"crm.token": "s3cret"}
    workspace = parse_workspace(text, catalogue, environ={}, secrets=secrets.get)
    assert workspace.connections["c"].settings == {"token": "s3cret"}


def test_a_secret_that_is_not_stored_is_named(catalogue):
    with pytest.raises(ConfigError, match='there is no secret "crm"'):
        parse_workspace(
            connected('{token: "${secret:crm}"}'), catalogue, environ={}, secrets={}.get
        )


def test_no_setting_is_part_of_a_repr(load):
    workspace = load(
        "version: 1\nsources: {web: {write_key: wk_s3cret}}\n"
        + connected("{token: tk_s3cret}")[11:]
    )
    assert "s3cret" not in repr(workspace)
