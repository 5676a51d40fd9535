"""The pages tell the truth: their examples run, and they leave nothing out."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

import segue
from segue import Request, Response, compile_mapping, compile_trigger, hookspecs, load_plugins
from segue.cli import COMMANDS, main
from segue.cli.plugins import commands
from segue.modules import STOP
from segue.outcome import OutcomeError
from segue.plugins import HOOKS
from segue.server.metrics import Meter
from segue.store.records import Stats
from segue.workspace.model import Connection, Workspace


ROOT = Path(__file__).parent.parent
PAGES = [page for page in ROOT.glob("**/*.md") if not {".venv", "node_modules"} & set(page.parts)]
RUNNING = (ROOT / "runtime" / "segue" / "cli" / "README.md").read_text()
README = (ROOT / "README.md").read_text()
AUTHORS = (ROOT / "actions" / "README.md").read_text()
WORKSPACE_PAGE = (ROOT / "runtime" / "segue" / "workspace" / "README.md").read_text()
WORKSPACE_SCHEMA = ROOT / "schemas" / "segue_schemas" / "workspace.schema.json"
ARCHITECTURE = (ROOT / "runtime" / "ARCHITECTURE.md").read_text()


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def files(page):
    """The plugins of a page: a block may name its file, all others are one."""
    found = {}
    for block in blocks(page, "python"):
        named = re.match(r"# plugins/(\w+\.py)\n", block)
        name = named[1] if named else "acme.py"
        found[name] = f"{found.get(name, '')}\n\n{block}"
    return found


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """The destination that actions/README.md builds, loaded as its reader would load it."""
    folder = tmp_path_factory.mktemp("plugins")
    for name, source in files(AUTHORS).items():
        (folder / name).write_text(source)
    return load_plugins(folder=folder)


def test_the_authors_page_builds_a_destination_without_a_problem(catalogue):
    assert catalogue.problems == ()
    names = [name for name in catalogue.actions if name.startswith("acme.")]
    assert names == [
        "acme.addNote",
        "acme.createTicket",
        "acme.pingDesk",
        "acme.syncProfile",
        "acme.syncWatcher",
    ]


def test_the_authors_page_turns_its_event_into_its_request(catalogue):
    action, event = catalogue.action("acme.createTicket"), json.loads(blocks(AUTHORS, "json")[0])
    assert compile_trigger(action.trigger)(event)
    request = action.request(action.spec.coerce(compile_mapping(action.mapping)(event)))
    assert request.json == {
        "from": "ada@example.com",
        "title": "The door creaks",
        "priority": "high",
    }


def test_the_authors_generator_opens_a_ticket_where_there_is_none(catalogue):
    steps = catalogue.action("acme.addNote").steps({"email": "a@b.co", "subject": "s"})
    assert next(steps).url == "/customers/a%40b.co/ticket"
    assert steps.send(Response(404)).url == "/tickets"
    assert steps.send(Response(201, body=b'{"id":"t/1"}')).url == "/tickets/t%2F1/notes"


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b'{"error": "bad_token"}', "UNAUTHORIZED"), (b'{"error": "shut"}', "MESSAGE_REJECTED")],
)
def test_the_authors_generator_has_the_last_word_on_an_answer(catalogue, answer, code):
    steps = catalogue.action("acme.pingDesk").steps({})
    assert next(steps).url == "/bell"
    with pytest.raises(OutcomeError) as error:
        steps.send(Response(200, body=answer))
    assert error.value.outcome.code == code


def test_the_authors_presets_are_offered(catalogue):
    presets = catalogue.presets["acme"]
    assert [(one.name, one.override) for one in presets] == [
        ("Complaints", {}),
        ("Urgent complaints", {"urgent": {"@literal": True}}),
    ]


def test_the_authors_audience_is_mirrored(catalogue):
    action, left = catalogue.action("acme.syncWatcher"), {"type": "track", "event": "deleted"}
    made = action.request({"email": "a@b.co", "subject": "s"}, event=left)
    assert (made.method, made.url) == ("DELETE", "/watchers/a%40b.co")
    assert action.request({"email": "a@b.co", "subject": "s"}, sync_mode="add").method == "PUT"


def test_the_authors_batch_tells_its_payloads_apart(catalogue):
    action = catalogue.action("acme.syncWatcher")
    payloads = [{"email": f"{name}@b.co", "subject": "s"} for name in ("ann", "bob")]
    events = [{"type": "track", "event": "deleted"}, {"type": "track", "event": "new"}]
    steps = action.batch_steps(payloads, settings={}, contexts=[], events=events)
    assert [one["watches"] for one in next(steps).json] == [False, True]
    with pytest.raises(StopIteration) as end:
        steps.send(Response(200, body=b'[{"error": "unknown"}, {}]'))
    assert end.value.value == [
        segue.Discarded("unknown", "MESSAGE_REJECTED"),
        segue.Delivered(),
    ]


def test_the_authors_choices_are_found(catalogue):
    asking = catalogue.action("acme.createTicket").choosing("subject")
    steps = asking.steps(settings={}, payload={}, page=None)
    assert next(steps).url == "/subjects"
    with pytest.raises(StopIteration) as end:
        steps.send(Response(200, body=b'{"subjects": ["Doors"], "next": "d"}'))
    assert end.value.value == segue.Choices([segue.Choice("Doors")], "d")


def test_the_authors_destination_forgets_a_person(catalogue):
    (request,) = catalogue.destination("acme").forget(segue.Person("u/1"), {})
    assert request == Request.delete("/customers/u%2F1", accept={404})


def arriving(catalogue, source="web", **fields):
    event = {"type": "track", "event": "E", "userId": "ann", "messageId": "m1", **fields}
    return catalogue.hooks.revise(event, source)


def test_the_authors_hook_keeps_passwords_and_tests_out(catalogue):
    kept = arriving(catalogue, properties={"password": "hunter2", "plan": "pro"})
    assert kept["properties"] == {"plan": "pro"}
    assert (
        arriving(catalogue, userId="test-1").reason == 'plugin "acme.py": it is of a test account'
    )
    assert arriving(catalogue, source="staging").code == "DROPPED_BY_PLUGIN"
    assert not catalogue.hooks.errors


def test_the_authors_hook_tells_of_dead_letters(catalogue, caplog):
    settled = segue.Settled(7, "web", "crm", "open", "m1", "dead", "GONE", "410 gone", 1, 0, 0.0)
    catalogue.hooks.tell(settled)
    catalogue.hooks.tell(replace(settled, state="delivered"))
    assert caplog.messages == ["delivery 7 to crm: 410 gone"]


def test_the_authors_command_names_the_connections(catalogue):
    connections = {
        name: Connection(name, catalogue.destination(slug), {}, ())
        for name, slug in (("crm", "acme"), ("mail", "loops"))
    }
    run = SimpleNamespace(workspace=Workspace({}, connections))
    done = CliRunner().invoke(commands(catalogue.hooks)["acme"].command, obj=run)
    assert done.output == "crm\n"


def test_the_authors_regions_are_offered(catalogue):
    assert {"acme-eu", "acme-us"} <= set(catalogue.destinations)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_on_the_authors_page_and_used_there(catalogue, hook):
    section = AUTHORS.partition("## Hooks")[2].partition("\n## ")[0]
    assert f"**`{hook}({', '.join(HOOKS[hook])})`**" in section
    assert f"@hookimpl\ndef {hook}(" in section


@pytest.mark.parametrize("spec", [getattr(hookspecs, name) for name in HOOKS], ids=list(HOOKS))
def test_the_contract_of_every_hook_says_what_it_is_for(spec):
    assert len(spec.__doc__) > 20


def test_what_a_settled_delivery_tells_is_on_the_authors_page():
    section = AUTHORS.partition("## Hooks")[2].partition("\n## ")[0]
    assert [one.name for one in fields(segue.Settled) if f"`{one.name}`" not in section] == []


def test_every_variable_of_the_environment_is_on_the_page_about_running_it():
    code = [file.read_text() for file in (ROOT / "runtime").glob("**/*.py")]
    names = {name for text in code for name in re.findall(r'"(SEGUE_[A-Z_]+)"', text)}
    assert "SEGUE_TRACE_PLUGINS" in names
    assert sorted(name for name in names - {STOP} if f"`{name}" not in RUNNING) == []


def test_every_key_of_a_workspace_file_is_on_its_page():
    definitions = json.loads(WORKSPACE_SCHEMA.read_text())
    keys = {key for part in parts(definitions) for key in part.get("properties", {})}
    assert {"connections", "override", "rate_limit"} <= keys
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", WORKSPACE_PAGE)) == []


def parts(value):
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from parts(inner)


GROUP = click.Context(main)
ALL_COMMANDS = [("", main), *((name, main.get_command(GROUP, name)) for name in COMMANDS)]


@pytest.mark.parametrize(
    "command", [one for _, one in ALL_COMMANDS], ids=[n for n, _ in ALL_COMMANDS]
)
def test_every_command_and_every_option_says_what_it_does(command):
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    assert [one.opts for one in options if not one.help] == []


def test_every_option_before_a_command_is_on_the_page_about_running_it():
    options = [one.opts for one in main.params if isinstance(one, click.Option)]
    told = [
        any(f"`{name}" in RUNNING or name == "--version" for name in names) for names in options
    ]
    assert [names for names, known in zip(options, told, strict=True) if not known] == []


def test_every_command_is_in_the_readme():
    assert [name for name in COMMANDS if f"segue {name}" not in README] == []


SHOWN = [
    (str(page.relative_to(ROOT)), shown[1])
    for page in PAGES
    for block in blocks(page.read_text(), "console")
    for line in re.findall(r"^\$ ([^#&\n]+)", block, re.MULTILINE)
    for piece in line.split(" · ")
    if (shown := re.match(r"(?:\w+=\S+ )*segue (.+)", piece))
]


@pytest.mark.parametrize(("where", "shown"), SHOWN, ids=str)
def test_a_command_on_a_page_has_the_options_it_is_shown_with(where, shown, tmp_path, monkeypatch):
    (tmp_path / "plugins").mkdir()
    monkeypatch.chdir(tmp_path)
    arguments = [part for part in shlex.split(shown) if part != "…"]
    done = CliRunner().invoke(main, [*arguments, "--help"])
    assert (done.exit_code, done.output.partition(" ")[0]) == (0, "Usage:"), (where, done.output)


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "segue.service"
    unit.write_text(blocks(RUNNING, "ini")[0].replace("/opt/segue/bin/segue", sys.executable))
    done = subprocess.run([tool, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_starts_with_options_that_there_are():
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", RUNNING, re.MULTILINE)
    program, *arguments = json.loads(entry)
    assert program == "segue"
    assert CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0


def test_every_figure_is_on_the_page_and_no_other():
    stats = {"loops": Stats(first=1, p50=0.1, p95=0.2)}
    told = Meter(lambda: {("p", "h"): 1}).text(stats, stats).decode()
    figures = {*re.findall(r"^# TYPE (segue_\w+)", told, re.MULTILINE)}
    section = RUNNING.partition("## Metrics")[2].partition("\n## ")[0]
    assert {*re.findall(r"^\| `(segue_\w+)`", section, re.MULTILINE)} == {
        name for name in figures if not name.endswith("_created")
    }


def test_every_public_name_is_explained_on_the_authors_page():
    section = AUTHORS.partition("## Everything you may import")[2].partition("\n## ")[0]
    assert [name for name in segue.__all__ if f"`{name}`" not in section] == []


def test_public_names_are_there():
    assert [name for name in segue.__all__ if not hasattr(segue, name)] == []


def test_the_readmes_workspace_loads():
    (text,) = blocks(README, "yaml")
    workspace = segue.workspace.parse_workspace(
        text, load_plugins(), environ={"LOOPS_API_KEY": "k"}
    )
    assert list(workspace.connections) == ["loops"]


def test_the_readmes_action_loads(tmp_path):
    (tmp_path / "readme.py").write_text(blocks(README, "python")[0])
    assert load_plugins(folder=tmp_path).problems == ()


def test_every_dependency_has_its_reason():
    section = ARCHITECTURE.partition("## Dependencies")[2].partition("\n## ")[0]
    manifest = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", manifest, re.MULTILINE | re.DOTALL)
    names = re.findall(r'"([A-Za-z0-9_-]+)', listed[1])
    assert [name for name in names if name not in section] == []


def test_links_between_the_pages_lead_somewhere():
    links = [
        (page, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text())
    ]
    assert [(str(page), link) for page, link in links if not (page.parent / link).exists()] == []
