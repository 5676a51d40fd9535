"""Finding what a plugin ships, and running it in a process of its own."""

import sys

import pytest

from segue import AuthorError
from segue.testing.calls import Call, Made, Stuck
from segue.testing.finding import find
from segue.testing.process import PATIENCE, Process


PLUGIN = """
import os
from segue import Destination, Request, action

ACME = Destination("acme", title="Acme", url="https://acme.example")

@action(ACME, "echo", trigger='type = "track"', fields={"type": "object"})
def echo(payload, context):
    while payload.get("hang"):
        pass
    if payload.get("die"):
        os._exit(3)
    return Request.post("/echo", json={**payload, "key": context.message_id})
"""
REGISTERED = (
    PLUGIN
    + """
from segue import hookimpl

def make(slug):
    return action(ACME, slug, trigger="true", fields={"type": "object"})(lambda payload: None)

@hookimpl
def segue_register():
    return [ACME, make("one"), make("two")]
"""
)


@pytest.fixture
def shipped(tmp_path):
    (tmp_path / "acme.py").write_text(PLUGIN)
    return find(tmp_path)


@pytest.fixture
def process(shipped):
    return Process(shipped.origins, limit=0.5)


def call(**payload):
    return Call("acme.echo", "perform", (payload,), {}, {})


def test_loose_files_and_packages_of_a_folder_are_found(tmp_path):
    (tmp_path / "acme.py").write_text(PLUGIN)
    package = tmp_path / "other"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "deep.py").write_text(PLUGIN.replace("acme", "other"))
    assert [one.name for one in find(tmp_path).actions] == ["acme.echo", "other.echo"]


def test_what_a_plugin_registers_is_what_it_ships(tmp_path):
    (tmp_path / "regs.py").write_text(REGISTERED)
    assert [one.name for one in find(tmp_path / "regs.py").actions] == ["acme.one", "acme.two"]


def test_nothing_to_test_is_named(tmp_path):
    with pytest.raises(AuthorError, match="no Destination and no Action at the top of it"):
        find(tmp_path)


def test_two_actions_of_one_name_are_named(tmp_path):
    (tmp_path / "regs.py").write_text(REGISTERED.replace('"two"', '"one"'))
    with pytest.raises(AuthorError, match=r'two actions are called "acme\.one"'):
        find(tmp_path)


def test_a_call_is_made_in_another_process(process):
    made = process.run(call(n=1))
    assert isinstance(made, Made)
    assert made.requests[0].json == {"n": 1, "key": "message-1"}
    assert made.fault is None


def test_a_call_that_hangs_is_killed_and_the_next_runs_in_a_new_process(shipped):
    process = Process(shipped.origins, limit=3.0)
    process.run(call())  # so that the plugin is there before time counts, also on a busy machine
    stuck = process.run(call(hang=True))
    assert isinstance(stuck, Stuck)
    assert stuck.place.startswith("acme.py:")
    assert isinstance(process.run(call()), Made)


def test_an_action_that_hangs_again_and_again_is_not_run_any_more(process):
    for _ in range(PATIENCE):
        process.run(call(hang=True))
    assert isinstance(process.run(call()), Stuck)


def test_a_plugin_that_ends_the_process_does_not_end_the_tests(process):
    ended = process.run(call(die=True))
    assert isinstance(ended, Stuck)
    assert ended.said(1) == "ended its process (exit status 3)"
    assert isinstance(process.run(call()), Made)


def test_a_plugin_that_cannot_be_imported_there_is_named_with_the_reason(tmp_path):
    (tmp_path / "picky.py").write_text(
        f"import os\nif os.getpid() != {__import__('os').getpid()}:\n    raise RuntimeError('not here')\n{PLUGIN}"
    )
    process = Process(find(tmp_path).origins, limit=0.5)
    with pytest.raises(
        AuthorError, match="cannot be imported in a process of its own: RuntimeError: not here"
    ):
        process.run(call())


def test_what_a_plugin_prints_is_not_taken_for_an_answer(tmp_path):
    (tmp_path / "loud.py").write_text(f"print('hello')\n{PLUGIN}")
    process = Process(find(tmp_path).origins, limit=0.5)
    assert isinstance(process.run(call()), Made)
    assert "segue_plugin_loud" in sys.modules
