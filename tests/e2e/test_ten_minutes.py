"""From nothing to an event at a new destination: the commands of actions/README.md, one after the other."""

import json
import os
import re
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

import pytest
from server import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


PAGE = (Path(__file__).parents[2] / "actions" / "README.md").read_text()
SECTION = PAGE.partition("## Ten minutes")[2].partition("\n## ")[0]
BLOCKS = [
    re.findall(r"^\$ (.+?)(?:  +#.*)?$", block, re.MULTILINE)
    for block in re.findall(r"^```console\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
]


@pytest.fixture
def clean(tmp_path):
    """A virtual environment where Segue is and no plugin, and the variables in which it is active."""
    place = tmp_path / "clean"
    command = [sys.executable, "-m", "venv", "--without-pip", place]
    subprocess.run(command, check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "segue-and-all-it-needs.pth").write_text(line)
    script = place / "bin" / "segue"
    script.write_text(f"#!{place}/bin/python\nfrom segue_command import main\n\nmain()\n")
    script.chmod(0o755)
    isolated = {"PIP_NO_BUILD_ISOLATION": "0"} if find_spec("hatchling") else {}
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "COLUMNS": "200"}
    return {**os.environ, "PATH": path, "CI": "", **quiet, **isolated}


@pytest.fixture
def vendor():
    """The address of Acme, and what it was sent."""
    told = []

    async def take(request: Request) -> JSONResponse:
        body = json.loads(await request.body())
        told.append((request.url.path, request.headers["authorization"], body))
        return JSONResponse({"ok": True})

    with served(Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])) as url:
        yield url, told


@pytest.fixture
def shell(tmp_path, clean):
    """``shell(command)`` runs a line of the page where the lines before it have led."""
    here = [tmp_path]

    def run(line):
        if line.startswith("cd "):
            here.append(here[-1] / line.removeprefix("cd "))
            return ""
        done = subprocess.run(
            ["bash", "-c", line.replace("=…", "=s3cret")],
            cwd=here[-1],
            env=clean,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        if done.returncode and "No matching distribution found for hatchling" in done.stderr:
            why = "no package index can be reached, and hatchling is not installed"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    return run


@pytest.fixture
def watching(tmp_path, clean):
    """``watching(command)`` is what ``segue dev`` tells, round by round."""
    running = []

    def start(line):
        process = subprocess.Popen(
            ["bash", "-c", f"exec env {line} --json --sample"],
            cwd=tmp_path / "acme-segue",
            env=clean,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        timer = Timer(60, process.kill)
        timer.start()
        running.append((process, timer))
        return map(json.loads, process.stdout)

    yield start
    for process, timer in running:
        timer.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.xdist_group("new")
def test_ten_minutes(tmp_path, shell, watching, vendor):
    """Scaffold, edit, see it, test it, build it, install it, find it, use it."""
    url, told = vendor
    (scaffold, enter, dev), (test, *build, listing, init, event, send), _ = BLOCKS
    for line in (scaffold, enter):
        shell(line)

    rounds = watching(dev)
    (first,) = next(rounds)["changes"]
    assert (first["name"], first["request"]["url"]) == (
        "acme.trackEvent",
        "https://api.acme.example/v1/events",
    )
    file = tmp_path / "acme-segue" / "src" / "acme_segue" / "__init__.py"
    edited = file.read_text().replace("https://api.acme.example/v1", url)
    file.write_text(edited.replace('"/events"', '"/signals"').replace('"name": ', '"signal": '))
    (second,) = next(rounds)["changes"]
    assert second["request"]["url"] == f"{url}/signals"
    assert any(one.startswith("+") and "signal" in one for one in second["diff"])

    assert re.search(r"\d\d passed", shell(test))
    for line in build:
        shell(line)
    assert "Event Name" in shell(listing)
    for line in (init, event):
        shell(line)
    shell(send)
    assert told == [
        ("/signals", "Bearer s3cret", {"signal": "Signed Up", "user": "u-1", "properties": {}})
    ]


def test_the_other_commands_of_the_page_write_what_they_say(tmp_path, shell):
    shell("segue new destination acme")
    *others, from_segment = BLOCKS[2]
    for line in others:
        shell(line)
    definition = {"actions": {"sync": {"fields": {}, "defaultSubscription": "type = "}}}
    (tmp_path / "metadata.json").write_text(json.dumps(definition))
    assert "not carried over: trigger" in shell(from_segment)
    written = {str(one.relative_to(tmp_path)) for one in tmp_path.glob("*/**/*.py")}
    assert {
        "plugins/acme/__init__.py",
        "plugins/acme/create_ticket.py",
        "plugins/acme/sync.py",
        "functions/crm.py",
    } <= written
