"""Segment's own clients, unmodified, as their registries have them, over a real socket."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from memory_intake import SOURCES, MemoryIntake
from server import served

from segue.ingest import Full, create_app
from segue.ingest.protocol import Protocol


SDKS = Path(__file__).parent / "sdks"
STORY = json.loads(SDKS.joinpath("story.json").read_text(encoding="utf-8"))
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
