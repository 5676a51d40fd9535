"""Events and answers whose every value is written to be run: on every page they are text."""

import json
import re
from urllib.parse import quote

import pytest
from console_site import confined, site
from playwright.sync_api import Page, expect
from server import served
from starlette.routing import Match

from segue.control.operations import perform
from segue.events import normalise
from segue.http import Request, Response
from segue.store import Attempt, Settlement, State


pytestmark = pytest.mark.browser

SCRIPT = "<script>window.ran = 'script'</script>"
IMAGE = "<img src=x onerror=\"window.ran = 'image'\">"
QUOTE = "\"' autofocus onfocus=\"window.ran = 'quote'\" onmouseover='window.ran = 1' x=\""
CLOSE = "</textarea></pre></title></option></style>" + SCRIPT + "{{ 7 * 7 }}${7*7}"
ALL = (SCRIPT, IMAGE, QUOTE, CLOSE)
ODD = "\u202e\0\u2028\x1b[31m" + "w" * 600


def hostile(number, kind, text):
    """An event that is made of the text wherever it can be."""
    whatever = {text: text, "email": text, "deep": {text: [text, {text: text}]}, "a": text}
    named = {"event": text} if kind == "track" else {"name": text} if kind == "page" else {}
    return {
        "type": kind,
        "messageId": f"{number}{text}",
        "userId": text,
        "context": {**whatever, "page": {"url": f"javascript:{text}", "title": text}},
        "traits" if kind == "identify" else "properties": whatever,
        **named,
    }


EVENTS = [
    hostile(number, kind, text)
    for number, (kind, text) in enumerate(
        (kind, text) for kind in ("identify", "track", "page") for text in (*ALL, ODD)
    )
]


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """A console whose store has such events, and a vendor's answers that are no better."""
    with site(tmp_path_factory.mktemp("hostile")) as found:
        found.run(fill, found.office, found.desk.clock())
        named = found.file.read_text().replace("the key of the team", f"{SCRIPT}{IMAGE}{QUOTE}")
        found.file.write_text(named)
        token = re.search(r'name="revision" value="(\w+)"', found.get("/sources").text)[1]
        found.post("/sources", {"name": "app", "revision": token})
        yield found


async def fill(office, now):
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(now, UTC)
    kept = [normalise(one, received_at=at, message_id=str) for one in EVENTS]
    await perform(office, "take", {"source": "website", "events": kept}, lambda _: None)
    ends = [State.DEAD, State.DELIVERED]
    while claims := await office.store.queue.claim("loops", fresh=10):
        for claim in claims:
            await office.store.queue.settle([ended(claim, ends[claim.delivery % 2], now)])
    await office.store.queue.hold("loops", "UNAUTHORIZED", f"{SCRIPT}{IMAGE}{QUOTE}")


def ended(claim, state, now):
    text = ALL[claim.delivery % len(ALL)]
    request = Request.post(f"https://x.test/{text}", json={text: text}, headers={"X-A": QUOTE})
    said = Response(400, {"x-b": QUOTE}, json.dumps({"message": text}).encode())
    tried = Attempt(now, 0.1, state is State.DELIVERED, "BAD", text, 400, request, said)
    return Settlement(claim, state, "OK" if tried.ok else "BAD", text, attempts=(tried,))


@pytest.fixture(scope="module")
def address(console):
    with served(confined(console.app)) as url:
        yield url


@pytest.fixture
def alert(page):
    """Fails the test when anything of an event has run, or was kept from it by the content policy alone."""
    page.set_default_timeout(30_000)
    seen = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda said: said.type in {"error", "warning"} and seen.append(said.text))
    missing = "the server responded with a status of 404"  # of an address that was made up
    page.on("pageerror", lambda error: seen.append(str(error)))
    yield
    assert [one for one in seen if missing not in one] == []


HARM = """() => ({
  ran: window.ran ?? null,
  scripts: [...document.scripts].filter(one => !one.src).length,
  handlers: [...document.querySelectorAll("*")].flatMap(one => [...one.attributes]
    .filter(name => name.name.startsWith("on") || name.value.trim().startsWith("javascript:")).map(() => one.outerHTML.slice(0, 90))),
  images: [...document.images].filter(one => one.getAttribute("src") === "x").length,
  across: document.querySelector("main") ? Math.max(0, document.documentElement.scrollWidth - innerWidth) : 0,
})"""
HARMLESS = {"ran": None, "scripts": 0, "handlers": [], "images": 0, "across": 0}


def places(console):
    """Every page, with something of an event, an answer or an address on it."""
    found = console.run(numbers, console.office.store.history)
    own = ["", "/mappings", "/mappings/contacts", "/mappings/events", "/test", "/deliveries"]
    own += ["/mappings/contacts/rename", "/new", "/new?action=sendEvent", "/filters", "/settings"]
    asked = quote(IMAGE + QUOTE)
    version = re.search(r'href="(/history/[^"]+)"', console.get("/history").text)[1]
    return [
        "/",
        "/connections",
        f"/connections/{asked}",
        f"/catalogue?q={asked}",
        f"/catalogue/{asked}",
        "/catalogue/loops",
        "/catalogue/loops/add",
        "/sources",
        "/history",
        version,
        f"/deliveries?user={asked}&code={asked}",
        f"/events?q={asked}",
        "/events/rows",
        *[f"/connections/loops{one}" for one in own],
        "/events",
        "/events?type=page",
        "/deliveries",
        "/deliveries/replay?state=dead",
        *[f"/events/{one}" for one in found[0]],
        *[f"/deliveries/{one}" for one in found[1]],
    ]


async def numbers(history):
    from segue.store import EventQuery, Query

    events = await history.events(EventQuery(), limit=50)
    deliveries = await history.search(Query(), limit=50)
    return [one.event for one in events.items], [one.delivery for one in deliveries.items]


def test_no_page_runs_anything_of_an_event_or_an_answer(page: Page, console, address, alert):
    found = {}
    page.set_viewport_size({"width": 375, "height": 700})
    for path in places(console):
        page.goto(f"{address}{path}")
        found[path] = page.evaluate(HARM)
    assert found == dict.fromkeys(found, HARMLESS)
    walked = [{"type": "http", "method": "GET", "path": path.partition("?")[0]} for path in found]
    pages = [one for one in console.app.routes if one.path != "/static/{name}"]
    missed = [
        one.path
        for one in pages
        if "GET" in one.methods and not any(one.matches(each)[0] is Match.FULL for each in walked)
    ]
    assert missed == []


def test_it_is_shown_as_the_text_it_is(page: Page, address, alert):
    page.goto(f"{address}/events?type=track")
    for text in ALL:
        expect(page.locator("#live")).to_contain_text(" ".join(text.split()))
    page.goto(f"{address}/deliveries?user={SCRIPT.replace(' ', '+')}")
    expect(page.get_by_label("User")).to_have_value(SCRIPT)
    expect(page.locator("tbody tr").first).to_contain_text(SCRIPT)


def test_what_is_typed_previewed_and_sent_back_is_text_too(page: Page, address, alert):
    page.goto(f"{address}/connections/loops/mappings/events")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("eventName")
    page.get_by_label("Event Name", exact=True).fill(f"$.{QUOTE}")
    with page.expect_response("**/rows"):
        page.get_by_label("Kind of value for Event Name").select_option("Text")
    page.get_by_label("Event Name", exact=True).fill(CLOSE)
    expect(preview).to_contain_text("</textarea></pre>")
    page.get_by_label("As text").fill(f'event = "{IMAGE}'.replace('"window', "'window"))
    expect(page.locator("#trigger-live")).not_to_be_empty()
    assert page.evaluate(HARM) == HARMLESS
