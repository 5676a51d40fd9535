"""A console that runs knows the plugins as their files are now."""

import pytest

from segue.cli.console.installed import Installed
from segue.cli.setup import Setup
from segue.console.reading import Reader
from segue.workspace import parse_workspace


PLUGIN = """
from segue import Destination, Request, action

DESK = Destination("desk", title="{title}", url="http://desk.test")


@action(DESK, "put", trigger='type = "track"', fields={{"type": "object", "properties": {{}}}})
def put(payload):
    return Request.put("/contacts", json={{}})
"""
WORKSPACE = """
version: 1
plugins: ./plugins
sources: {web: {write_key: k}}
connections: {desk: {destination: desk, sources: [web], mappings: {put: {action: put}}}}
"""


@pytest.fixture
def console(tmp_path):
    """``write(title)`` saves a plugin, ``look()`` says what its destination is called on pages."""
    file, plugin = tmp_path / "segue.yaml", tmp_path / "plugins" / "desk.py"
    plugin.parent.mkdir()
    file.write_text(WORKSPACE)
    installed = Installed(Setup(file, tmp_path / "data"))

    def parse(text):
        return parse_workspace(text, installed.take(), environ={}, folder=tmp_path)

    reader = Reader(file, parse, others=installed.stamps)

    def write(title):
        text = title if title == "(" else PLUGIN.format(title=title)
        plugin.write_text(text)

    def look():
        reading = reader.read()
        said = installed.whole().destination("desk").title
        return said, reading.workspace.connections["desk"].destination.title

    return write, look


def test_a_changed_plugin_is_on_the_next_page(console):
    write, look = console
    write("Desk")
    assert look() == ("Desk", "Desk")
    write("A bigger desk")
    assert look() == ("A bigger desk", "A bigger desk")


def test_a_plugin_that_is_wrong_stays_as_it_last_worked(console):
    write, look = console
    write("Desk")
    look()
    write("(")
    assert look() == ("Desk", "Desk")
