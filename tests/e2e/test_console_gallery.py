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
    templates = environment(lambda: NOW)
    templates.loader = ChoiceLoader([templates.loader, FileSystemLoader(TEMPLATES)])

    def page(request):
        name, more = SHOWN[request.url.path]
        return HTMLResponse(templates.get_template(name).render({**values(), **more}))

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
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield serve(app())
    assert [one for one in complaints if "status of 404" not in one] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_part_has_a_barrier(page: Page, gallery, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    for path in SHOWN:
        page.goto(f"{gallery}{path}")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
