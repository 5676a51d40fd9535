"""What `segue show` shows."""

import json

import pytest

from segue.workspace import describe, parse_workspace


TEXT = """\
version: 1
sources: {web: {write_key: wk_s3cret}, app: {write_key: wk_other}}
connections:
  crm:
    destination: crm
    settings: {token: tk_s3cret, region: eu}
    sources: [web]
    rate_limit: 2/s
    mappings:
      people: {action: upsert, override: {score: 5, name: null}}
      notes: {action: note, trigger: event = "Paid", fields: {id: x}, enabled: false}
  log: {destination: log, enabled: false}
"""


@pytest.fixture
def workspace(load):
    return load(TEXT)


def test_one_connection_is_shown_with_its_defaults_filled_in(workspace):
    assert describe(workspace, connection="crm") == {
        "sources": ["web"],
        "connections": {
            "crm": {
                "destination": "crm",
                "enabled": True,
                "base_url": "https://crm.test/api",
                "sources": ["web"],
                "settings": {"token": "[redacted]", "region": "eu"},
                "rate_limit": {"requests": 2, "per": 1.0},
                "retry": {"window": 14400.0, "base": 1.0, "cap": 1200.0},
                "concurrency": 50,
                "filters": [],
                "functions": [],
                "allow_private": [],
                "mappings": {
                    "people": {
                        "action": "crm.upsert",
                        "enabled": True,
                        "trigger": {"text": 'type = "identify"', "from": "default"},
                        "fields": {
                            "id": {"value": {"@path": "$.userId"}, "from": "default"},
                            "score": {"value": 5, "from": "file"},
                        },
                    },
                    "notes": {
                        "action": "crm.note",
                        "enabled": False,
                        "trigger": {"text": 'event = "Paid"', "from": "file"},
                        "fields": {"id": {"value": "x", "from": "file"}},
                    },
                },
            }
        },
    }


def test_a_whole_workspace_is_shown_with_all_its_sources(workspace):
    shown = describe(workspace)
    assert shown["sources"] == ["web", "app"]
    assert list(shown["connections"]) == ["crm", "log"]
    assert shown["connections"]["log"]["rate_limit"] is None


def test_it_is_json_and_holds_no_secret(workspace):
    assert "s3cret" not in json.dumps(describe(workspace))


def test_a_stored_secret_is_hidden_in_whatever_it_is_part_of(catalogue):
    text = """
        version: 1
        connections:
          c:
            destination: hook
            base_url: https://hook.test/${secret:hook}
            settings: {headers: {X-Key: "a ${secret:hook}"}, tags: ["${secret:hook}", 1]}
          d: {destination: log}
    """
    workspace = parse_workspace(text, catalogue, environ={}, secrets={"hook": "s3cret/"}.get)
    shown = describe(workspace)["connections"]["c"]
    assert shown["settings"] == {"headers": {"X-Key": "a [redacted]"}, "tags": ["[redacted]", 1]}
    assert shown["base_url"] == "https://hook.test/[redacted]"
    assert workspace.connections["c"].secrets == ("s3cret/",)
    assert workspace.connections["d"].secrets == ()
