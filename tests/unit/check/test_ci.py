"""The GitHub Action and the pre-commit hook: what they say is there, and what they run does what they say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


ROOT = Path(__file__).parents[3]
ACTION = ROOT / ".github" / "actions" / "check"
PARSED = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
STEPS = PARSED["runs"]["steps"]
PAGE = (ROOT / "runtime" / "segue" / "check" / "README.md").read_text("utf-8")
BLOCKS = [
    yaml.safe_load(one)
    for one in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
]
(WORKFLOW,) = [one for one in BLOCKS if "jobs" in one]
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")

MAPPED = """
version: 1
sources: {shop: {write_key: k}}
schemas:
  track: {Order Completed: order.json}
connections:
  emails:
    destination: loops
    settings: {apiKey: k}
    sources: [shop]
    mappings:
      orders:
        action: sendEvent
        trigger: type = "track" and event = "Order Completed"
        fields:
          eventName: order
          email: {"@path": $.properties.email}
"""
SCHEMA = {
    "type": "object",
    "required": ["email"],
    "additionalProperties": False,
    "properties": {"email": {"type": "string", "format": "email", "maxLength": 90}},
}


def test_every_expression_is_outside_of_the_scripts():
    """What somebody names a branch must not become a command."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_every_action_is_pinned():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert len(used) == 2
    assert all(re.fullmatch(r"[\w-]+(/[\w-]+)+@[0-9a-f]{40}", one) for one in used)


def test_inputs_and_outputs_are_those_that_are_used():
    used = {one for text in EXPRESSION.findall(json.dumps(PARSED)) for one in re.findall(r"inputs\.([\w-]+)", text)}  # fmt: skip
    assert used == {*PARSED["inputs"]}
    steps = {step["id"] for step in STEPS if "id" in step}
    asked = {one for text in EXPRESSION.findall(json.dumps(PARSED)) for one in re.findall(r"steps\.(\w+)\.", text)}  # fmt: skip
    assert asked == steps
    assert all(one["description"] for one in (*PARSED["inputs"].values(), *PARSED["outputs"].values()))  # fmt: skip


def test_the_example_uses_what_there_is():
    (job,) = WORKFLOW["jobs"].values()
    (step,) = [one for one in job["steps"] if one["uses"].partition("@")[0].endswith("/.github/actions/check")]  # fmt: skip
    assert {*step["with"]} <= {*PARSED["inputs"]}
    assert WORKFLOW["permissions"] == {"contents": "read", "security-events": "write", "pull-requests": "write"}  # fmt: skip
    assert all(f"`{name}`" in PAGE for name in (*PARSED["inputs"], *PARSED["outputs"]))


class Runner:
    """Runs an action's shell steps as GitHub would, with what the others leave for them."""

    def __init__(self, folder, inputs, base=""):
        self.folder, self.temp = folder, folder.parent / "temp"
        (self.temp / "bin").mkdir(parents=True)
        self.outputs, self.skipped, self.log, self.code = {}, [], "", 0
        values = {name: one["default"] for name, one in PARSED["inputs"].items()}
        values |= {"budget": "300ms", **inputs}
        self.known = {f"inputs.{name}": value for name, value in values.items()}
        self.known |= {"github.base_ref": base, "github.token": "t", "github.event.pull_request.number": "7"}  # fmt: skip
        shim = f'case "$*" in *"pip install"*) printf "%s\\n" "$@" >> "{self.temp}/pip";; *) exec {sys.executable} "$@";; esac'
        for name, text in {"python": shim, "gh": f'printf "%s\\n" "$@" > "{self.temp}/gh"'}.items():
            (self.temp / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
            (self.temp / "bin" / name).chmod(0o755)

    def run(self):
        for step in STEPS:
            if "if" in step and not self._decided(step["if"]):
                self.skipped.append(step.get("name"))
            elif "run" in step:
                self._shell(step)
        return self

    def _value(self, text):
        found = re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+)", text)
        return self.outputs.get(found[1], {}).get(found[2], "") if found else self.known[text]

    def _filled(self, text):
        return EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _decided(self, text):
        """Each comparison of a condition with a text; they are all joined by "and"."""
        parts = [one.split() for one in EXPRESSION.fullmatch(text)[1].split(" && ")]
        return all((self._value(left) == right.strip("'")) == (sign == "==") for left, sign, right in parts)  # fmt: skip

    def _shell(self, step):
        output, summary = self.temp / f"output-{step['name']}", self.temp / "summary"
        output.write_text("")
        environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SEGUE_", "GITHUB_"))},
            "PATH": f"{self.temp / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTION_PATH": str(ACTION), "RUNNER_TEMP": str(self.temp),
            **{key: self._filled(value) for key, value in step.get("env", {}).items()},
        }  # fmt: skip
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.log += ran.stdout + ran.stderr
        self.code = self.code or ran.returncode
        told = (line.partition("=") for line in output.read_text().splitlines())
        self.outputs[step.get("id")] = {name: value for name, _, value in told}

    @property
    def summary(self):
        file = self.temp / "summary"
        return file.read_text() if file.exists() else ""


def git(folder, *arguments):
    names = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A repository with a good workspace on its main branch, and a shallow clone of it to change."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    (origin / "segue.yaml").write_text(MAPPED)
    (origin / "order.json").write_text(json.dumps(SCHEMA))
    git(origin, "init", "-q")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "one")
    git(tmp_path, "clone", "-q", "--depth=1", origin.as_uri(), str(clone))
    return clone


def test_a_good_workspace_passes(repository):
    ran = Runner(repository, {}).run()
    assert (ran.code, ran.outputs["check"]["findings"]) == (0, "0"), ran.log
    assert ran.summary == "## segue check\n\nerrors: 0, warnings: 0, notes: 0\n\n"
    asked = (ran.temp / "pip").read_text().splitlines()
    assert Path(asked[-1]).resolve() == ROOT


def test_a_pull_request_that_breaks_a_mapping_fails_and_says_what_it_would_send(repository):
    file = repository / "segue.yaml"
    file.write_text(file.read_text().replace("$.properties.email", "$.properties.emial"))
    inputs = {"comment": "true", "plugins": "one two==2", "seed": "3"}
    ran = Runner(repository, inputs, base="main").run()
    assert ran.code == 1, ran.log
    assert int(ran.outputs["check"]["findings"]) >= 1
    assert "segue.yaml:17: error S005 " in ran.log
    assert "now refused" in ran.summary
    assert (ran.temp / "gh").read_text().splitlines()[:3] == ["pr", "comment", "7"]
    assert (ran.temp / "pip").read_text().splitlines()[-2:] == ["one", "two==2"]
    assert ran.skipped == []


def test_a_workspace_that_cannot_be_read_fails_and_uploads_nothing(repository):
    (repository / "segue.yaml").write_text("version: 1\nnonsense: 1\n")
    ran = Runner(repository, {"strict": "true", "budget": "2s"}).run()
    assert ran.code == 2
    assert "Show the findings in code scanning" in ran.skipped
    assert "nonsense" in ran.log


def test_a_workspace_that_is_new_has_nothing_to_be_compared_with(repository):
    (repository / "segue.yaml").rename(repository / "new.yaml")
    ran = Runner(repository, {"workspace": "new.yaml", "comment": "true"}, base="main").run()
    assert ran.code == 0
    assert "could not be told" in ran.summary
    assert ran.skipped == ["Comment on the pull request"]


def test_events_of_a_file_are_compared(repository):
    event = {"type": "track", "event": "Order Completed", "userId": "ada", "properties": {"email": "a@example.com"}}  # fmt: skip
    (repository / "events.jsonl").write_text(json.dumps(event) + "\n")
    file = repository / "segue.yaml"
    file.write_text(file.read_text().replace("eventName: order", "eventName: purchase"))
    ran = Runner(repository, {"events": "events.jsonl", "upload": "false"}, base="main").run()
    assert ran.code == 0, ran.log
    assert "eventName" in ran.summary


@pytest.mark.parametrize("name", ["$(touch owned)`touch owned`;touch owned", "--upload-pack=touch owned"])  # fmt: skip
def test_a_branch_cannot_name_a_command(repository, name):
    ran = Runner(repository, {"workspace": name, "plugins": "x", "seed": "0"}, base=name).run()
    assert ran.code != 0
    assert list(repository.rglob("owned")) == []


@pytest.fixture(scope="module")
def hook():
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("segue.yaml", True),
        ("shops/segue.yml", True),
        ("order_completed.json", True),
        ("checks/emails.orders.json", True),
        ("functions/crm.py", True),
        ("README.md", False),
        ("src/app.py", False),
        ("not-segue.yaml", False),
    ],
)
def test_the_hook_runs_for_what_a_check_reads(hook, file, wanted):
    assert bool(re.search(hook["files"], file)) is wanted
    assert hook["pass_filenames"] is False


def test_the_hook_runs_the_command_from_the_root_of_the_repository(hook, repository):
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def run():
        return subprocess.run(hook["entry"].split(), cwd=repository, env=environ, capture_output=True, text=True, check=False)  # fmt: skip

    assert run().returncode == 0
    file = repository / "segue.yaml"
    file.write_text(file.read_text().replace("$.properties.email", "$.properties.emial"))
    ran = run()
    assert (ran.returncode, "error S005" in ran.stdout) == (1, True)
    assert not (repository / "checks").exists()
