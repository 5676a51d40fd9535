"""Changing the workspace file through the console."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace

import pytest
from console_site import WORKSPACE, installed, site

from segue.console import saving
from segue.console.desk import LATER, REFUSED
from segue.console.reading import Reader
from segue.console.saving import Conflict, Refused, Saved
from segue.console.visit import Who
from segue.control import serve_control
from segue.workspace import parse_workspace
from segue.workspace.versions import Kept


ANN = Who("ann")
ENABLED = ("connections", "loops", "enabled")


def save(site, change, revision=None):
    reading = site.run(site.desk.read)
    return site.run(site.desk.save, revision or reading.revision, change, ANN, "Switch loops off")


def off(document):
    document.put(ENABLED, value=False)


def test_an_edit_is_in_the_file_with_its_comments(console):
    assert isinstance(save(console, off), Saved)
    text = console.file.read_text()
    assert "enabled: false" in text
    assert "# the key of the team" in text


def test_what_was_saved_is_read_at_once(console):
    save(console, off)
    assert not console.run(console.desk.read).workspace.connections["loops"].enabled


def test_an_edit_of_a_file_that_has_changed_since_is_a_conflict(console):
    revision = console.run(console.desk.read).revision
    console.file.write_text(console.file.read_text() + "# by hand\n")
    outcome = save(console, off, revision)
    assert isinstance(outcome, Conflict)
    assert outcome.text.endswith("# by hand\n")
    assert "enabled: false" not in console.file.read_text()


def test_an_edit_that_makes_the_file_wrong_is_refused_with_its_lines(console):
    before = console.file.read_text()
    outcome = save(console, lambda one: one.put(("connections", "loops", "destination"), "lops"))
    assert isinstance(outcome, Refused)
    assert [problem.line for problem in outcome.problems] == [6]
    assert console.file.read_text() == before


def test_an_edit_that_cannot_be_made_is_refused_with_its_place(console):
    outcome = save(console, lambda one: one.remove(("connections", "none")))
    assert outcome.problems[0].pointer == "/connections/none"


def test_a_file_that_may_not_be_written_is_not(console):
    console.file.chmod(0o444)
    assert not console.desk.writable
    assert isinstance(save(console, off), Refused)


@pytest.mark.parametrize("what", ["author", "message"])
def test_a_save_is_remembered_with_who_and_why(console, what):
    save(console, off)
    newest = console.desk.versions.versions()[0]
    assert getattr(newest, what) in {"ann", "Switch loops off"}


def test_what_was_judged_is_what_is_read_when_the_file_holds_it(tmp_path):
    file, parsed = tmp_path / "segue.yaml", []
    file.write_text("version: 1\nconnections: {}\n")

    def parse(document):
        parsed.append(document.text)
        return parse_workspace(document, installed(), environ={})

    reader, kept = Reader(file, parse), Kept(tmp_path / "versions")
    before = reader.read()
    outcome = saving.save(
        reader, kept, before.revision, lambda one: one.put(("sources",), {}), ANN, ""
    )
    assert reader.read().revision == outcome.revision
    assert parsed == [before.text, file.read_text()]


@pytest.fixture
def served(tmp_path):
    """``served(look)`` is a console beside a server that does this when it is asked to look."""

    @contextmanager
    def served(look):
        with site(tmp_path) as console:
            office = replace(console.office, look=look)
            manager = serve_control(console.desk.data, office)
            with console.portal.wrap_async_context_manager(manager):
                yield console

    return served


async def taken():
    return True


async def refused():
    return False


async def silent():
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("look", "note"),
    [(taken, ""), (refused, REFUSED), (silent, LATER)],
    ids=["taken", "refused", "silent"],
)
def test_a_server_is_told_of_a_save_and_heard(served, look, note):
    with served(look) as console:
        assert save(console, off).note == note


def test_a_save_where_nobody_serves_says_nothing_of_a_server(console):
    assert save(console, off).note == ""


def test_a_schema_that_is_put_right_is_read_though_the_file_stays_as_it_is(tmp_path):
    with site(tmp_path, f"{WORKSPACE}schemas: {{identify: person.json}}\n") as console:
        missing = console.run(console.desk.read)
        (tmp_path / "person.json").write_text('{"type": "object"}')
        there = console.run(console.desk.read)
    assert [one.pointer for one in missing.problems] == ["/schemas/identify"]
    assert there.workspace is not None
