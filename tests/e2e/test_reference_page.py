"""The HTML that segue docs writes, in a browser."""

import subprocess
import sys

import pytest


pytestmark = pytest.mark.browser

PLUGIN = """
from segue import Destination, Request, action

BAD = "</td></table></pre><script>document.title = 'run'</script><img src=x onerror=alert(1)>"
ODD = Destination("odd", title=BAD + "w" * 300, url="https://o.test", description=BAD, docs="javascript:alert(1)")
FIELDS = {"type": "object", "properties": {BAD: {"type": "string", "title": BAD, "mapping": BAD}}}

@action(ODD, "go", title=BAD, trigger='type = "track"', fields=FIELDS)
def go(payload):
    return Request.post("/")
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder of pages: an index and one of each destination, one of which is hostile."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "odd.py").write_text(PLUGIN)
    command = [sys.executable, "-m", "segue", "--plugins-dir", str(folder), "docs", "--html"]
    subprocess.run([*command, "-o", str(folder)], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("name", "width"), [("odd", 390), ("odd", 1280), ("loops", 390)])
def test_a_page_runs_nothing_asks_for_nothing_and_fits_the_screen(page, pages, name, width):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"file://{pages}/{name}.html")
    assert (asked, said) == ([f"file://{pages}/{name}.html"], [])
    assert page.title() != "run"
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_index_leads_to_a_page_and_that_to_its_actions(page, pages):
    page.goto(f"file://{pages}/index.html")
    page.get_by_role("link", name="Loops").click()
    page.get_by_role("link", name="Send Event").click()
    assert page.url.endswith("/loops.html#action-sendEvent")


def test_a_page_is_dark_where_that_is_wanted(page, pages):
    grounds = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"file://{pages}/loops.html")
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2
