"""segue suggest: what it prints, what it writes, and what it leaves alone."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from segue import ConfigError, load_plugins
from segue.cli import main
from segue.cli.setup import Setup
from segue.cli.suggest.applying import _save
from segue.control import own_store
from segue.events import parse
from segue.json import encode
from segue.store.values import Arrival
from segue.workspace import load_workspace
from segue.workspace.saving import ConflictError, read
from segue.workspace.versions import Kept


WORKSPACE = """\
version: 1
sources:
  website: {write_key: wk_website}
connections:
  loops:
    destination: loops
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [website]
    mappings:
      # everybody
      contacts:
        action: createOrUpdateContact
        override:
          lastName: null  # on purpose
          firstName: {"@path": "$.traits.nick"}   # theirs

      whole: {action: sendEvent, fields: {eventName: {"@path": "$.event"}, userId: u}}
  empty:
    destination: loops
    settings: {apiKey: "${LOOPS_API_KEY}"}
"""
EVENTS = [
    {"type": "identify", "userId": name, "traits": {"e_mail": f"{name}@b.co", "fname": name, "lname": "X", "joined": "2026-01-01T00:00:00Z", "newsletter": True}}
    for name in ("ann", "bob")
] + [
    {"type": "track", "event": "Paid", "userId": "ann", "properties": {"customer": {"email": "ann@b.co"}}},
    {"type": "bogus"},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LOOPS_API_KEY", "k")
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    (tmp_path / "events.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in EVENTS))
    return tmp_path


def run(folder, *arguments, **options):
    given = ["-w", str(folder / "segue.yaml"), "--data", str(folder / "data"), "suggest"]
    return CliRunner().invoke(main, [*given, *map(str, arguments)], **options)


def found(folder, *arguments):
    """For each mapping the fields and their paths."""
    done = run(folder, *arguments, "--events", folder / "events.ndjson", "--format", "json")
    assert done.exit_code == 0, done.output
    return {
        one["mapping"]: {
            ".".join(field["field"]): field["directive"]["@path"] for field in one["suggestions"]
        }
        for one in json.loads(done.stdout)
    }


CONTACT = {"createdAt": "$.traits.joined", "email": "$.traits.e_mail"}


def test_it_suggests_for_the_fields_of_which_the_file_says_nothing(folder):
    assert found(folder, "loops") == {
        "contacts": CONTACT,
        "whole": {"email": "$.properties.customer.email"},
    }


def test_one_mapping_may_be_named(folder):
    assert found(folder, "loops", "contacts") == {"contacts": CONTACT}


def test_less_sure_suggestions_are_shown_when_asked_for(folder):
    less = found(folder, "loops", "contacts", "--min", "possible")
    assert less == {"contacts": {**CONTACT, "subscribed": "$.traits.newsletter"}}


def test_it_says_how_sure_it_is_and_why(folder):
    done = run(folder, "loops", "contacts", "--events", folder / "events.ndjson")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines == [
        "loops / contacts  by 2 events",
        "createdAt  sure      $.traits.joined",
        '"joined" is another name for "created at"; in 100% of the events; "2026-01-01T00:00:00Z"',
        "email      sure      $.traits.e_mail",
        'the same name; in 100% of the events; "ann@b.co", "bob@b.co"',
    ]
    assert "left out, for being refused: 1 event" in done.stderr


def test_an_action_that_is_in_no_workspace_gets_a_whole_mapping(folder):
    done = run(folder, "loops.createOrUpdateContact", "--events", folder / "events.ndjson")
    assert done.stdout.endswith(
        """
createOrUpdateContact:
  action: createOrUpdateContact
  override:
    createdAt: {"@path": "$.traits.joined"}
    email: {"@path": "$.traits.e_mail"}
    firstName: {"@path": "$.traits.fname"}
    lastName: {"@path": "$.traits.lname"}
"""
    )


def test_applied_it_adds_lines_and_changes_none(folder):
    done = run(folder, "loops", "contacts", "--events", folder / "events.ndjson", "--apply")
    after = (folder / "segue.yaml").read_text()
    last = '          firstName: {"@path": "$.traits.nick"}   # theirs\n'
    added = '          createdAt: {"@path": "$.traits.joined"}\n          email: {"@path": "$.traits.e_mail"}\n'
    assert after == WORKSPACE.replace(last, last + added)
    assert [line for line in done.stdout.splitlines() if line.startswith(("+ ", "- "))] == [
        f"+{line}" for line in added.splitlines()
    ]
    assert [one.author != "" for one in Kept(folder / "data" / "versions").versions()] == [
        True,
        False,
    ]


def test_applied_again_it_has_nothing_to_add(folder):
    for _ in range(2):
        done = run(folder, "loops", "--events", folder / "events.ndjson", "--apply")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (0, "nothing to write")


def test_what_a_mapping_says_in_full_is_added_to_there(folder):
    run(folder, "loops", "whole", "--events", folder / "events.ndjson", "--apply")
    (line,) = [one for one in (folder / "segue.yaml").read_text().splitlines() if "whole" in one]
    assert line == (
        '      whole: {action: sendEvent, fields: {eventName: {"@path": "$.event"}, userId: u, '
        'email: {"@path": "$.properties.customer.email"}}}'
    )


def test_a_new_mapping_is_written_under_its_name(folder):
    arguments = (
        "--action",
        "createOrUpdateContact",
        "--events",
        folder / "events.ndjson",
        "--apply",
    )
    run(folder, "empty", "people", *arguments)
    workspace = load_workspace(
        folder / "segue.yaml", load_plugins(), environ={"LOOPS_API_KEY": "k"}
    )
    (made,) = workspace.connections["empty"].mappings
    assert (made.name, made.own_fields) == (
        "people",
        {"createdAt", "email", "firstName", "lastName"},
    )


def test_recorded_events_do_as_well(folder):
    async def fill():
        async with own_store(folder / "data", lambda: 1.0) as store:
            for number, sent in enumerate(EVENTS[:3]):
                one = parse(json.dumps(sent), received_at=datetime.now(UTC), message_id=lambda: "x")
                arrival = Arrival("website", "ann", f"m{number}", encode(one), ())
                await store.queue.append([arrival])

    asyncio.run(fill())
    done = run(folder, "loops", "contacts", "--format", "json")
    (one,) = json.loads(done.stdout)
    assert (one["events"], [field["field"] for field in one["suggestions"]]) == (
        2,
        [["createdAt"], ["email"]],
    )
    done = run(folder, "loops", "contacts", "--since", "1h")
    assert done.stdout == "loops / contacts: no event that its trigger matches\n"


@pytest.mark.parametrize("whole", [True, False], ids=["of the event", "of its traits"])
def test_a_schema_does_as_well(folder, whole):
    traits = {"type": "object", "properties": {"e_mail": {"type": "string", "format": "email"}}}
    schema = {"type": "object", "properties": {"traits": traits}} if whole else traits
    done = run(folder, "loops", "contacts", "--schema", "-", input=json.dumps(schema))
    assert done.stdout.splitlines()[:2] == [
        "loops / contacts  by a schema",
        "  email  sure      $.traits.e_mail",
    ]


def test_a_text_that_would_not_load_is_not_written(folder):
    file = folder / "segue.yaml"
    with pytest.raises(ConfigError, match="with the suggestions:1:10"):
        _save(Setup(file, folder / "data"), read(file), "version: 2\n")
    assert file.read_text() == WORKSPACE


def test_an_edit_that_was_made_meanwhile_is_kept(folder):
    file = folder / "segue.yaml"
    before = read(file)
    file.write_text(f"{WORKSPACE}# mine\n")
    with pytest.raises(ConflictError):
        _save(Setup(file, folder / "data"), before, WORKSPACE)
    assert file.read_text() == f"{WORKSPACE}# mine\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["loop"], 'did you mean "loops"?'),
        (["loops", "contact"], 'did you mean "contacts"?'),
        (["loops.sendEvnt"], 'did you mean "loops.sendEvent"?'),
        (["loops.sendEvent", "x"], "an action alone is enough"),
        (["loops.sendEvent", "--apply"], "name the connection"),
        (["empty"], "begin one with --action"),
        (["loops", "contacts", "--action", "sendEvent"], 'a mapping "contacts" already'),
        (["loops", "--action", "webhook.send"], "goes to loops, not to webhook.send"),
        (["loops", "--since", "1h", "--schema", "-"], "choose one of"),
    ],
    ids=str,
)
def test_what_is_asked_wrongly_is_said(folder, arguments, said):
    done = run(folder, *arguments)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
