"""Segment's own clients, unmodified, as their registries have them, over a real socket."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from memory_intake import SOURCES, MemoryIntake
from server import served
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from segue.ingest import Full, create_app
from segue.ingest.protocol import Protocol


SDKS = Path(__file__).parent / "sdks"
STORY = json.loads(SDKS.joinpath("story.json").read_text(encoding="utf-8"))
PYTHON = ["segment-analytics-python==2.3.4", "segment-analytics-python"]
NPM = ["@segment/analytics-node", "@segment/analytics-next"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Moody(MemoryIntake):
    """Has troubles first: they are raised in their order, ``late`` ones after the events are kept."""

    troubles: list[Exception] = field(default_factory=list)
    late: bool = False

    async def take(self, source: Any, events: Any) -> Any:
        if not self.troubles:
            return await super().take(source, events)
        if self.late:
            await super().take(source, events)
        raise self.troubles.pop(0)


@dataclass
class Api:
    url: str
    intake: Moody


@pytest.fixture
def api() -> Iterator[Api]:
    intake = Moody()
    with served(create_app(sources=SOURCES.get, intake=intake), http=Protocol) as url:
        yield Api(url, intake)


# getting the clients


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


# what must have arrived


def within(expected: Any, found: Any) -> bool:
    """Whether everything expected is there; clients add to it."""
    if isinstance(expected, dict):
        return all(key in found and within(expected[key], found[key]) for key in expected)
    return bool(expected == found)


def arrived(intake: MemoryIntake, story: Any = STORY) -> bool:
    """The whole story once, in order, from the right source, in the normal form."""
    assert intake.refused == []
    assert [name for name, _ in intake.taken] == ["web"] * len(story)
    events = intake.events
    assert [event["type"] for event in events] == [told["type"] for told in story]
    for told, event in zip(story, events, strict=True):
        assert within(told, event), (told, event)
        assert all(MOMENT.fullmatch(event[key]) for key in ("timestamp", "receivedAt"))
        assert event.keys().isdisjoint({"writeKey", "_metadata"})
        assert event.get("anonymousId", "some") is not None
        assert event["context"]["library"]["name"]
    return len({event["messageId"] for event in events}) == len(story)


# the clients


@pytest.mark.parametrize("encoding", ["plain", "gzip"])
def test_python_tells_its_story(python, api, encoding):
    assert python(api.url, encoding=encoding) == []
    assert arrived(api.intake)


def test_python_comes_again_when_nothing_can_be_kept(python, api):
    api.intake.troubles = [Full()]
    assert python(api.url) == []
    assert arrived(api.intake)


def test_python_comes_again_when_the_answer_was_lost_and_no_event_doubles(python, api):
    api.intake.troubles, api.intake.late = [OSError("no answer")], True
    assert python(api.url) == []
    assert arrived(api.intake)


def test_python_gives_up_at_once_with_an_unknown_key_and_says_why(python, api):
    """2.3.4 would try ten times over were there no code in the answer."""
    assert python(api.url, key="wk_nobody") == ["401 invalid_write_key"]
    assert api.intake.codes == ["unknown_source"]


@pytest.mark.node
def test_node_tells_its_story(node, api):
    assert node(api.url) == []
    assert arrived(api.intake)


@pytest.mark.node
def test_node_comes_again_and_no_event_doubles(node, api):
    api.intake.troubles, api.intake.late = [OSError("no answer"), Full()], True
    assert node(api.url) == []
    assert arrived(api.intake)


@pytest.mark.node
def test_node_gives_up_at_once_with_an_unknown_key(node, api):
    assert len(node(api.url, key="wk_nobody")) == len(STORY)
    assert api.intake.codes == ["unknown_source"]


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


@pytest.mark.node
@pytest.mark.browser
@pytest.mark.parametrize(
    "options",
    [
        {},
        {
            "integrations": {
                "Segment.io": {
                    "deliveryStrategy": {
                        "strategy": "batching",
                        "config": {"size": len(STORY), "timeout": 500},
                    }
                }
            }
        },
    ],
    ids=["standard", "batching"],
)
def test_analytics_js_tells_its_story_and_speaks_to_nobody_else(page, site, api, options):
    hosts, complaints = set(), []
    page.on("request", lambda request: hosts.add("/".join(request.url.split("/", 3)[:3])))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site)
    story = {"story": STORY, "writeKey": "wk_web", "cdnURL": api.url, "options": options}
    with page.expect_response(f"{api.url}/v1/{'b' if options else 'a'}"):
        page.evaluate("tell", story)
    assert arrived(
        api.intake, [*STORY[:-1], {**STORY[-1], "userId": "u-1"}]
    )  # it keeps who it knows
    assert (hosts, complaints) == ({site, api.url}, [])
    assert all(event["context"]["ip"] == "127.0.0.1" for event in api.intake.events)


@pytest.mark.node
@pytest.mark.browser
def test_analytics_js_comes_again_when_an_event_could_not_be_kept(page, site, api):
    api.intake.troubles = [Full()]
    page.goto(site)
    story = {"story": STORY, "writeKey": "wk_web", "cdnURL": api.url, "options": {}}
    with page.expect_response(
        lambda answer: (
            (answer.request.method, answer.status, answer.url) == ("POST", 200, f"{api.url}/v1/i")
        )
    ):
        page.evaluate("tell", story)
    kinds = [event["type"] for event in api.intake.events]
    assert sorted(kinds) == sorted(told["type"] for told in STORY)
