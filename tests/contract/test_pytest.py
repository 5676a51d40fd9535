"""The kit as its user meets it: three lines, an installed pytest plugin, and what is printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


PAGE = (Path(__file__).parents[2] / "actions" / "README.md").read_text()
BROKEN = """
from segue import Destination, Request, action

ACME = Destination("acme", title="Acme", url="https://acme.example")


@action(ACME, "ticket", trigger='type = "track"', fields={"type": "object"})
def ticket(payload):
    '''Open a ticket.'''
    return Request.post("/tickets", json={"id": payload["id"]})
"""
FINE = BROKEN.replace('payload["id"]', 'payload.get("id")')
FEW = """
from hypothesis import settings

settings.register_profile("few", max_examples=10)
settings.load_profile("few")
"""
THREE = "import acme\nfrom segue.testing import contract\n\ntest_acme = contract(acme)\n"


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return "\n\n".join(one for one in found if not one.startswith("# plugins/"))


@pytest.fixture
def run(tmp_path):
    """Runs pytest in a folder with a plugin and its tests."""

    def pytest_on(plugin, tests, *arguments, ci="", quick=FEW):
        (tmp_path / "conftest.py").write_text(quick)
        (tmp_path / "acme.py").write_text(plugin)
        (tmp_path / "test_acme.py").write_text(tests)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        environ = {**os.environ, "CI": ci, "PYTEST_ADDOPTS": ""}
        ran = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    return pytest_on


def test_the_three_lines_of_the_authors_page_hold_its_plugin_to_its_contract(run, tmp_path):
    code, said = run(blocks("python"), blocks("py"), "-W", "error")
    assert code == 0, said
    recorded = tmp_path / "snapshots" / "acme.createTicket.json"
    assert f"segue: recorded {recorded}; look at it, and commit it" in said


def test_a_failure_is_a_name_and_a_sentence_without_a_traceback(run):
    code, said = run(BROKEN, THREE, "-k", "request")
    assert code == 1
    assert "test_acme[acme.ticket: any valid payload makes a request]" in said
    assert "perform raised KeyError: 'id' (acme.py:10).\n\nthe payload:\n    {}\n" in said
    assert "Traceback" not in said
    assert "segue/testing" not in said


def test_tests_in_several_processes_are_the_same_tests(run):
    code, said = run(FINE, THREE, "-n", "2", "-k", "sound or recorded")
    assert code == 0, said
    assert len(re.findall("segue: recorded", said)) == 1


def test_what_is_not_recorded_fails_in_ci(run, tmp_path):
    code, said = run(FINE, THREE, "-k", "recorded", ci="true")
    assert code == 1
    assert "its requests are not recorded: there is no snapshots/acme.ticket.json" in said
    assert not (tmp_path / "snapshots").exists()


def test_another_request_fails_until_it_is_recorded_anew(run, tmp_path):
    assert run(FINE, THREE, "-k", "recorded")[0] == 0
    other = FINE.replace("/tickets", "/cases")
    code, said = run(other, THREE, "-k", "recorded")
    assert code == 1
    assert '-        "url": "/tickets",\n+        "url": "/cases",' in said
    assert run(other, THREE, "-k", "recorded", "--segue-update")[0] == 0
    assert '"url": "/cases"' in (tmp_path / "snapshots" / "acme.ticket.json").read_text()


def test_recording_anew_is_refused_in_ci(run):
    code, said = run(FINE, THREE, "--segue-update", ci="true")
    assert code == 4
    assert (
        "--segue-update records requests anew, which a CI run (CI is set) is there to check" in said
    )


def test_a_skipped_promise_is_skipped_with_its_reason(run):
    skips = 'skip={"acme.ticket: it is pure": "it is not"}'
    code, said = run(FINE, THREE.replace("(acme)", f"(acme, {skips})"), "-rs")
    assert code == 0, said
    assert "SKIPPED [1]" in said
    assert "it is not" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ('acme, skip={"acme.ticket: it is pur": ""}', 'did you mean "acme.ticket: it is pure"?'),
        ('acme, answers={"acme.tickets": []}', 'did you mean "acme.ticket"?'),
        ('acme, settings={"akme": {}}', 'did you mean "acme"?'),
        ('acme, events=[{"type": "trck"}]', 'did you mean "track"?'),
        ("contract", "there is no Destination and no Action at the top of it"),
    ],
    ids=["skip", "answers", "settings", "events", "an empty module"],
)
def test_what_contract_is_told_wrongly_is_named_at_collection(run, arguments, sentence):
    tests = THREE.replace("contract(acme)", f"contract({arguments})")
    tests = tests.replace("contract(contract)", "contract(__import__('colorsys'))")
    code, said = run(FINE, tests)
    assert code == 2
    assert sentence in said


def test_the_pytest_plugin_imports_neither_segue_nor_hypothesis(run):
    tests = (
        "import sys\n\ndef test_it():\n    assert not {'segue', 'hypothesis'} & {*sys.modules}\n"
    )
    code, said = run("", tests, quick="")
    assert code == 0, said


@pytest.mark.parametrize("name", ["hypothesis", "pytest"])
def test_what_is_not_installed_is_named_with_what_to_install(name):
    script = f"import sys; sys.modules[{name!r}] = None\nimport segue.testing"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert f"segue.testing needs pytest and hypothesis, and {name} is not installed; " in ran.stderr
    assert "pip install 'segue[testing]' brings both" in ran.stderr
