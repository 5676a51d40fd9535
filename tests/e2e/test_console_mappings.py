"""Mappings in the console, in a browser: from a default to a saved mapping and a contact in the sandbox."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_site import confined, site
from playwright.sync_api import Page, expect

from segue.control.operations import perform


pytestmark = pytest.mark.browser

WORKSPACE = """\
version: 1
sources:
  website: {{write_key: wk_website}}
connections:
  loops:
    destination: loops
    base_url: {url}/api/v1
    settings: {{apiKey: {key}}}
    sources: [website]
    mappings:
      # everyone who signs up
      contacts:
        action: createOrUpdateContact
        override:
          source: website   # ours
"""
PATH = "/connections/loops/mappings"
MEANT = r"status of 4(09|22)|^htmx:(afterRequest|sendAbort)"  # also what a newer request has ended


@pytest.fixture
def console(sandbox, tmp_path):
    """A console without events whose connection sends to a sandbox."""
    _, environ = sandbox
    text = WORKSPACE.format(url=environ["LOOPS_URL"], key=environ["LOOPS_API_KEY"])
    with site(tmp_path, text) as found:
        yield found


@pytest.fixture
def address(console, serve, page):
    """Where the console is; a page that breaks its content policy, or has an error, fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    page.on("pageerror", lambda error: complaints.append(("error", str(error))))
    yield serve(confined(console.app))
    serious = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in serious if not re.search(MEANT, text)] == []


def preview(page):
    return page.locator("#preview")


def test_a_mapping_is_edited_looked_at_tried_and_saved(page: Page, console, address, sandbox):
    team, _ = sandbox
    page.goto(f"{address}{PATH}")
    page.get_by_role("link", name="contacts").click()
    expect(preview(page)).to_contain_text("adam@loops.so")
    page.get_by_label("Contact Source", exact=True).fill("the shop")
    expect(preview(page)).to_contain_text('"source": "the shop"')
    page.get_by_role("button", name="Send test event").click()
    trial = page.locator("#trial")
    expect(trial).to_contain_text("Loops took it")
    expect(trial).to_contain_text('"success": true')
    assert [one.values["source"] for one in team.audience.all()] == ["the shop"]
    with page.expect_popup() as audience:
        trial.get_by_role("link", name="Audience").click()
    expect(audience.value.get_by_role("row", name="adam@loops.so")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")
    text = console.file.read_text()
    assert "source: the shop   # ours" in text
    assert "# everyone who signs up" in text


def test_rows_and_text_of_a_trigger_follow_each_other(page: Page, address):
    page.goto(f"{address}{PATH}/contacts")
    page.get_by_label("Value of condition 1").fill("track")
    expect(page.get_by_label("As text")).to_have_value('type = "track"')
    expect(preview(page)).to_contain_text("does not match")
    page.get_by_label("Operator of condition 1").select_option("is more than")
    expect(page.locator("#conditions")).to_contain_text("this compares numbers")
    page.get_by_label("As text").fill("traits.plan exists")
    expect(page.locator("#trigger-live")).to_contain_text("expected an operator")
    page.get_by_label("As text").fill("traits.plan != null")
    expect(page.get_by_label("Operator of condition 1")).to_have_value("exists")
    expect(page.get_by_label("Path of condition 1")).to_have_value("plan")


def test_a_kind_is_chosen_and_its_controls_are_there_at_once(page: Page, address):
    page.goto(f"{address}{PATH}/contacts")
    page.get_by_label("Kind of value for Custom Contact Attributes").select_option("Edit object")
    page.get_by_role("button", name="Add attribute to Custom Contact Attributes").click()
    page.get_by_label("Name of the attribute").fill("favourite.colour")
    page.get_by_label("New", exact=True).fill("$.traits.favoriteColor")
    expect(preview(page)).to_contain_text('"favourite.colour": "blue"')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")


def test_what_is_wrong_is_said_at_its_field_while_one_types(page: Page, address):
    page.goto(f"{address}{PATH}/contacts")
    row = page.get_by_role("listitem").filter(has=page.get_by_label("User ID", exact=True))
    with page.expect_response("**/rows"):
        page.get_by_label("Kind of value for User ID").select_option("Text")
    expect(page.get_by_label("User ID", exact=True)).to_have_value("")
    page.get_by_label("User ID", exact=True).fill("x" * 499)
    expect(row).to_contain_text("at most 498 characters")


def test_choices_come_from_the_destination(page: Page, address):
    page.goto(f"{address}/connections/loops/new?action=sendEvent")
    page.get_by_label("Kind of value for Mailing Lists").select_option("Edit object")
    page.get_by_role("button", name="Fetch choices").click()
    expect(page.locator("#choices-keys option").first).to_be_attached()


def test_of_two_editors_the_second_sees_both_changes(page: Page, console, address):
    page.goto(f"{address}{PATH}/contacts")
    page.get_by_label("Contact User Group", exact=True).fill("$.traits.team")
    console.file.write_text(console.file.read_text().replace("website   #", "shop   #"))
    page.get_by_role("button", name="Save", exact=True).click()
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text("shop")
    expect(conflict).to_contain_text("$.traits.team")
    page.get_by_role("button", name="Apply mine on top").click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")
    text = console.file.read_text()
    assert "source: shop   # ours" in text
    assert "$.traits.team" in text


def test_a_deleted_mapping_comes_back(page: Page, console, address):
    before = console.file.read_text()
    page.goto(f"{address}{PATH}")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No mappings yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="contacts")).to_be_visible()
    assert console.file.read_text() == before


@pytest.mark.parametrize(("scheme", "width"), [("light", 1380), ("dark", 390)])
def test_no_page_of_mappings_has_a_barrier(page: Page, console, address, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    for path in ["mappings", "new", "new?action=sendEvent", "mappings/contacts"]:
        page.goto(f"{address}/connections/loops/{path}")
        no_barrier(page)
    for kind in ("Edit object", "Merge objects"):
        with page.expect_response("**/rows"):
            page.get_by_label("Kind of value for Custom Contact Attributes").select_option(kind)
        expect(page.locator("li.changed")).to_be_visible()
    no_barrier(page)
    for button, told in [("Send test event", "#trial"), ("Review", "#review")]:
        page.get_by_role("button", name=button).click()
        expect(page.locator(told)).to_be_visible()
        no_barrier(page)
    console.file.write_text(console.file.read_text() + "# edited\n")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#conflict")).to_be_visible()
    no_barrier(page)


def no_barrier(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_nothing_in_an_event_is_run(page: Page, console, address):
    hostile = "\"'></textarea><img src=x onerror=alert(1)><script>alert(2)</script>"
    event = {
        "type": "identify",
        "messageId": "hostile",
        "userId": hostile,
        "traits": {"email": hostile, hostile: hostile},
        "timestamp": "2026-03-01T12:00:00.000Z",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "context": {},
        "integrations": {},
    }
    console.run(take, console.office, event)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(f"{address}{PATH}/contacts")
    expect(preview(page)).to_contain_text(hostile.replace('"', '\\"'))
    page.get_by_label("Contact Source", exact=True).fill(hostile)
    expect(preview(page)).to_contain_text('"source": "\\"')
    page.get_by_role("button", name="Review").click()
    expect(page.locator("#review")).to_contain_text("onerror")
    assert page.locator("img[src=x]").count() == 0


async def take(office, event):
    given = {"source": "website", "events": [event]}
    await perform(office, "take", given, lambda _: None)


def test_without_scripts_the_whole_editor_works(browser, address, console):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{PATH}/contacts")
    page.get_by_label("Kind of value for Contact First Name").select_option("Template")
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("Contact First Name", exact=True).fill("{{traits.firstName}}!")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text('"firstName": "Adam!"')
    page.get_by_role("button", name="Save", exact=True).click()
    assert (
        '"@template": "{{traits.firstName}}!"' in console.file.read_text()
        or "@template" in console.file.read_text()
    )
    context.close()


def test_a_kind_chosen_while_the_server_is_slow_is_followed(page: Page, address):
    """What it asks for waits behind a preview, and must not be lost to the preview after that."""
    held = []
    page.clock.install()
    page.goto(f"{address}{PATH}/contacts")
    expect(preview(page)).to_contain_text("adam@loops.so")
    for part in ("rows", "preview"):
        page.route(f"**/{part}", lambda route: held.append(route))  # noqa: PLW0108 it wants a function
    for label in ("Contact First Name", "Contact Last Name"):
        page.get_by_label(f"Kind of value for {label}").select_option(label="Text")
        page.clock.run_for(600)  # it asks for the form, and a preview waits
    page.unroute_all()
    page.clock.resume()
    for label in ("Contact First Name", "Contact Last Name"):
        expect(page.get_by_label(label, exact=True)).to_have_value("")
