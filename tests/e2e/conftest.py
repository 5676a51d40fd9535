"""What the end-to-end tests have in common: a browser, the running program, Segment's own clients.

Chromium is Debian's; without it these tests are skipped, or fail where CI says that it must be there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from running import WORKSPACE, Running
from server import served
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from segue import load_plugins


SDKS = Path(__file__).parent / "sdks"
PYTHON = ["segment-analytics-python==2.3.4", "segment-analytics-python"]
NPM = ["@segment/analytics-node", "@segment/analytics-next"]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM.exists():
        reason = f"no Chromium at {CHROMIUM}; install it with: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def base_url() -> None:
    """There is none: every test serves its own. (The plugin's own fixture warns on pytest 9.)"""


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """``serve(app)`` runs an ASGI application on a free port and returns its address."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))


# the running program


@pytest.fixture
def loops():
    """A Loops sandbox, not served yet."""
    return load_plugins().destination("loops").stand_in.open()


@pytest.fixture
def sandbox(serve, loops):
    """The Loops team behind a port, and the environment that leads to it."""
    key = load_plugins().destination("loops").stand_in.settings["apiKey"]
    return loops.state.team, {"LOOPS_URL": serve(loops), "LOOPS_API_KEY": str(key)}


@pytest.fixture
def team(sandbox):
    return sandbox[0]


@pytest.fixture
def exchanges(loops):
    """What Loops was asked, the latest first."""
    return loops.state.exchanges


@pytest.fixture
def environ(sandbox):
    return {"PATH": os.environ["PATH"], "COLUMNS": "200", "HOME": "/nonexistent", **sandbox[1]}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return tmp_path


@pytest.fixture
def start(folder, environ):
    """``start()`` runs ``segue serve`` in the folder; what still runs at the end is killed."""
    with ExitStack() as ends:

        def start(*options, **more):
            running = Running(folder, {**environ, **more}, *options)
            ends.callback(running.close)
            return running.ready()

        yield start


@pytest.fixture
def segue(folder, environ):
    """``segue("stats", "--json")`` runs a command in the folder."""

    def run(*arguments, input="", **more):  # noqa: A002
        return subprocess.run(
            [sys.executable, "-m", "segue", *arguments],
            cwd=folder,
            input=input,
            env={**environ, **more},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def ask(segue):
    """``ask("stats", "--json")`` is the JSON that a command prints."""

    def ask(*arguments, **more):
        answer = segue(*arguments, "--json", **more)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return ask


# Segment's own clients


@pytest.fixture(scope="session")
def install(pytestconfig: pytest.Config) -> Callable[..., Path]:
    """``install(name, *command)`` is a folder that the command filled, once; "{}" is its place."""
    cache = pytestconfig.cache.mkdir("sdks")

    def install(name: str, *command: str) -> Path:
        folder = cache / name
        if not folder.exists():
            if not shutil.which(command[0]):
                give_up(f"{command[0]} not found")
            fresh = tempfile.mkdtemp(dir=cache)
            run(command[0], *[part.format(fresh) for part in command[1:]])
            move(fresh, folder)
        return folder

    return install


def move(fresh: str, folder: Path) -> None:
    try:
        Path(fresh).rename(folder)
    except OSError:  # another worker was faster
        shutil.rmtree(fresh)


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        give_up(f"{command[0]} failed: {' '.join(done.stderr.split())[-300:]}")


def give_up(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@pytest.fixture(scope="session", params=PYTHON)
def python_sdk(request: pytest.FixtureRequest, install: Callable[..., Path]) -> Path:
    name = re.sub(r"\W+", "-", request.param)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return install(name, *pip, "--target", "{}", request.param)


@pytest.fixture(scope="session")
def npm_sdks(install: Callable[..., Path]) -> Path:
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    return install("npm", "npm", "install", "--prefix", "{}", *quiet, *NPM)


def tell(*command: object) -> list[str]:
    """Have a client tell the story; what it says went wrong, a line each."""
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


@pytest.fixture
def python(python_sdk: Path) -> Callable[..., list[str]]:
    def python(url: str, key: str = "wk_web", encoding: str = "plain") -> list[str]:
        return tell(sys.executable, SDKS / "send.py", python_sdk, url, key, encoding)

    return python


@pytest.fixture
def node(npm_sdks: Path) -> Callable[..., list[str]]:
    def node(url: str, key: str = "wk_web") -> list[str]:
        return tell("node", SDKS / "send.mjs", npm_sdks, url, key)

    return node


@pytest.fixture
def site(npm_sdks: Path) -> Iterator[str]:
    """A website that uses analytics.js; to the API it is a foreign origin."""
    umd = npm_sdks / "node_modules/@segment/analytics-next/dist/umd"
    routes = [
        Route("/", lambda _: FileResponse(SDKS / "page.html")),
        Route("/favicon.ico", lambda _: FileResponse(SDKS / "page.html")),
        Mount("/umd", StaticFiles(directory=umd)),
    ]
    with served(Starlette(routes=routes)) as url:
        yield url
