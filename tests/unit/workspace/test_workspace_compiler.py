"""A compiler that is kept: what has not changed since the file was read last is not compiled again."""

import pytest

from segue.workspace import parse_workspace
from segue.workspace.compiler import Compiler


TEXT = """
version: 1
connections:
  c:
    destination: crm
    settings: {token: abcd}
    mappings:
      m: {action: upsert, override: {score: 5}}
"""


@pytest.fixture
def maps(catalogue):
    """``maps(text)`` is the compiled mapping of a text, by a compiler that is kept."""
    compiler = Compiler()

    def maps(text=TEXT):
        made = parse_workspace(text, catalogue, environ={}, compiler=compiler)
        return made.connections["c"].mappings[0].map

    return maps


def test_the_same_mapping_is_compiled_once(maps):
    assert maps() is maps(f"{TEXT}# and a line\n")


def test_a_changed_mapping_is_compiled(maps):
    assert maps()({"userId": "u"}) == {"id": "u", "score": 5}
    assert maps(TEXT.replace("5", "6"))({"userId": "u"}) == {"id": "u", "score": 6}


def test_what_a_file_no_longer_has_is_forgotten(maps):
    before = maps()
    maps(TEXT.replace("5", "6"))
    assert maps() is not before
