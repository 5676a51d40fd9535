"""The Loops sandbox in a browser: the walk from a key to a contact and its events."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from segue_actions.loops.sandbox import DEMO_KEY, create_app


pytestmark = pytest.mark.browser

PATHS = ["/audience", "/events", "/properties", "/lists", "/keys", "/requests", "/nowhere"]


@pytest.fixture
def app():
    return create_app(rate=0, seed=1)


@pytest.fixture
def sandbox(app, serve, page):
    """The address of a sandbox; a page of it that breaks its own content policy fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield serve(app)
    assert [one for one in complaints if "with a status of 40" not in one] == []


@pytest.fixture
def send(sandbox):
    """``send("PUT", "/contacts/update", {...})`` with the demo key, or another."""

    with httpx.Client(base_url=f"{sandbox}/api/v1", trust_env=False) as client:

        def send(method, path, body, key=DEMO_KEY):
            headers = {"authorization": f"Bearer {key}"}
            return client.request(method, path, json=body, headers=headers)

        yield send


@pytest.fixture
def adam(send):
    body = {"email": "adam@loops.so", "userId": "test-user-a5h7xb", "firstName": "Adam"}
    more = {"favoriteColor": "blue", "favoriteNumber": 42, "shoeSize": 43}
    return send("PUT", "/contacts/update", {**body, **more}).json()["id"]


def test_a_generated_key_brings_a_contact_into_the_audience(page: Page, sandbox, send):
    page.goto(f"{sandbox}/settings?page=api")
    page.get_by_label("Name").fill("Segue")
    page.get_by_role("button", name="Generate key").click()
    key = page.get_by_role("status").locator("code").inner_text()
    send("PUT", "/contacts/update", {"email": "adam@loops.so", "firstName": "Adam"}, key=key)
    page.get_by_role("link", name="Audience").click()
    expect(page.get_by_role("row", name="adam@loops.so")).to_contain_text("Adam")
    page.get_by_role("link", name="API keys").click()
    expect(page.locator("body")).not_to_contain_text(key)


def test_a_resent_contact_changes_its_row(page: Page, sandbox, send, adam):
    send("PUT", "/contacts/update", {"userId": "test-user-a5h7xb", "favoriteColor": "teal"})
    page.goto(f"{sandbox}/audience")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row", name="adam@loops.so")).to_contain_text("teal")


def test_a_contact_tells_its_history_and_what_was_ignored(page: Page, sandbox, adam):
    page.goto(f"{sandbox}/audience")
    page.get_by_role("link", name="adam@loops.so").click()
    expect(page.get_by_role("heading", name="adam@loops.so")).to_be_visible()
    ignored = page.locator("section", has=page.get_by_role("heading", name="Ignored keys"))
    expect(ignored).to_contain_text("/shoeSize is not a property of this team")


def test_a_track_shows_up_among_the_events(page: Page, sandbox, send, adam):
    event = {"userId": "test-user-a5h7xb", "eventName": "User Registered"}
    send("POST", "/events/send", {**event, "eventProperties": {"plan": "Pro Annual"}})
    page.goto(f"{sandbox}/events")
    page.get_by_role("rowheader", name="User Registered").get_by_role("link").click()
    receipt = page.get_by_role("row", name="adam@loops.so")
    expect(receipt).to_contain_text("plan Pro Annual")


def test_searching_needs_no_script(page: Page, sandbox, send, adam):
    send("PUT", "/contacts/update", {"email": "grace@x.io"})
    page.goto(f"{sandbox}/audience")
    page.get_by_role("searchbox").fill("BLUE adam")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="adam@loops.so")).to_be_visible()


def test_a_key_is_revoked_in_two_steps(page: Page, sandbox, send):
    page.goto(f"{sandbox}/keys")
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_role("row", name="Demo key")).to_contain_text("Revoked")
    assert send("PUT", "/contacts/update", {"email": "a@x.io"}).status_code == 401


def test_a_property_is_added_by_hand(page: Page, sandbox):
    page.goto(f"{sandbox}/properties")
    page.get_by_label("Name, in camelCase").fill("shoe size")
    page.get_by_role("button", name="Add property").click()
    expect(page.get_by_role("alert")).to_contain_text("camelCase")
    page.get_by_label("Name, in camelCase").fill("shoeSize")
    page.get_by_label("Type").select_option("number")
    page.get_by_role("button", name="Add property").click()
    expect(page.get_by_role("row", name="Shoe Size")).to_contain_text("number")


def test_a_list_is_created_by_hand(page: Page, sandbox):
    page.goto(f"{sandbox}/lists")
    page.get_by_label("Name").fill("News")
    page.get_by_role("button", name="Create list").click()
    expect(page.get_by_role("row", name="News")).to_contain_text("Public")


def test_a_live_page_shows_what_arrives(page: Page, sandbox, send):
    page.goto(f"{sandbox}/audience")
    page.get_by_role("link", name="Live").click()
    send("PUT", "/contacts/update", {"email": "late@x.io"})
    expect(page.get_by_role("link", name="late@x.io")).to_be_visible(timeout=10_000)


def test_a_request_is_shown_with_both_bodies(page: Page, sandbox, adam):
    page.goto(f"{sandbox}/requests")
    page.get_by_role("link", name="/api/v1/contacts/update").click()
    expect(page.locator("pre").first).to_contain_text('"favoriteNumber": 42')
    expect(page.locator("pre").last).to_contain_text(adam)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(page: Page, sandbox, send, adam, width):
    send("POST", "/events/send", {"email": "adam@loops.so", "eventName": "e" * 400})
    page.set_viewport_size({"width": width, "height": 800})
    overflow = {}
    for path in [*PATHS, f"/audience/{adam}", "/requests/2"]:
        page.goto(f"{sandbox}{path}")
        overflow[path] = page.evaluate("document.documentElement.scrollWidth") - width
    assert overflow == dict.fromkeys(overflow, 0)


FAINT = """
() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const light = color => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number)
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  }
  const ground = element => {
    const color = getComputedStyle(element).backgroundColor
    return color.startsWith("rgb(") ? color : ground(element.parentElement)
  }
  const contrast = element => {
    const lights = [light(getComputedStyle(element).color), light(ground(element))]
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05)
  }
  const written = element => [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim())
  return [...document.querySelectorAll("body *")]
    .filter(element => element.checkVisibility() && written(element) && contrast(element) < 4.5)
    .map(element => element.outerHTML.slice(0, 80))
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(page: Page, sandbox, send, adam, scheme):
    send("POST", "/events/send", {"email": "nobody", "eventName": "e"})
    page.emulate_media(color_scheme=scheme)
    faint = []
    for path in [*PATHS, f"/audience/{adam}"]:
        page.goto(f"{sandbox}{path}")
        faint += [(path, element) for element in page.evaluate(FAINT)]
    assert faint == []


def test_every_control_has_a_name_and_the_page_a_language(page: Page, sandbox):
    for path in PATHS:
        page.goto(f"{sandbox}{path}")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for control in page.locator("input:not([type=hidden]), select, button").all():
            assert control.evaluate("e => (e.labels?.[0] ?? e).textContent.trim()")
        assert re.search(r"\w", page.title())
