"""segue new: what it writes is good as it stands, and it never harms what is there."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from segue.cli import main


pytestmark = pytest.mark.xdist_group("new")  # mypy's cache serves them all


def run(folder, *command, **more):
    """A command in a folder, as a person runs it there; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=folder,
        env={**os.environ, "CI": "", **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("mypy")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with one of each, an action of an installed destination among them."""
    folder = tmp_path_factory.mktemp("project")
    run(folder, "segue", "new", "function", "crm")
    run(folder, "segue", "new", "destination", "acme")
    run(folder, "segue", "new", "action", "acme.createTicket")
    run(folder, "segue", "new", "action", "loops.forgetEvent")
    return folder


@pytest.fixture(scope="module", params=["new destination acme-desk", "new action loops.makeTea"])
def package(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run(folder, "segue", *request.param.split(), "--package")
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The rules that a new package has for itself."""
    folder = tmp_path_factory.mktemp("rules")
    run(folder, "segue", "new", "destination", "rules", "--package")
    return folder / "rules-segue" / "pyproject.toml"


def test_a_new_project_is_as_ruff_would_have_it(project, rules):
    folders = ("plugins", "functions", "tests")
    run(project, "ruff", "check", "--config", rules, "--ignore", "INP001", *folders)
    run(project, "ruff", "format", "--check", "--isolated", *folders)


def test_a_new_project_is_strictly_typed(project, cache):
    run(project, "mypy", "--strict", "--cache-dir", cache, "plugins", "functions", "tests")


def test_a_new_project_passes_its_own_tests(project):
    said = run(project, "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert "acme.createTicket" in said
    assert "loops.forgetEvent" in said


def test_a_new_project_is_there_at_once(project):
    said = run(project, "segue", "test", "acme.trackEvent", "--dry-run")
    assert "https://api.acme.example/v1/events" in said
    assert "valid: 1 source, 1 connection" in run(project, "segue", "check")
    run(project, "segue", "test", "crm.onTrack", "--dry-run")


def test_a_new_package_is_as_ruff_would_have_it(package):
    run(package, "ruff", "check")
    run(package, "ruff", "format", "--check")


def test_a_new_package_is_strictly_typed(package, cache):
    run(package, "mypy", "--cache-dir", cache)


def test_a_new_package_passes_its_own_tests(package):
    run(package, "pytest", "-q", "-p", "no:cacheprovider")


def test_a_new_package_says_what_it_is(package):
    told = tomllib.loads((package / "pyproject.toml").read_text())
    ((name, module),) = told["project"]["entry-points"]["segue"].items()
    assert (name, told["project"]["name"]) == (package.name.removesuffix("-segue"), package.name)
    assert (package / "src" / module / "py.typed").exists()
    assert "license" not in told["project"]
    workflow = yaml.safe_load((package / ".github" / "workflows" / "ci.yml").read_text())
    steps = [one["run"] for one in workflow["jobs"]["test"]["steps"] if "run" in one]
    assert steps[1:] == ["ruff check", "ruff format --check", "mypy", "python -m pytest"]


# What is there


@pytest.fixture
def segue(tmp_path, monkeypatch):
    """``segue("new", …)`` runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def everything(folder: Path) -> dict[str, str]:
    return {str(one): one.read_text() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("new destination acme", "plugins/acme/__init__.py exists, and nothing is written over"),
        ("new function crm", "functions/crm.py, tests/test_crm.py exist, and nothing is written"),
        ("new destination loops", 'the name "loops" is taken by plugin "segue"'),
        ("new action loops.sendEvent", 'the name "loops.sendEvent" is taken by plugin "segue"'),
        ("new action lops.sendEvent", 'no destination is called "lops"; did you mean "loops"?'),
        ("new action acne.doIt", '"segue new destination acne" writes one'),
        ("new action sendEvent", "with a dot between: acme.sendEvent"),
        ("new action loops.send_event", 'did you mean "sendEvent"?'),
        ("new destination Acme!", 'did you mean "acme"?'),
        ("new function acme-desk", 'did you mean "acme_desk"?'),
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(segue, tmp_path, command, said):
    for file in ("plugins/acme/__init__.py", "functions/crm.py", "tests/test_crm.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("mine = 1\n")
    before = everything(tmp_path)
    done = segue(*command.split())
    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert everything(tmp_path) == before


def test_a_workspace_is_told_of_the_folder_and_of_nothing_else(segue, tmp_path):
    text = "# mine\nversion: 1\nsources: {web: {write_key: wk}}\n"
    (tmp_path / "segue.yaml").write_text(text)
    done = segue("new", "destination", "acme")
    assert "added plugins: ./plugins to segue.yaml" in done.output
    assert "apiKey: ${ACME_API_KEY:-not-yet}" in done.output
    added = (tmp_path / "segue.yaml").read_text()
    assert added.replace("plugins: ./plugins\n", "") == text


def test_a_workspace_that_cannot_be_changed_safely_is_left_alone(segue, tmp_path):
    (tmp_path / "segue.yaml").write_text("{version: 1}")
    done = segue("new", "function", "crm")
    assert "add to the top of segue.yaml: functions: ./functions" in done.output
    assert (tmp_path / "segue.yaml").read_text() == "{version: 1}"


def test_the_folders_that_a_workspace_names_are_used(segue, tmp_path):
    (tmp_path / "segue.yaml").write_text("version: 1\nplugins: code/mine\nfunctions: ./fn\n")
    (tmp_path / "code" / "mine").mkdir(parents=True)
    (tmp_path / "fn").mkdir()
    assert segue("new", "destination", "acme").exit_code == 0
    assert segue("new", "function", "crm").exit_code == 0
    assert (tmp_path / "code" / "mine" / "acme" / "__init__.py").exists()
    assert '"code/mine"' in (tmp_path / "tests" / "test_plugins.py").read_text()
    assert '"fn/crm.py"' in (tmp_path / "tests" / "test_crm.py").read_text()


def test_a_destination_in_one_file_is_to_become_a_package_first(segue, tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "segue.yaml").write_text("version: 1\nplugins: ./plugins\n")
    source = (
        'from segue import Destination\nA = Destination("acme", title="A", url="https://a.test")\n'
    )
    (tmp_path / "plugins" / "acme.py").write_text(source)
    done = segue("new", "action", "acme.doIt")
    assert "acme is one file, which no other can import; make a package of it" in done.output
    (tmp_path / "plugins" / "acme").mkdir()
    (tmp_path / "plugins" / "acme.py").rename(tmp_path / "plugins" / "acme" / "__init__.py")
    assert segue("new", "action", "acme.doIt").exit_code == 0
    assert "from . import A\n" in (tmp_path / "plugins" / "acme" / "do_it.py").read_text()


def test_a_function_has_no_actions_beside_its_handlers(segue):
    assert segue("new", "function", "crm").exit_code == 0
    done = segue("new", "action", "crm.doIt")
    assert "crm is a function; write another on_… into crm.py instead" in done.output


def test_no_package_is_built_on_a_loose_plugin(segue):
    assert segue("new", "destination", "acme").exit_code == 0
    done = segue("new", "action", "acme.doIt", "--package")
    assert "acme is a loose plugin, which no package can build on" in done.output
