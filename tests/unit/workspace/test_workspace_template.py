"""The workspace that `segue init` writes."""

import re
from dataclasses import replace

import pytest

from segue import load_plugins
from segue.workspace import parse_workspace, template


@pytest.fixture(scope="module")
def loops():
    return load_plugins()


def test_it_loads_without_an_account_and_points_at_the_sandbox(loops):
    workspace = parse_workspace(template(), loops, environ={})
    connection = workspace.connections["loops"]
    sandbox = connection.destination.stand_in
    assert connection.settings == sandbox.settings
    assert connection.base == f"http://127.0.0.1:9000{sandbox.base}"
    assert workspace.notes == ()


def test_it_takes_one_s_own_key_from_the_environment(loops):
    workspace = parse_workspace(template(), loops, environ={"LOOPS_API_KEY": "mine"})
    assert workspace.connections["loops"].settings == {"apiKey": "mine"}


def test_it_tells_editors_where_its_schema_is():
    assert template().startswith("# yaml-language-server: $schema=segue.schema.json\n")


def test_its_commented_options_are_what_holds_without_them(loops):
    written = re.sub(
        r"^    # (?=enabled|rate_limit|concurrency|retry)", "    ", template(), flags=re.MULTILINE
    )
    assert written.count("#") < template().count("#")
    plain, full = (
        parse_workspace(text, loops, environ={}).connections["loops"]
        for text in (template(), written)
    )
    assert replace(full, mappings=()) == replace(plain, mappings=())
