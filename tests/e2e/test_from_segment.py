"""segue new action --from-segment, on every definition: good as it stands, and right once its function is written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from segue.cli import main


pytestmark = pytest.mark.xdist_group("from-segment")  # one run of the contract kit serves them all

FOLDER = Path(__file__).parents[1] / "data" / "definitions"
SLUGS = {
    "alone": "wave",
    "audience": "syncCrowd",
    "broken": "limp",
    "choices": "fileTicket",
    "conditions": "ship",
    "directives": "send",
    "dynamic": "post",
    "formats": "check",
    "forms": "fillForm",
    "hostile": "strike",
    "keys": "put",
    "listed": "note",
    "nesting": "placeOrder",
    "nulls": "clear",
    "presets": "log",
    "shapes": "sell",
    "types": "keepPerson",
}
EMPTY = "    raise NotImplementedError\n"
PLAIN = '    return Request.post("/things", json=dict(payload))\n'


def run(folder, *command):
    """A command in a folder; what it says, whatever came of it."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "CI": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def said():
    """What each command printed."""
    return {}


@pytest.fixture(scope="module")
def project(tmp_path_factory, said):
    """An action of each definition, each with a destination of its own."""
    folder = tmp_path_factory.mktemp("definitions")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, slug in SLUGS.items():
            file = str(FOLDER / f"{name}.json")
            arguments = ["new", "action", f"the-{name}.{slug}", "--from-segment", file]
            done = CliRunner().invoke(main, arguments)
            assert done.exit_code == 0, done.output
            said[name] = done.output
    return folder


@pytest.fixture(scope="module")
def kit(project):
    """The contract kit's verdicts by definition, on actions that are filled with a plain POST."""
    for file in project.glob("plugins/*/*.py"):
        file.write_text(file.read_text().replace(EMPTY, PLAIN))
    _, told = run(
        project, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--junitxml=kit.xml", "tests"
    )
    verdicts = {name: {} for name in SLUGS}
    for case in ET.parse(project / "kit.xml").iter("testcase"):
        (name,) = re.findall(r"\[the-(\w+)", case.get("name"))
        verdicts[name][case.get("name")] = [one.get("message") for one in case.findall("failure")]
    return verdicts, told


def test_every_definition_is_tried():
    assert sorted(SLUGS) == sorted(file.stem for file in FOLDER.glob("*.json"))


def test_what_is_written_is_as_ruff_would_have_it(project):
    rules = project / "rules-segue" / "pyproject.toml"
    if not rules.exists():
        assert run(project, "segue", "new", "destination", "rules", "--package")[0] == 0
    options = ("--config", str(rules), "--ignore", "INP001")
    assert run(project, "ruff", "check", *options, "plugins") == (0, "All checks passed!\n")
    assert run(project, "ruff", "format", "--check", "--isolated", "plugins")[0] == 0


def test_what_is_written_is_strictly_typed(project):
    assert run(project, "mypy", "--strict", "--cache-dir", os.devnull, "plugins")[1].startswith(
        "Success"
    )


@pytest.mark.parametrize("name", SLUGS)
def test_what_is_not_carried_over_is_printed_and_written(name, project, said):
    printed = re.findall(r"not carried over: ([^:\n]+)", said[name])
    files = [file.read_text() for file in project.glob(f"plugins/the_{name}/*.py")]
    written = " ".join(line[2:].strip() for text in files for line in text.splitlines())
    assert printed
    if name != "hostile":  # where it is escaped in two ways
        assert [one for one in printed if one not in written] == []


@pytest.mark.parametrize("name", SLUGS)
def test_it_passes_the_contract_kit_once_its_function_is_written(name, kit):
    verdicts, told = kit
    assert len(verdicts[name]) >= 15, told
    assert {check: why for check, why in verdicts[name].items() if why} == {}


def test_the_text_of_a_definition_did_nothing(kit, project):
    assert json.loads((FOLDER / "hostile.json").read_text())["name"].startswith('"""')
    assert {one.name for one in project.iterdir()} <= {
        "kit.xml", "plugins", "rules-segue", "segue.yaml", "tests", ".ruff_cache", ".hypothesis",
        ".pytest_cache",
    }  # fmt: skip
