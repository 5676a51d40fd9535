"""Every page of the console, with four days behind it: for every eye, by keyboard alone, and for readers."""

import re

import charter
import pytest
from anyio.from_thread import start_blocking_portal
from axe_playwright_python.sync_playwright import Axe
from browsing import ADA, sealed
from console_site import confined
from playwright.sync_api import Page, expect
from server import served

from segue.console.pages import PLACES
from segue.console.security import Guard
from segue.console.security.door import open_door
from segue.console.security.hosts import LOOPBACK


pytestmark = pytest.mark.browser

DESKTOP, PHONE = ({"width": width, "height": 900} for width in (1280, 375))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("charter")
    with start_blocking_portal() as portal:  # a browser has left an event loop running here
        portal.call(charter.tell, made)
    return made


@pytest.fixture(scope="module")
def address(folder):
    """Where the console of the charter is."""
    with served(confined(charter.console(folder))) as url:
        yield url


@pytest.fixture(scope="module")
def paths(browser, address):
    page = browser.new_page()
    found = charter.pages(page, address)
    page.close()
    return {**found, "events": "/events?user=usr_4821", "deliveries": "/deliveries?user=usr_4821"}


@pytest.fixture(autouse=True)
def steady(page):
    page.set_default_timeout(30_000)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(DESKTOP)


@pytest.fixture(autouse=True)
def quiet(page):
    """A page that breaks its content policy, or has an error, fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    page.on("pageerror", lambda error: complaints.append(("error", str(error))))
    yield
    serious = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in serious if not re.search(r"status of 4(04|03)", text)] == []


def test_no_page_has_a_barrier_on_a_desktop_or_a_phone_light_or_dark(page: Page, address, paths):
    found = {}
    for name, path in paths.items():
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(DESKTOP)
        page.goto(f"{address}{path}")
        found[name, "light", "desktop"] = barriers(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size(PHONE)
        found[name, "dark", "phone"] = barriers(page)
        across = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[name, "width", "phone"] = [across] if across > 0 else []
    assert {key: one for key, one in found.items() if one} == {}


def barriers(page):
    """What axe finds, each with where it is."""
    said = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in said]


FOCUS = """() => {
  const on = document.activeElement
  if (on === document.body) return null
  const style = getComputedStyle(on), box = on.getBoundingClientRect()
  window.stops ??= [...document.querySelectorAll("*")]
  const lit = one => getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) > 0
  const seen = lit(on) || [...document.querySelectorAll(":has(:focus-visible)")].some(lit)
  return {at: window.stops.indexOf(on), seen, html: on.outerHTML.slice(0, 100), width: box.width}
}"""
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0 && one.type !== "hidden")
  .filter(one => one.type !== "radio" || one.checked)
  .map(one => [[...document.querySelectorAll("*")].indexOf(one), one.outerHTML.slice(0, 100)])"""


def test_every_page_is_walked_by_tab_alone_in_its_order_with_the_focus_in_sight(
    page: Page, address, paths
):
    page.route("**/*", unless_swapped)  # nothing is replaced under the walker's feet
    wrong = {}
    for name, path in paths.items():
        page.goto(f"{address}{path}")
        wanted = dict(page.evaluate(STOPS))
        met = list(tabbed(page))
        order = [one["at"] for one in met]
        wrong[name] = {
            "unreached": [html for at, html in wanted.items() if at not in order],
            "disordered": order if order != sorted(order) else [],
            "unseen": [one["html"] for one in met if not one["seen"]],
        }
    assert {name: one for name, one in wrong.items() if any(one.values())} == {}


def unless_swapped(route):
    """Lets whole pages come; what would replace a part of one is left without an answer."""
    if "hx-request" not in route.request.headers:
        route.continue_()


def tabbed(page):
    """Where the focus is after each Tab, until it leaves the page; inner stops of one field count once."""
    last = None
    for _ in range(600):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here is None or (last is not None and here["at"] < last):
            return
        if here["at"] != last:
            yield here
        last = here["at"]


def test_menus_and_questions_open_and_close_by_keyboard_and_give_the_focus_back(
    page: Page, address
):
    page.goto(f"{address}/connections/loops")
    hold = page.get_by_role("main").get_by_role("button", name="Hold").first
    hold.press("Enter")
    question = page.get_by_role("dialog", name="Hold")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(hold).to_be_focused()
    page.locator("summary").first.press("Enter")
    expect(page.get_by_role("table").first).to_be_visible()
    page.set_viewport_size(PHONE)
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    expect(page.get_by_role("link", name="Live events")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Live events")).to_be_hidden()
    expect(menu).to_be_focused()


def test_times_are_asked_and_charted_in_the_zone_of_whoever_looks(browser, address):
    page = browser.new_context(timezone_id="Asia/Kolkata").new_page()
    page.goto(f"{address}/deliveries?since=2026-06-10T12:00")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-06-10T17:30")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**since=2026-06-10T12%3A00**")
    page.goto(f"{address}/connections/loops")
    marks = page.locator("svg.plot text[data-hour]")
    expect(marks.first).to_contain_text(":30")
    expect(page.locator("svg.plot g title").first).not_to_contain_text("UTC")
    page.context.close()


def test_a_reader_sees_every_page_and_nothing_that_changes_something(page: Page, folder, paths):
    door = open_door(folder / "data", LOOPBACK, unlocked=False)
    door.accounts.put("ada", "reader", sealed(ADA), lambda size: b"m" * size)
    with served(Guard(charter.console(folder), door)) as url:
        page.goto(f"{url}/connections")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(ADA)
        page.get_by_role("button", name="Sign in").click()
        forms = {}
        for name, path in paths.items():
            page.goto(f"{url}{path}")
            forms[name] = page.evaluate(CHANGING)
        assert forms == {name: [] for name in paths if name != "add"} | {"add": forms["add"]}
        posts = [re.sub(r"\{\w+\}", "loops", one.path) for one in PLACES if one.method == "POST"]
        answers = page.evaluate(ASK, [token(page), posts])
        assert answers == [[path, 403] for path in posts]


CHANGING = """() => [...document.querySelectorAll("form[method=post]")]
  .filter(one => !one.action.endsWith("/logout") && one.querySelector("button:not([type=button], [disabled], .hidden)"))
  .map(one => one.action)"""
ASK = """([token, paths]) => Promise.all(paths.map(path =>
  fetch(path, {method: "POST", body: new URLSearchParams({token})}).then(answer => [path, answer.status])))"""


def token(page):
    return page.locator("input[name=token]").first.get_attribute("value")
