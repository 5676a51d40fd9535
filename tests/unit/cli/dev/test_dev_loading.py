"""Loading again and again: every file as it is now, what is wrong as it last worked."""

import asyncio
import os
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path

import pytest

from segue import Context
from segue.cli.dev.events import choices
from segue.cli.dev.preview import preview
from segue.cli.dev.shelf import Shelf
from segue.cli.dev.state import Project
from segue.delivery.watch import Watch
from segue.functions.host import Host
from segue.functions.library import Library
from segue.plugins import Catalogue


PLUGIN = """
from segue import Destination, Request, action, path

{slug_upper} = Destination("{slug}", title="Acme", url="https://acme.test")
FIELDS = {{"type": "object", "properties": {{"name": {{"type": "string", "mapping": path("$.event")}}}}}}

@action({slug_upper}, "put", trigger='type = "track"', fields=FIELDS)
def put(payload):
    return Request.post("/{path}", json=dict(payload))
"""


def plugin(path="one", slug="acme"):
    return PLUGIN.format(path=path, slug=slug, slug_upper=slug.upper())


@contextmanager
def unlimited():
    yield


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "acme.py").write_text(plugin())
    before = {name for name in sys.modules if name.startswith("segue_plugin_")}
    yield tmp_path
    for name in [one for one in sys.modules if one.startswith("segue_plugin_")]:
        if name not in before:
            del sys.modules[name]


@pytest.fixture
def shelf():
    return Shelf((), unlimited)


def url(catalogue, name="acme.put"):
    return catalogue.action(name).request({}).url


def test_a_file_saved_twice_in_a_second_with_the_same_size_is_read_again(folder, shelf):
    """Compiled files are told apart by second and size, so they are not used."""
    assert url(shelf.load(folder)) == "/one"
    time = (folder / "acme.py").stat().st_mtime_ns
    (folder / "acme.py").write_text(plugin("two"))
    os.utime(folder / "acme.py", ns=(time, time))
    assert url(shelf.load(folder)) == "/two"


@pytest.mark.parametrize(
    "wrong",
    [
        "def (",
        "1 / 0",
        "import missing_module",
        "raise SystemExit",
        plugin().replace("type =", "typ e"),
    ],
    ids=["syntax", "error", "import", "exit", "trigger"],
)
def test_a_file_that_is_wrong_is_reported_with_its_line_and_stays_as_it_was(folder, shelf, wrong):
    shelf.load(folder)
    (folder / "acme.py").write_text(wrong)
    found = shelf.load(folder)
    (problem,) = found.problems
    assert str(folder / "acme.py:") in str(problem)
    assert url(found) == "/one"
    (folder / "acme.py").write_text(plugin("two"))
    assert url(shelf.load(folder)) == "/two"


def test_a_file_that_never_worked_offers_nothing(folder, shelf):
    (folder / "acme.py").write_text("1 / 0")
    found = shelf.load(folder)
    assert (len(found.problems), "acme.put" in found.actions) == (1, False)


def test_a_file_that_is_wrong_leaves_the_others_alone(folder, shelf):
    shelf.load(folder)
    (folder / "acme.py").write_text("1 / 0")
    (folder / "other.py").write_text(plugin("two", "other"))
    found = shelf.load(folder)
    assert (url(found), url(found, "other.put")) == ("/one", "/two")


def test_a_name_that_a_standing_file_has_is_not_given_away_silently(folder, shelf):
    shelf.load(folder)
    (folder / "acme.py").write_text("1 / 0")
    (folder / "newer.py").write_text(plugin("two"))
    found = shelf.load(folder)
    assert url(found) == "/one"
    assert {one.plugin for one in found.problems} == {"acme.py", "newer.py"}


def test_a_file_that_is_gone_is_gone(folder, shelf):
    shelf.load(folder)
    (folder / "acme.py").unlink()
    assert "acme.put" not in shelf.load(folder).actions


@pytest.fixture
def package(folder):
    (folder / "acme.py").unlink()
    (folder / "acme").mkdir()
    (folder / "acme" / "__init__.py").write_text("from .put import put")
    (folder / "acme" / "put.py").write_text(plugin())
    return folder


def test_a_module_of_a_package_is_read_again(package, shelf):
    shelf.load(package)
    (package / "acme" / "put.py").write_text(plugin("two"))
    assert url(shelf.load(package)) == "/two"


def test_a_package_stays_as_it_was_with_all_its_modules(package, shelf):
    shelf.load(package)
    (package / "acme" / "put.py").write_text(plugin("two"))
    (package / "acme" / "late.py").write_text("1 / 0")
    found = shelf.load(package)
    assert [(one.plugin, one.line) for one in found.problems] == [("acme", 1)]
    assert url(found) == "/one"
    assert "segue_plugin_acme.late" not in sys.modules


def test_a_file_that_another_imports_is_read_again(folder, shelf, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    (folder / "_shared.py").write_text("PLACE = '/one'")
    source = (
        plugin()
        .replace('"/one"', "PLACE")
        .replace("from segue", "from _shared import PLACE\nfrom segue", 1)
    )
    (folder / "acme.py").write_text(source)
    shelf.load(folder)
    (folder / "_shared.py").write_text("PLACE = '/two'")
    assert url(shelf.load(folder)) == "/two"


def test_an_import_that_takes_too_long_is_reported(folder):
    @contextmanager
    def late():
        yield
        raise TimeoutError("it has run for 3 s and is not done")

    (problem,) = Shelf((), late).load(folder).problems
    assert "it has run for 3 s" in problem.reason


def test_a_function_that_is_wrong_is_reported_and_stays_as_it_was(tmp_path):
    library = Library(lasting=True)
    (tmp_path / "crm.py").write_text("def on_track(event): pass")
    first = library.extend(Catalogue({}, {}), tmp_path)
    (tmp_path / "crm.py").write_text("1 / 0")
    second = library.extend(Catalogue({}, {}), tmp_path)
    assert "crm.onTrack" in second.actions
    assert second.actions == first.actions
    assert [one.plugin for one in second.problems] == ["crm"]
    assert "crm.onTrack" not in Library().extend(Catalogue({}, {}), tmp_path).actions


# a project

WORKSPACE = """
version: 1
plugins: .
sources: {web: {write_key: k}}
connections:
  it:
    destination: acme
    base_url: https://base.test/hunter2
    settings: {token: hunter2}
    sources: [web]
    mappings:
      first: {action: put}
      second: {action: put, trigger: type = "page"}
"""


@pytest.fixture
def project(folder):
    schema = '{"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}}'
    source = plugin().replace(
        'url="https://acme.test"', f'url="https://acme.test", settings={schema}'
    )
    (folder / "acme.py").write_text(source)
    (folder / "segue.yaml").write_text(WORKSPACE)
    return Project(folder / "segue.yaml", folder, Shelf((), unlimited))


def shown(project, name):
    async def show():
        async with Host() as host:
            subject = project.load().subjects[name]
            event = choices(None)[0].pick(subject.mapping)
            return await preview(host, Watch(), subject, event)

    return asyncio.run(show())


def test_mappings_stand_for_the_actions_they_use(project):
    assert [*project.load().subjects] == ["it/first", "it/second"]


def test_an_action_that_no_mapping_uses_is_tried_by_itself(project, folder):
    (folder / "segue.yaml").write_text("version: 1\nplugins: .\n")
    assert [*project.load().subjects] == ["acme.put"]


def test_a_workspace_that_is_wrong_is_reported_with_its_line_and_stays_as_it_was(project, folder):
    project.load()
    (folder / "segue.yaml").write_text(
        WORKSPACE.replace("first: {action: put}", "first: {action: x}")
    )
    state = project.load()
    assert [*state.subjects] == ["it/first", "it/second"]
    (problem,) = state.problems
    assert (problem.file, problem.line) == (str(folder / "segue.yaml"), 12)
    (folder / "segue.yaml").write_text("version: [")
    assert [*project.load().subjects] == ["it/first", "it/second"]


def test_an_event_that_is_wrong_is_reported_and_the_last_good_one_stays(folder):
    event = folder / "event.json"
    event.write_text('{"type": "track", "event": "Good", "userId": "u"}')
    project = Project(folder / "segue.yaml", folder, Shelf((), unlimited), event=event)
    assert project.load().event.events[0]["event"] == "Good"
    event.write_text("{")
    state = project.load()
    assert (state.event.events[0]["event"], len(state.problems)) == ("Good", 1)
    assert event in project.roots.files


def test_a_preview_holds_no_secret(project):
    made = shown(project, "it/first")
    assert made.request.url == "https://base.test/[redacted]/one"
    assert "hunter2" not in "\n".join([*made.lines, repr(made.data)])


def test_a_preview_says_why_there_is_no_request(project, folder):
    source = (folder / "acme.py").read_text().replace("return Request", "return 1 / 0, Request")
    (folder / "acme.py").write_text(source)
    made = shown(project, "it/first")
    assert made.payload == {"name": "User Registered"}
    assert "ZeroDivisionError: division by zero (acme.py:" in made.problem


def test_a_preview_names_an_action_that_writes_to_its_payload_as_long_as_it_does(project, folder):
    good = (folder / "acme.py").read_text()
    wrong = good.replace("    return Request", '    payload["name"] = "x"\n    return Request')
    for source, named in [
        (wrong, True),
        (wrong, True),
        (wrong, True),
        (wrong, True),
        (good, False),
    ]:
        (folder / "acme.py").write_text(source)
        made = shown(project, "it/first")
        assert made.request is not None
        assert ("writes to the payload" in (made.problem or "")) == named


def test_an_async_action_shows_its_payload_alone(project, folder):
    source = (
        (folder / "acme.py")
        .read_text()
        .replace("def put(payload)", "async def put(payload, client)")
    )
    (folder / "acme.py").write_text(source)
    made = shown(project, "it/first")
    assert (made.payload, made.request) == ({"name": "User Registered"}, None)
    assert made.note.startswith("async")


def test_a_function_makes_its_request_in_its_own_process(tmp_path):
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "crm.py").write_text(
        textwrap.dedent("""
            import os
            from segue import Request
            def on_track(event):
                return Request.post("https://crm.test", json={"own": os.getpid() != PARENT})
        """).replace("PARENT", str(os.getpid()))
    )
    (tmp_path / "segue.yaml").write_text("version: 1\nfunctions: ./functions\n")
    project = Project(tmp_path / "segue.yaml", tmp_path / "s.json", Shelf((), unlimited))
    made = shown(project, "crm.onTrack")
    assert (made.payload, made.request.json) == (None, {"own": True})


def is_running(process):
    return Path(f"/proc/{process}").exists()


def test_processes_of_functions_that_are_no_longer_there_are_ended(tmp_path):
    (tmp_path / "crm.py").write_text(
        "import os\nfrom segue import Request\n"
        "def on_track(event):\n    return Request.post('https://crm.test', json=os.getpid())\n"
    )

    async def process_after(keeping):
        async with Host() as host:
            catalogue = Library().extend(Catalogue({}, {}), tmp_path)
            action = catalogue.action("crm.onTrack")
            asked = await host.script(action.single({}, {}, Context(), ())).ask(None)
            await host.keep({action.file} if keeping else ())
            return is_running(asked.json)

    assert [asyncio.run(process_after(keeping)) for keeping in (True, False)] == [True, False]
