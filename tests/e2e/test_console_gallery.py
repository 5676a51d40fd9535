"""Every part that the console's pages are made of, in a browser."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from segue.console import charts
from segue.console.reading import Reading
from segue.console.rendering import environment, static
from segue.console.security.headers import HEADERS
from segue.console.visit import LOCAL, Visit
from segue.errors import Problem


pytestmark = pytest.mark.browser

TEMPLATES = Path(__file__).parents[1] / "data" / "console"
NOW = 1_795_459_200.0
HOURS = [NOW - 3600 * back for back in range(24, 0, -1)]
DELIVERED = [420 + 90 * (hour % 7) - 12 * (hour % 5) ** 2 for hour in range(24)]
RETRIED = [(hour * 7) % 40 for hour in range(24)]
DISCARDED = [30 if hour in (9, 10) else hour % 3 for hour in range(24)]
ANSWERS = [0.09 + 0.02 * (hour % 4) + (0.2 if hour == 15 else 0) for hour in range(24)]
FAULTS = (
    Problem(
        "/connections/loops/mappings/contacts/action", "unknown action", "did you mean…", 14, 9
    ),
    Problem("", "something else is wrong", None, 31, 1),
)


def values():
    stack = [
        charts.Series("Delivered", DELIVERED, "good"),
        charts.Series("Retried", RETRIED, "warn"),
        charts.Series("Discarded", DISCARDED, "bad"),
    ]
    answers = [charts.Series("p95", [*ANSWERS[:6], None, *ANSWERS[7:]])]
    said = lambda seconds: f"{seconds * 1000:.0f} ms"  # noqa: E731
    return {
        "now": NOW,
        "spark": charts.sparkline(DELIVERED, "Deliveries an hour"),
        "spark_good": charts.sparkline(RETRIED, "Retries an hour", tone="good"),
        "spark_flat": charts.sparkline([0] * 24, "Deliveries an hour", tone="plain"),
        "stacked": charts.bars(HOURS, stack, "Deliveries an hour"),
        "stacked_table": charts.table(HOURS, stack, "Deliveries an hour"),
        "trend": charts.lines(HOURS, answers, "Time to answer", say=said),
        "trend_table": charts.table(HOURS, answers, "Time to answer", say=said),
        "reading": Reading("", "", None, ()),
        "visit": Visit("/connections/loops"),
        "who": LOCAL,
        "token": "t0ken",
        "said": "",
        "connections": {},
    }


SHOWN = {
    "/": ("gallery.html", {}),
    "/faults": ("gallery.html", {"reading": Reading("", "", None, FAULTS), "said": "Saved."}),
    "/login": ("entry.html", {}),
}


def app():
    templates = environment()
    templates.loader = ChoiceLoader([templates.loader, FileSystemLoader(TEMPLATES)])

    def page(request):
        name, more = SHOWN[request.url.path]
        return HTMLResponse(templates.get_template(name).render({"now": NOW, **values(), **more}))

    def file(request):
        content, type = static(request.path_params["name"])  # noqa: A001
        return Response(content, media_type=type)

    def rows(request):
        return HTMLResponse('<p><a href="#3">Fresh</a></p>')

    async def confine(request, answer):
        response = await answer(request)
        response.headers.update(HEADERS)
        return response

    return Starlette(
        routes=[
            *[Route(path, page) for path in SHOWN],
            Route("/static/{name}", file),
            Route("/events/rows", rows),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=confine)],
    )


@pytest.fixture
def gallery(serve, page):
    """The address of the gallery; a page that breaks its own content policy fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    page.on("pageerror", lambda error: complaints.append(("error", str(error))))
    yield serve(app())
    serious = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in serious if "status of 404" not in text] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_part_has_a_barrier(page: Page, gallery, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    for path in SHOWN:
        page.goto(f"{gallery}{path}")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_no_part_makes_a_page_scroll_sideways(page: Page, gallery):
    page.goto(f"{gallery}/faults")
    wide = {}
    for width in (320, 390, 800, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth") > width
    assert wide == dict.fromkeys(wide, False)


def test_every_control_is_large_enough_for_a_finger(browser, gallery):
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    page.goto(gallery)
    small = page.evaluate(SMALL)
    phone.close()
    assert small == []


SMALL = """() => [...document.querySelectorAll("button, .button, select, textarea, input:not([type=checkbox], [type=radio], [type=hidden])")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.9)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def plain(browser, gallery):
    """A page in a browser that runs no script, as narrow as a phone."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(gallery)
    yield page
    context.close()


def test_the_menu_needs_no_script(plain: Page):
    expect(plain.get_by_role("link", name="Live events")).to_be_hidden()
    plain.get_by_role("button", name="Menu").click()
    expect(plain.get_by_role("link", name="Live events")).to_be_visible()


def test_a_question_is_asked_before_what_cannot_be_undone_without_script(plain: Page):
    expect(plain.get_by_text("Delete the connection loops with its 3 mappings?")).to_be_hidden()
    plain.get_by_role("button", name="Delete connection").click()
    question = plain.get_by_role("dialog", name="Delete connection")
    expect(question).to_contain_text("Delete the connection loops with its 3 mappings?")
    expect(question.locator("form")).to_have_attribute("action", "/connections/loops/delete")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()


def test_keys_open_the_list_of_keys_the_search_and_other_pages(page: Page, gallery):
    page.goto(gallery)
    page.get_by_role("heading", level=1).click()  # a field that is wrong has the focus
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("searchbox")).to_have_value("?")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    press(shortcuts.get_by_role("checkbox", name="Let single keys do this"), "Space")
    press(shortcuts.get_by_role("button", name="Close"), "Enter")
    page.keyboard.press("?")
    expect(shortcuts).to_be_hidden()
    press(page.get_by_role("button", name="Shortcuts"), "Enter")
    press(shortcuts.get_by_role("checkbox"), "Space")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/deliveries")


def press(target, key):
    target.focus()
    target.press(key)


def test_moments_are_told_in_the_zone_of_the_viewer(browser, gallery):
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    page.goto(gallery)
    moment = page.locator(".timeline time").first
    shown, exact = moment.inner_text(), moment.get_attribute("title")
    context.close()
    assert (shown, exact) == ("24 Nov 2026, 03:38:30", "24 Nov 2026, 03:38:30 GMT+9")


def test_live_rows_wait_while_they_are_paused_and_keep_the_focus(page: Page, gallery):
    page.goto(gallery)
    button = page.get_by_role("button", name="Live", exact=True)
    button.click()
    expect(page.locator("[data-pause]")).to_have_text("Paused")
    ask = "htmx.ajax('GET', '/events/rows', {source: '#rows', target: '#rows'})"
    page.evaluate(ask)
    expect(page.get_by_role("link", name="User Registered")).to_be_visible()
    page.keyboard.press("p")
    page.get_by_role("link", name="User Registered").focus()
    page.evaluate(ask)
    expect(page.get_by_role("link", name="Fresh")).to_be_focused()
