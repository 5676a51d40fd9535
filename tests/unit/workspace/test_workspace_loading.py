"""From a file to a workspace: what stands in it, what is filled in, what each problem says."""

from ipaddress import ip_network

import pytest

from segue import ConfigError, Problem, RateLimit, load_plugins
from segue.addresses import Guard
from segue.retry import RetryPolicy
from segue.workspace import load_workspace, parse_workspace, plugins_folder


PLAN = """\
version: 1
sources:
  website: {write_key: wk_demo}
connections:
  loops:
    destination: loops
    base_url: http://127.0.0.1:9000/api/v1     # optional: point at the sandbox
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [website]
    mappings:
      contacts: {action: createOrUpdateContact}
      events:
        action: sendEvent
        trigger: type = "track" and event != "Ping"
        fields: {eventName: {"@path": "$.event"}, userId: {"@path": "$.userId"}}
"""


@pytest.fixture(scope="module")
def loops():
    return load_plugins()


def test_the_workspace_of_the_plan_loads(loops):
    workspace = parse_workspace(PLAN, loops, environ={"LOOPS_API_KEY": "s3cret"})
    connection = workspace.connections["loops"]
    contacts, events = connection.mappings
    assert workspace.source("wk_demo") is workspace.sources["website"]
    assert connection.settings == {"apiKey": "s3cret"}
    assert connection.base == "http://127.0.0.1:9000/api/v1"
    assert connection.rate_limit == RateLimit(10, per=1.0)
    assert contacts.action is loops.actions["loops.createOrUpdateContact"]
    assert contacts.fields == contacts.action.mapping
    assert str(contacts.trigger) == contacts.action.trigger
    assert events.matches({"type": "track", "event": "Paid"})
    assert not events.matches({"type": "track", "event": "Ping"})
    assert events.map({"event": "Paid", "userId": "u1"}) == {"eventName": "Paid", "userId": "u1"}
    assert workspace.notes == ()


def test_a_file_is_read_and_remembered(catalogue, tmp_path):
    file = tmp_path / "segue.yaml"
    file.write_text("version: 1\nsources: {web: {write_key: é}}\n", encoding="utf-8")
    workspace = load_workspace(file, catalogue, environ={})
    assert (workspace.file, workspace.sources["web"].write_key) == (file, "é")


def test_every_problem_of_a_file_is_told_at_once_with_file_line_and_column(catalogue, tmp_path):
    file = tmp_path / "segue.yaml"
    file.write_text("version: 1\nsource: {}\nconnections: {c: {destination: cmr}}\n")
    with pytest.raises(ConfigError) as caught:
        load_workspace(file, catalogue, environ={})
    assert str(caught.value) == (
        f'{file}:2:1: /source: unknown key "source"; did you mean "sources"?\n'
        f'{file}:3:32: /connections/c/destination: no destination "cmr" is installed; '
        'did you mean "crm"?'
    )
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a: 1\nb: \xe9\n", "2:4: the file is not UTF-8 text; save it as UTF-8"),
        (b"#" * 10_000_001, "1:1: the file is larger than 10 MB"),
        (b"", '1:1: the file is empty; "segue init" writes one to start from'),
    ],
    ids=["not UTF-8", "too large", "empty"],
)
def test_a_file_that_is_no_text_is_refused(catalogue, tmp_path, data, problem):
    file = tmp_path / "segue.yaml"
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_workspace(file, catalogue, environ={})
    assert str(caught.value) == f"{file}:{problem}"


@pytest.mark.parametrize(
    ("file", "reason"),
    [("nowhere.yaml", "No such file or directory"), (".", "Is a directory")],
)
def test_a_file_that_cannot_be_read_says_why(catalogue, tmp_path, file, reason):
    with pytest.raises(ConfigError) as caught:
        load_workspace(tmp_path / file, catalogue, environ={})
    assert caught.value.problems == (Problem("", f"the file cannot be read: {reason}"),)


def test_a_workspace_needs_no_more_than_its_version(load):
    workspace = load("version: 1")
    assert (workspace.sources, workspace.connections, workspace.file) == ({}, {}, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sources: {}", '1:1: /version: the key "version" is missing; add version: 1'),
        ("version: 2", "1:10: /version: should be 1, the only version of the file's format so far"),
        ("hello", "1:1: should be an object, not text"),
        ("- version: 1", "1:1: should be an object, not a list"),
        (
            "version: 1\nsources:",
            "2:9: /sources: should be an object, but nothing stands here; write one, or remove the key",
        ),
        (
            "version: 1\nsources: {a b: {write_key: x}}",
            (
                '2:11: /sources/a b: a name holds up to 100 letters, digits, "_" and "-", '
                "and begins with a letter or digit"
            ),
        ),
        (
            "version: 1\nsources: {a: {}}",
            '2:11: /sources/a/write_key: the key "write_key" is missing; add write_key: …',
        ),
        (
            "version: 1\nsources: {a: {write_key: 12}}",
            "2:26: /sources/a/write_key: should be text, not a number; put it in quotes",
        ),
        (
            'version: 1\nsources: {a: {write_key: ""}}',
            "2:26: /sources/a/write_key: should not be empty; write something, or remove the key",
        ),
        (
            "version: 1\nsources: {a: {write_key: wk x}}",
            '2:26: /sources/a/write_key: a write key cannot hold spaces or ":"',
        ),
        (
            "version: 1\nsources:\n  a: {write_key: x}\n  b: {write_key: x}",
            '4:18: /sources/b/write_key: the source "a" has the same write key; give each source its own',
        ),
    ],
)
def test_what_is_wrong_above_the_connections(refused, text, problem):
    assert refused(text) == [problem]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "destination: crm\nsettings: {token: x123}\nbase_url: crm.test",
            (
                "6:15: /connections/c/base_url: this is not a base URL; it should look like "
                "https://host/path, without a user, a query or a fragment"
            ),
        ),
        (
            "destination: crm\nsettings: {token: x123}\nsources: [web, wbe]",
            '6:20: /connections/c/sources/1: no source is called "wbe"; did you mean "web"?',
        ),
        (
            "destination: crm\nsettings: {token: x123}\nsources: [shop]",
            '6:15: /connections/c/sources/0: no source is called "shop"; there are: web',
        ),
        (
            "destination: crm\nsettings: {token: x123}\nenabled: no",
            "6:14: /connections/c/enabled: should be true or false, not text; write false",
        ),
        (
            "destination: crm\nsettings: {token: x123}\nrate_limit: 10",
            (
                "6:17: /connections/c/rate_limit: should be requests per time, such as 10/s, 100/m or "
                "5/10s, or null for no limit"
            ),
        ),
        (
            "destination: crm\nsettings: {token: x123}\nretry: {window: 4 hours}",
            (
                "6:21: /connections/c/retry/window: should be a duration such as 500ms, 30s, 10m, 4h "
                "or 1d, or a number of seconds"
            ),
        ),
        (
            "destination: crm\nsettings: {token: x123}\nconcurrency: 0",
            "6:18: /connections/c/concurrency: should be a whole number, 1 or more",
        ),
        (
            "destination: crm\nsettings: {token: x123}\nmapings: {}",
            '6:5: /connections/c/mapings: unknown key "mapings"; did you mean "mappings"?',
        ),
        (
            "destination: crm\nsettings: {token: x123}\ncolour: red",
            (
                '6:5: /connections/c/colour: unknown key "colour"; known here: destination, base_url, '
                "settings, sources, enabled, mappings, rate_limit, retry, concurrency, filters, "
                "functions, allow_private"
            ),
        ),
        (
            "destination: hook\nallow_private: [10.0.0.0/8, 10.1.2.3/8]",
            (
                '5:33: /connections/c/allow_private/1: "10.1.2.3/8" is no network; '
                'did you mean "10.0.0.0/8"?'
            ),
        ),
        (
            "destination: hook\nallow_private: [hooks.internal]",
            (
                '5:21: /connections/c/allow_private/0: "hooks.internal" is no network; '
                'write an address ("10.1.2.3") or a network ("10.0.0.0/8")'
            ),
        ),
        (
            "destination: hook\nallow_private: true",
            "5:20: /connections/c/allow_private: should be a list, not true",
        ),
        (
            "destination: log\nallow_private: [127.0.0.1]",
            (
                "5:5: /connections/c/allow_private: log says itself where its requests go, to any "
                "address; remove the key"
            ),
        ),
        (
            "destination: hubspot",
            (
                '4:18: /connections/c/destination: no destination "hubspot" is installed; '
                "installed: crm, hook, log"
            ),
        ),
        (
            "settings: {}",
            '3:3: /connections/c/destination: the key "destination" is missing; add destination: …',
        ),
    ],
)
def test_what_is_wrong_with_a_connection(refused, lines, problem):
    text = "version: 1\nconnections:\n  c:\n" + "".join(
        f"    {line}\n" for line in lines.splitlines()
    )
    assert refused(text + "sources: {web: {write_key: x}}\n") == [problem]


def test_what_is_ill_shaped_does_not_hide_the_rest(refused):
    text = """\
version: 1
sources: {web: 5}
connections:
  a: {destination: crm, settings: 5, sources: [web], mappings: {m: {action: upsrt, trigger: 5}}}
  b: {destination: log, sources: [web, 7], retry: 5, mappings: 5}
"""
    assert [problem.split(" ")[1] for problem in refused(text)] == [
        "/sources/web:",
        "/connections/a/settings:",
        "/connections/a/mappings/m/action:",
        "/connections/a/mappings/m/trigger:",
        "/connections/b/sources/1:",
        "/connections/b/retry:",
        "/connections/b/mappings:",
    ]


def test_what_yaml_refuses_is_not_refused_again_by_the_checks_that_follow(refused):
    assert len(refused("version: 1\nsources: {web: {write_key: !x y}}")) == 1


def test_a_number_with_leading_zeros_is_no_name(refused):
    assert refused("version: 1\nsources: {007: {write_key: x}}") == [
        "2:11: /sources: the key 7 is not text; put it in quotes"
    ]


def test_a_connection_has_the_destination_s_defaults(connection):
    made = connection()
    assert made.rate_limit == RateLimit(5, per=1.0)
    assert made.retry == RetryPolicy()
    assert (made.enabled, made.concurrency, made.base) == (True, 50, "https://crm.test/api")


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("10/s", RateLimit(10, 1.0)),
        ("100/m", RateLimit(100, 60.0)),
        ("5/10s", RateLimit(5, 10.0)),
        ("1/500ms", RateLimit(1, 0.5)),
        ("null", None),
        ("", None),
    ],
)
def test_a_rate_limit_is_requests_per_time_or_none(connection, written, limit):
    assert connection(f"rate_limit: {written}").rate_limit == limit


@pytest.mark.parametrize(
    "written", ["0/s", "10/0s", "10", "/s", "10/y", "1.5/s", "10/s ago", "-1/s"]
)
def test_other_rates_are_refused(refused, written):
    text = f"version: 1\nconnections: {{c: {{destination: log, rate_limit: {written}}}}}"
    assert "should be requests per time" in refused(text)[0]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("4h", 14400.0), ("1.5m", 90.0), ("250ms", 0.25), ("2d", 172800.0), ("90", 90.0), ("0s", 0.0)],
)
def test_a_duration_is_a_number_with_a_unit_or_of_seconds(connection, written, seconds):
    assert connection(f"retry: {{window: {written}}}").retry == RetryPolicy(window=seconds)


@pytest.mark.parametrize("written", ["-1", "h", "4 h", "1h30m", "soon", '"4h\\n"', "true"])
def test_other_durations_are_refused(refused, written):
    text = f"version: 1\nconnections: {{c: {{destination: log, retry: {{cap: {written}}}}}}}"
    assert "should be a duration such as" in refused(text)[0]


def test_a_connection_carries_what_its_file_says(load):
    made = load(
        "version: 1\nsources: {a: {write_key: a}, b: {write_key: b}}\nconnections:\n  c:\n"
        "    {destination: log, sources: [b, a, b], enabled: false, concurrency: 3.0}"
    ).connections["c"]
    assert made.sources == ("b", "a")
    assert (made.enabled, made.concurrency) == (False, 3)


def test_only_where_people_choose_the_url_is_there_a_guard(load):
    text = (
        "version: 1\nconnections:\n"
        "  a: {destination: hook, allow_private: [127.0.0.1, 'fd00::/8']}\n"
        "  b: {destination: hook}\n"
        "  c: {destination: log}\n"
    )
    allowed = ip_network("127.0.0.1"), ip_network("fd00::/8")
    guards = [one.guard for one in load(text).connections.values()]
    assert guards == [Guard(allowed), Guard(), None]


@pytest.mark.parametrize(
    "url",
    ["http://localhost:9000/api/v1", "https://[::1]:8080", "https://crm.test/a%20b/", "HTTP://x"],
)
def test_a_base_url_is_http_with_a_host(connection, url):
    assert connection(f'base_url: "{url}"').base == url


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x", "//x", "https://", "https://a b", "https://x?y=1", "https://x#y", "x:80"),
        *(
            "https://user:pw@x",
            "https://x:99999",
            "https://[::1",
            "javascript:alert(1)",
            "https://x\\\\y",
        ),
    ],
)
def test_any_other_base_url_is_refused_and_not_shown(refused, url):
    text = f'version: 1\nconnections: {{c: {{destination: log, base_url: "{url}"}}}}'
    (problem,) = refused(text)
    assert "this is not a base URL" in problem
    assert "pw" not in problem


def test_a_folder_of_plugins_that_is_not_there_is_refused(refused):
    assert refused("version: 1\nplugins: ./gone") == [
        "2:10: /plugins: there is no such folder: ./gone; make it, or remove the key"
    ]


def test_what_is_allowed_but_probably_not_meant_is_noted(load):
    workspace = load(
        "version: 1\nconnections:\n"
        "  c: {destination: crm, settings: {token: abcd}, filters: [{action: drop}]}\n"
    )
    assert [str(note) for note in workspace.notes] == [
        "3:3: /connections/c: no source is connected, so no event comes here",
        "3:3: /connections/c: there is no mapping, so no event goes out",
        (
            "3:36: /connections/c/settings/token: the secret token stands in the file itself; "
            "write ${NAME} here, and set that environment variable"
        ),
        '3:60: /connections/c/filters/0: this drops every event; say which: if: type = "page"',
    ]


def test_a_connection_that_is_off_needs_neither_source_nor_mapping(load):
    assert load("version: 1\nconnections: {c: {destination: log, enabled: false}}").notes == ()


def test_connections_keep_the_order_of_the_file(load):
    text = "version: 1\nconnections: {z: {destination: log}, a: {destination: log}}"
    assert list(load(text).connections) == ["z", "a"]


def test_a_revision_stands_for_the_text_of_the_file(load):
    first, same, other = (load(text) for text in ["version: 1", "version: 1", "version: 1 "])
    assert first.revision == same.revision != other.revision
    assert len(first.revision) == 12


def test_a_mapping_knows_the_plugin_of_its_action(loops):
    workspace = parse_workspace(PLAN, loops, environ={"LOOPS_API_KEY": "s3cret"})
    assert {one.plugin for one in workspace.connections["loops"].mappings} == {
        str(loops.origins["loops.sendEvent"])
    }
    assert loops.origins["loops.sendEvent"].name == "segue"


@pytest.mark.parametrize("line", ["plugins: mine", '"plu\\x67ins": mine'], ids=["plain", "escaped"])
def test_the_folder_that_a_file_names_is_found_however_its_key_is_spelt(tmp_path, line):
    (tmp_path / "mine").mkdir()
    file = tmp_path / "segue.yaml"
    file.write_text(f"version: 1\n{line}\n")
    assert plugins_folder(file) == tmp_path / "mine"
