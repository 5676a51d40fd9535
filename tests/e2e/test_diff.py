"""segue diff as it is used: revisions of a repository, versions of a plugin, recorded events."""

import json
import subprocess

import pytest
from click.testing import CliRunner

from segue.cli import main


WORKSPACE = """\
version: 1
sources:
  shop: {write_key: "${SHOP_KEY}"}
plugins: ./plugins
connections:
  books:
    destination: atlas
    base_url: "${ATLAS_URL}"
    settings: {key: "${ATLAS_KEY}"}
    sources: [shop]
    mappings:
      orders:
        action: order
        fields:
          order: {"@path": $.properties.id}
          note: {"@path": $.properties.note}
"""
PLUGIN = """
from segue import Destination, Request, action

ATLAS = Destination("atlas", title="Atlas", url="https://atlas.example", settings={
    "type": "object", "properties": {"key": {"type": "string", "writeOnly": True}}})

@action(ATLAS, "order", trigger='type = "track"', fields={
    "type": "object", "additionalProperties": False, "required": ["order"],
    "properties": {"order": {"type": "string"}, "note": {"type": "string"}},
})
def order(payload, settings):
    return Request.post("/orders", json={**payload, "by": settings.get("key")})
"""
EVENTS = [
    {"type": "track", "event": "Order", "userId": "u", "properties": {"id": "A-1", "note": " x "}},
    {"type": "track", "event": "Order", "userId": "u", "properties": {"id": "b-2"}},
    {"type": "track", "event": "Order", "userId": "u", "properties": {}},
]
LOWER = '{"@case": {operator: lower, value: {"@path": $.properties.id}}}'


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A repository with a workspace, its plugin and a file of events, one revision old."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "atlas.py").write_text(PLUGIN)
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in EVENTS))
    git("init", "-q")
    commit("first")
    return tmp_path


def git(*arguments):
    names = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *names, *arguments], check=True)


def commit(message):
    git("add", ".")
    git("commit", "-qm", message)


def diff(*arguments, given=None):
    return CliRunner().invoke(main, ["diff", *arguments], input=given)


def found(*arguments, given=None):
    """The groups of the first mapping."""
    done = diff(*arguments, "--format", "json", given=given)
    (mapping,) = json.loads(done.stdout)["mappings"]
    return [(one["place"], one["kind"], one["detail"], one["count"]) for one in mapping["groups"]]


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_nothing_differs_where_nothing_was_changed(shop):
    done = diff("--events", "events.jsonl")
    assert (done.exit_code, "nothing that is sent can differ" in done.stdout) == (0, True)


def test_a_change_on_disk_is_compared_with_the_last_revision(shop):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    done = diff("--events", "events.jsonl")
    assert done.exit_code == 1
    assert "order: lower-cased in 1 of 2" in done.stdout
    assert '"A-1" → "a-1"' in done.stdout
    assert diff("--events", "events.jsonl", "--exit-zero").exit_code == 0


@pytest.mark.parametrize(
    "span", [["HEAD~1.."], ["HEAD~1..HEAD"], ["HEAD~1", "HEAD"], ["HEAD~1...HEAD"], ["HEAD~1"]]
)
def test_two_revisions_are_compared_with_each_other(shop, span):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    commit("second")
    assert found(*span, "--events", "events.jsonl") == [("body/order", "lower-cased", "", 1)]


def test_a_path_in_a_revision_is_compared_with_a_folder(shop):
    (shop / "next").mkdir()
    (shop / "next" / "segue.yaml").write_text(
        WORKSPACE.replace("./plugins", "../plugins").replace("properties.id", "userId")
    )
    for old in ("HEAD:segue.yaml", "HEAD:./segue.yaml", "HEAD:"):
        assert found(old, "next", "--events", "events.jsonl") == [
            ("", "no longer refused", "missing order", 1),
            ("body/order", "changed", "", 2),
        ]
