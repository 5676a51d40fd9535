"""Segment's own clients, through ``segue serve``, into Loops: each call as it should be, in order, once."""

import json
from pathlib import Path

import pytest
from running import KEY, until


STORY = json.loads((Path(__file__).parent / "sdks" / "story.json").read_text(encoding="utf-8"))
WORKSPACE = """
version: 1
sources:
  web: {write_key: wk_web}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL}/api/v1"
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [web]
    rate_limit: null
    mappings:
      people: {action: createOrUpdateContact}
      events: {action: sendEvent}
      pages:
        action: sendEvent
        trigger: type = "page"
        override: {eventName: {"@template": "Viewed {{name}} Page"}}
      companies:
        action: createOrUpdateContact
        trigger: type = "group"
        override: {customAttributes: {groupId: {"@path": $.groupId}, company: {"@path": $.traits.name}}}
      merges:
        action: sendEvent
        trigger: type = "alias"
        override:
          eventName: Merged
          userId: null
          email: {"@template": "{{previousId}}@example.com"}
          eventProperties: {into: {"@path": $.userId}}
"""


def calls(into):
    """What Loops must be asked for the story, in its order; clients add to the properties."""
    contact, event = "/api/v1/contacts/update", "/api/v1/events/send"
    identify, track, page, group, _ = STORY
    company = {"groupId": group["groupId"], "company": group["traits"]["name"]}
    person = {"userId": "u-1"}
    return [
        (contact, {**person, **identify["traits"], "source": "Segment"}),
        (event, {**person, "eventName": track["event"], "eventProperties": track["properties"]}),
        (
            event,
            {**person, "eventName": "Viewed Pricing Page", "eventProperties": page["properties"]},
        ),
        (contact, {**person, **company, "source": "Segment"}),
        (
            event,
            {
                "email": "u-1@example.com",
                "eventName": "Merged",
                "eventProperties": {"into": into},
            },
        ),
    ]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    return tmp_path


@pytest.fixture
def running(start):
    return start()


@pytest.fixture
def told(running, exchanges, ask, team):
    """``told(into)`` waits for the whole story, ends the program, and looks at what Loops was asked.

    ``into`` is whom the alias leads to. It may overtake the rest where that is another user:
    order across two ids is not promised.
    """

    def told(into="u-2"):
        until(lambda: [one["firstTry"] for one in ask("stats")] == [len(STORY)])
        assert running.end() == 0
        asked = [(one.path, json.loads(one.request)) for one in reversed(list(exchanges))]
        assert [one.status for one in exchanges] == [200] * len(STORY)
        if into != "u-1":
            asked.sort(key=lambda one: one[1].get("eventName") == "Merged")
        for (path, body), (wanted, least) in zip(asked, calls(into), strict=True):
            assert (path, within(least, body)) == (wanted, True), body
        assert team.audience.with_user("u-1").email == "ada@example.com"
        assert sorted(team.events) == ["Merged", "Report Shared", "Viewed Pricing Page"]

    return told


def within(expected, found):
    """Whether everything expected is there."""
    if isinstance(expected, dict):
        return all(key in found and within(expected[key], found[key]) for key in expected)
    return expected == found


@pytest.mark.parametrize("encoding", ["plain", "gzip"])
def test_python_reaches_loops(python, running, told, encoding):
    assert python(running.url, encoding=encoding) == []
    told()


@pytest.mark.node
def test_node_reaches_loops(node, running, told):
    assert node(running.url) == []
    told()


@pytest.mark.node
@pytest.mark.browser
def test_analytics_js_reaches_loops(page, site, running, told):
    """The browser keeps who it knows: its alias says u-1, and all is one lane."""
    page.goto(site)
    story = {"story": STORY, "writeKey": KEY, "cdnURL": running.url, "options": {}}
    with page.expect_response(f"{running.url}/v1/a"):
        page.evaluate("tell", story)
    told(into="u-1")
