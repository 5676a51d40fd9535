"""segue diff as it is used: revisions of a repository, versions of a plugin, recorded events."""

import asyncio
import gzip
import json
import subprocess

import pytest
from click.testing import CliRunner

from segue import Response
from segue.cli import main
from segue.json import encode
from segue.store import Arrival, Attempt, NewDelivery, Settlement, SqliteStore, State


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


# plugins


@pytest.fixture
def versions(shop):
    """Two folders, in the second of which the plugin does something else."""
    for name in ("one", "two"):
        (shop / name).mkdir()
        (shop / name / "atlas.py").write_text(PLUGIN)
    return shop / "one", shop / "two"


def test_two_versions_of_a_plugin_are_compared_in_a_process_each(versions):
    edit(
        versions[1] / "atlas.py",
        'Request.post("/orders", json={',
        'Request.put("/orders", json={"v": 2, ',
    )
    assert found("--plugins", "one..two", "--events", "events.jsonl") == [
        ("body/v", "added", "", 2),
        ("method", "changed", "", 2),
    ]


def test_a_revision_with_another_plugin_is_compared_too(shop):
    edit(shop / "plugins" / "atlas.py", '"required": ["order"],', '"required": ["order", "note"],')
    edit(
        shop / "segue.yaml",
        "fields:",
        "trigger: type = 'track' and properties.id != 'b-2'\n        fields:",
    )
    assert found("--events", "events.jsonl") == [
        ("", "no longer sent", "its trigger does not match", 1),
        ("", "refused for another reason", "missing order; missing note", 1),
    ]


def test_both_ways_of_comparing_tell_the_same(shop, versions):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    (versions[1] / "atlas.py").write_text(PLUGIN + "\n# says the same\n")
    apart = found("--plugins", "one..two", "HEAD", "--events", "events.jsonl")
    assert apart == found("HEAD", "--events", "events.jsonl")


def test_a_plugin_that_cannot_be_loaded_is_named(versions):
    (versions[1] / "atlas.py").write_text("import nothing_of_the_kind")
    done = diff("--plugins", "one..two", "--events", "events.jsonl")
    assert done.exit_code == 2
    assert 'it needs the module "nothing_of_the_kind"' in done.stderr


def test_a_package_that_was_installed_into_a_folder_is_a_version(shop):
    for name, method in (("1.0", "post"), ("2.0", "put")):
        home = shop / f"acme-{name}"
        info = home / f"acme_atlas-{name}.dist-info"
        info.mkdir(parents=True)
        (home / "acme_atlas.py").write_text(PLUGIN.replace("Request.post", f"Request.{method}"))
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: acme-atlas\nVersion: {name}\n"
        )
        (info / "entry_points.txt").write_text("[segue]\nacme = acme_atlas\n")
    assert found("--plugins", "acme-1.0..acme-2.0", "--events", "events.jsonl") == [
        ("method", "changed", "", 2)
    ]


# events


def test_recorded_events_are_compared_with_what_they_would_make_now(shop):
    sent = CliRunner().invoke(
        main,
        ["send", "events.jsonl", "--retry-for", "0"],
        env={"SHOP_KEY": "k", "ATLAS_KEY": "k", "ATLAS_URL": "http://127.0.0.1:9"},
    )
    assert "3 events" in sent.stderr
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    assert found() == [("body/order", "lower-cased", "", 1)]
    assert found("--since", "1d", "--limit", "1") == [("body/order", "lower-cased", "", 1)]
    assert diff("--until", "1d").exit_code == 2


STEPS = """
def order(payload, settings):
    found = yield Request.get("/orders", params={"id": payload["order"]}, accept={404})
    yield Request.post("/notes", json={"order": found.json()["id"], "note": payload.get("note")})
"""


def test_later_requests_are_compared_where_their_answers_were_recorded(shop):
    plugin = shop / "plugins" / "atlas.py"
    plugin.write_text(PLUGIN.partition("def order")[0] + STEPS)
    commit("steps")
    asyncio.run(deliver(shop / ".segue"))
    edit(plugin, '"note": payload.get("note")', '"note": payload["note"].strip()')
    assert found() == [("request 2/body/note", "trimmed", "", 1)]
    edit(shop / "segue.yaml", '{"@path": $.properties.note}', "hi")
    assert found()[0] == ("request 2/body/note", "changed", "", 1)
    (shop / "events.jsonl").write_text(json.dumps(EVENTS[0]))
    assert diff("--events", "events.jsonl").exit_code == 0


async def deliver(home):
    """One event that was delivered in two steps."""
    text = encode({**EVENTS[0], "messageId": "m1", "receivedAt": "2026-01-01T00:00:00Z"})
    answers = [Response(200, body=b'{"id": "o-77"}'), Response(201)]
    async with SqliteStore(home) as store:
        to = (NewDelivery("books", "orders"),)
        await store.queue.append([Arrival("shop", "u", "m1", text, to)])
        (claim,) = await store.queue.claim("books", fresh=1)
        attempts = tuple(
            Attempt(1.0, 0.1, ok=True, status=one.status, response=one, step=at)
            for at, one in enumerate(answers)
        )
        await store.queue.settle([Settlement(claim, State.DELIVERED, attempts=attempts)])


def test_events_are_read_from_stdin_and_from_gzip(shop):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    packed = gzip.compress((shop / "events.jsonl").read_bytes())
    (shop / "events.jsonl.gz").write_bytes(packed)
    plain = (shop / "events.jsonl").read_text()
    assert found("--events", "events.jsonl.gz") == found("--events", "-", given=plain)
    (shop / "cut.gz").write_bytes(packed[:-12])
    done = diff("--events", "cut.gz", "--format", "json")
    assert json.loads(done.stdout)["rejected"] == 1


def test_a_bad_line_is_named_and_stops_nothing(shop):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    lines = [json.dumps(EVENTS[0]), "", "[]", "{", '{"type": "track"}', json.dumps(EVENTS[1])]
    (shop / "events.jsonl").write_text("\n".join(lines))
    report = json.loads(diff("--events", "events.jsonl", "--format", "json").stdout)
    assert (report["events"], report["rejected"]) == (2, 3)
    assert [one.partition(":")[0] for one in report["rejections"]] == ["line 3", "line 4", "line 5"]


def test_made_up_events_show_what_no_recorded_one_does(shop):
    edit(shop / "segue.yaml", "          note:", "          #note:")
    first, second = (diff("--generate", "300", "--format", "json").stdout for _ in "ab")
    assert first == second
    (mapping,) = json.loads(first)["mappings"]
    assert ("body/note", "removed") in [(one["place"], one["kind"]) for one in mapping["groups"]]


def test_many_events_are_shared_among_processes_and_nothing_is_lost(shop):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    with (shop / "many.jsonl").open("w") as file:
        for number in range(9_000):
            one = {**EVENTS[number % 3], "messageId": f"m{number}"}
            file.write(json.dumps(one) + "\n")
    assert found("--events", "many.jsonl") == [("body/order", "lower-cased", "", 3_000)]


# what cannot be compared, and what is never shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope", "--events", "events.jsonl"], 'nothing is called "nope"'),
        (["--upload-pack=x..HEAD", "--events", "events.jsonl"], "No such option"),
        (["HEAD:nope.yaml", "--events", "events.jsonl"], "there is no nope.yaml in HEAD"),
        (["HEAD:../up.yaml", "--events", "events.jsonl"], "outside of the repository"),
        (["--connection", "boks", "--events", "events.jsonl"], 'did you mean "books"?'),
        (["--mapping", "x", "--events", "events.jsonl"], "there are orders"),
        (["--plugins", "a..b", "--events", "events.jsonl"], "does not name two folders"),
        (["--events", "events.jsonl", "--generate", "3"], "choose one"),
        (["--events", "events.jsonl", "--since", "2h"], "choose recorded events only"),
        (["--events", "events.jsonl", "--source", "shp"], 'did you mean "shop"?'),
        ([], "there is no store in .segue"),
    ],
)
def test_what_cannot_be_compared_ends_with_two_and_a_sentence(shop, arguments, said):
    edit(shop / "segue.yaml", '{"@path": $.properties.id}', LOWER)
    done = diff(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_outside_of_a_repository_git_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    done = diff("--generate", "1")
    assert (done.exit_code, "not a git repository" in done.stderr) == (2, True)
    assert '"HEAD" is no file or folder' in done.stderr
    assert '"segue diff OLD.yaml NEW.yaml" compares two files' in done.stderr


def test_a_workspace_that_is_wrong_is_told_with_its_place(shop):
    edit(shop / "segue.yaml", "action: order", "action: ordr")
    done = diff("--events", "events.jsonl")
    assert (done.exit_code, 'did you mean "order"?' in done.stderr) == (2, True)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_no_secret_is_shown(shop, form):
    edit(shop / "segue.yaml", '"${ATLAS_KEY}"', "hunter2-hunter2")
    edit(shop / "segue.yaml", '{"@path": $.properties.note}', "hi")
    environment = {"ATLAS_KEY": "from-the-environment", "ATLAS_URL": "https://told.example"}
    done = CliRunner().invoke(
        main, ["diff", "--events", "events.jsonl", "--format", form], env=environment
    )
    assert done.exit_code == 1
    for secret in ("hunter2", "from-the-environment", "told.example"):
        assert secret not in done.stdout + done.stderr
    assert "other settings: key" in done.stdout.replace("\\", "")


def test_what_a_revision_names_beside_its_folder_is_taken_from_it_too(shop):
    (shop / "schemas").mkdir()
    (shop / "app").mkdir()
    schema = shop / "schemas" / "order.json"
    schema.write_text('{"properties": {"id": {"type": "string"}}}')
    named = "schemas: {track: {Order: {schema: ../schemas/order.json, enforce: block}}}\n"
    text = named + WORKSPACE.replace("./plugins", "../plugins")
    (shop / "app" / "segue.yaml").write_text(text)
    commit("schema")
    edit(schema, '{"type": "string"}', '{"type": "string", "pattern": "^b"}')
    assert found("-w", "app/segue.yaml", "--events", "events.jsonl") == [
        ("", "no longer sent", "it is refused on arrival (schema_violation)", 1)
    ]
