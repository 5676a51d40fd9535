"""Whatever the console lets anybody do is done: by keyboard alone, and without script.

What there is to do is told by the table of routes and by the pages that are met. A route, a form or a
button that neither walk uses fails both.
"""

from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from browsing import ADA, sealed
from console_site import site
from hands import Keyboard, Plain
from inventory import Inventory
from playwright.sync_api import Page, expect
from server import served

from segue import load_plugins
from segue.console.security import Guard
from segue.console.security.door import open_door
from segue.console.security.hosts import LOOPBACK
from segue.control.operations import perform
from segue.events import normalise
from segue.http import Request, Response
from segue.store import Attempt, Settlement, State


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
      contacts: {{action: createOrUpdateContact}}
{more}"""
MORE = "      m{0}: {{action: sendEvent, enabled: false, trigger: 'event = \"m{0}\"'}}\n"
SIGNING = ("GET /login", "POST /login", "POST /logout")
PATIENCE = 30_000


@pytest.fixture
def world(tmp_path):
    """A console that was used a little, its inventory, and where it and a sandbox of Loops are."""
    loops = load_plugins().destination("loops").stand_in
    with ExitStack() as ends:
        url = ends.enter_context(served(loops.open()))
        more = "".join(map(MORE.format, range(8)))
        text = WORKSPACE.format(url=url, key=loops.settings["apiKey"], more=more)
        found = ends.enter_context(site(tmp_path, text))
        found.run(happen, found.office, found.desk.clock())
        door = open_door(tmp_path / "data", LOOPBACK, unlocked=True)
        inventory = Inventory(Guard(found.app, door), found.app.routes, SIGNING)
        yield World(found, door, inventory, ends.enter_context(served(inventory)), url)


class World:
    def __init__(self, site, door, inventory, address, loops):
        self.site, self.door, self.inventory = site, door, inventory
        self.address, self.loops = address, loops
        self.key = str(load_plugins().destination("loops").stand_in.settings["apiKey"])

    def edit(self, old, new):
        """Somebody else edits the file."""
        text = self.site.file.read_text()
        assert old in text
        self.site.file.write_text(text.replace(old, new))


async def happen(office, now):
    """Six people sign up; what is made of it was refused, but for the first."""
    at = datetime.fromtimestamp(now, UTC)
    traits = {"created_at": "2026-01-01T00:00:00Z"}
    events = [
        {"type": "identify", "userId": f"u{one}", "traits": {"email": f"u{one}@x.io", **traits}}
        for one in range(6)
    ]
    kept = [
        normalise({**one, "messageId": f"m-{nth}"}, received_at=at, message_id=str)
        for nth, one in enumerate(events)
    ]
    await perform(office, "take", {"source": "website", "events": kept}, lambda _: None)
    claims = await office.store.queue.claim("loops", fresh=10)
    for nth, claim in enumerate(claims):
        await office.store.queue.settle([ended(claim, now, good=nth == 0)])


def ended(claim, now, *, good):
    request, said = (
        Request.post("https://x.test/", json={}),
        Response(400, {}, b'{"message": "no"}'),
    )
    tried = Attempt(now, 0.1, good, "OK" if good else "BAD", "no", 400, request, said)
    state = State.DELIVERED if good else State.DEAD
    return Settlement(claim, state, tried.code, "no", attempts=(tried,))


@pytest.fixture(autouse=True)
def patient():
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


def test_by_keyboard_alone(page: Page, world):
    page.set_default_timeout(PATIENCE)
    page.emulate_media(reduced_motion="reduce")
    hands = Keyboard(page, world.inventory)
    page.goto(world.address)
    tour(hands, page, world)
    assert world.inventory.left(scripts=True) == {}
    assert hands.mice == 0


def test_without_script(browser, world):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(world.address)
    tour(Plain(page), page, world)
    context.close()
    assert world.inventory.left(scripts=False) == {}


def tour(hands, page, world):
    """Everything, once."""
    for part in (
        connect,
        settle,
        hold,
        arrange,
        edit,
        conflict,
        make,
        restrain,
        look,
        find,
        go_back,
        leave,
    ):
        part(hands, page, world)


def link(page, name, **more):
    return page.get_by_role("link", name=name, exact=True, **more)


def button(page, name, **more):
    return page.get_by_role("button", name=name, exact=True, **more)


def tab(page, name):
    return page.get_by_label("Parts of loops").get_by_role("link", name=name)


def deed(page, word):
    """A button of the editor."""
    return page.locator(f"[name=do][value={word}]:not([aria-hidden])").last


def form(page, name):
    return page.get_by_role("form", name=name, exact=True)


def said(page, text):
    """What was done is said, and whoever looks is there."""
    status = page.get_by_role("status").first
    expect(status).to_contain_text(text)
    expect(status).to_be_focused()


def connect(hands, page, world):
    hands.press(link(page, "Add destination"))
    hands.enter(page.get_by_role("searchbox"), "loops")
    hands.press(link(page, "Loops"))
    hands.press(link(page, "Add Loops"))
    hands.fill(page.get_by_label("Name"), "typed")
    hands.fill(page.get_by_label("Address"), f"{world.loops}/api/v1")
    hands.fill(page.get_by_label("API Key"), world.key)
    hands.press(button(page, "Save and test credentials"))
    said(page, "Loops accepts the credentials")


def settle(hands, page, world):
    hands.press(link(page, "Settings"))
    hands.fill(page.get_by_label("Rate limit"), "many")
    hands.press(button(page, "Save"))
    wrong = page.get_by_label("Rate limit")
    expect(wrong).to_be_focused()
    hands.fill(wrong, "10/s")
    hands.fill(page.get_by_label("API Key"), world.key)
    hands.enter(page.get_by_label("Rate limit"), "10/s")
    said(page, "Loops accepts the credentials")
    hands.press(button(page, "Test credentials"))
    said(page, "Loops accepts the credentials")
    for on in (False, True):
        hands.press(page.get_by_role("switch"))
        said(page, f"typed is switched {'on' if on else 'off'}")
        hands.press(link(page, "Settings").first)
    hands.press(button(page, "Remove typed"))
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Remove typed"))
    said(page, "typed is removed")


def hold(hands, page, world):
    hands.press(link(page, "loops"))
    hands.choose(page.get_by_label("Period", exact=True).last, "Last 7 days")
    hands.press(button(page, "Show"))
    hands.press(button(page, "Hold"))
    dialog = page.get_by_role("dialog", name="Hold")
    hands.press(dialog.get_by_role("button", name="Cancel"))
    expect(dialog).to_be_hidden()
    hands.press(button(page, "Hold"))
    hands.press(dialog.get_by_role("button", name="Hold"))
    said(page, "It is held")
    hands.press(button(page, "Resume"))
    said(page, "It goes on")


def arrange(hands, page, world):
    hands.press(tab(page, "Mappings"))
    hands.enter(page.get_by_role("searchbox"), "m7")
    row = page.get_by_role("row", name="m7")
    for word in ("enabled", "disabled"):
        hands.press(row.get_by_role("switch"))
        said(page, f"m7 is {word}")
    hands.press(row.get_by_role("button", name="Duplicate"))
    said(page, "m7-copy is a copy")
    hands.press(page.get_by_role("row", name="m7-copy").get_by_role("button", name="Delete"))
    expect(hands.focused()).to_contain_text("The mapping m7-copy is deleted")
    hands.press(button(page, "Undo"))
    said(page, "m7-copy is back")


def edit(hands, page, world):
    hands.press(link(page, "contacts"))
    hands.press(button(page, "Use $.traits.created_at for Contact Created Date"))
    expect(page.get_by_label("Contact Created Date", exact=True)).to_be_focused()
    user = page.get_by_label("User ID", exact=True)
    assert "$.userId" in user.evaluate("one => [...one.list.options].map(option => option.value)")
    hands.fill(user, "$.userId")
    hands.fill(page.get_by_label("Contact First Name", exact=True), "$.traits.name")
    hands.press(button(page, "Send test event"))
    expect(hands.focused()).to_contain_text("Loops took it")
    hands.press(page.get_by_text("Paste an event"))
    hands.fill(page.get_by_label("Event as JSON"), '{"type": "identify", "userId": "pasted"}')
    hands.press(deed(page, "own"))
    expect(hands.focused()).to_contain_text("pasted")
    hands.fill(page.get_by_label("Contact User Group", exact=True), " ")
    hands.press(deed(page, "save"))
    expect(hands.focused()).to_contain_text("Not saved")
    hands.fill(page.get_by_label("Contact User Group", exact=True), "$.traits.team")
    hands.press(deed(page, "review"))
    expect(hands.focused()).to_contain_text("What this change means")
    hands.press(deed(page, "sure"))
    said(page, "contacts is saved")
    conditions(hands, page)
    shape(hands, page)


def conditions(hands, page):
    """Every subject, all and any, and one condition less."""
    for at in (1, 2):
        hands.press(button(page, "Add condition"))
        expect(page.locator(f"#t-{at}-subject")).to_be_focused()
    hands.turn(page.get_by_role("group", name="An event matches when"), "any of these holds")
    try_all(hands, page, "t.", ".subject")
    hands.press(button(page, "Remove condition 3"))
    expect(button(page, "Add condition")).to_be_focused()


def shape(hands, page):
    """Every kind of row."""
    try_all(hands, page, "f.", ".kind")


def try_all(hands, page, begin, end):
    """Choose every option that there is, in whatever list has it."""
    tried, left = {}, None
    while left is None or left:
        lists = page.evaluate(OPTIONS, [begin, end])
        left = {text for one in lists for text in one["labels"]} if left is None else left
        turn = {}
        for one in lists:
            label = next((text for text in one["labels"] if text in left - {one["chosen"]}), None)
            if label is not None:
                turn[one["name"]] = label
                left.discard(label)
        *others, last = turn.items()
        for name, label in others:
            hands.choose(page.locator(f"[name='{name}']"), label)
        hands.last(page.locator(f"[name='{last[0]}']"), last[1])
        hands.look()
        tried |= turn
    for name, label in tried.items():
        expect(page.locator(f"[name='{name}'] option:checked")).to_have_text(label)


OPTIONS = """([begin, end]) => [...document.querySelectorAll(`#mapping select[name^="${begin}"][name$="${end}"]`)]
  .filter(one => one.name.split(".").length === 3)
  .map(one => ({name: one.name, chosen: one.selectedOptions[0].label, labels: [...one.options].map(option => option.label)}))"""


def conflict(hands, page, world):
    """Somebody else edits the file meanwhile."""
    hands.press(link(page, "Mappings").first)
    for what, old in (("Take theirs", "wk_"), ("Apply mine on top", "wk_x")):
        hands.press(link(page, "m0"))
        hands.fill(page.get_by_label("Event Name", exact=True), "$.properties.name")
        world.edit(old, f"{old}x")
        hands.press(button(page, "Save"))
        expect(hands.focused()).to_contain_text("The file was changed meanwhile")
        hands.press(page.locator("#conflict").get_by_text(what))
        if what == "Take theirs":
            expect(page.locator("#conflict")).to_be_hidden()
            hands.press(link(page, "Mappings").first)
    said(page, "m0 is saved")


def make(hands, page, world):
    hands.press(link(page, "Mappings").first)
    hands.press(link(page, "New mapping"))
    hands.press(link(page, "Send Event"))
    hands.fill(page.get_by_label("Name required"), "m0")
    hands.choose(page.get_by_label("Kind of value for Mailing Lists"), "Edit object")
    hands.look()
    hands.press(button(page, "Fetch choices"))
    expect(page.get_by_label("Kind of value for Mailing Lists")).to_be_focused()
    hands.press(button(page, "Add attribute to Mailing Lists"))
    expect(page.get_by_label("Name of the attribute")).to_be_focused()
    hands.press(page.get_by_role("button", name="Remove New"))
    expect(button(page, "Add attribute to Mailing Lists")).to_be_focused()
    for word in ("save", "sure"):  # it is a mapping twice, and then a name
        hands.press(deed(page, word))
    expect(page.get_by_label("Name required")).to_be_focused()
    hands.fill(page.get_by_label("Name required"), "letters")
    hands.press(deed(page, "save"))
    said(page, "letters is there")
    hands.press(link(page, "letters"))
    hands.press(link(page, "Rename"))
    name = page.get_by_role("main").locator("[name=name]")
    hands.fill(name, "a b")
    hands.press(page.get_by_role("main").locator("form button").first)
    expect(name).to_be_focused()
    hands.enter(name, "post")
    said(page, "post")
    hands.press(link(page, "Mappings").first)


def restrain(hands, page, world):
    hands.press(tab(page, "Filters"))
    when = page.get_by_label("To which events")
    for at, kind in enumerate(
        ["Let a share through", "Remove these fields", "Keep only these fields"]
    ):
        hands.press(button(page, kind))
        expect(page.get_by_label("What happens").nth(at)).to_be_focused()
        hands.fill(when.nth(at), 'type = "alias"')
    for _ in range(3):
        hands.press(button(page, "Remove this filter").first)
    expect(button(page, "Drop the event")).to_be_focused()
    hands.press(button(page, "Drop the event"))
    hands.fill(when, "type =")
    hands.press(button(page, "Save"))
    expect(hands.focused()).to_contain_text("wrong")
    hands.enter(when, 'type = "alias"')
    said(page, "The filters are saved")


def look(hands, page, world):
    hands.press(tab(page, "Event tester"))
    hands.choose(form(page, "Choose an event").get_by_role("combobox"), "identify · u3")
    hands.press(button(page, "Preview").first)
    hands.press(button(page, "Send test event"))
    expect(hands.focused()).to_contain_text("Loops took it")
    hands.press(page.get_by_text("Paste an event"))
    hands.fill(page.get_by_label("Event as JSON"), "{")
    hands.press(button(page, "Preview").last)
    expect(page.get_by_label("Event as JSON")).to_be_focused()
    hands.press(link(page, "Live events"))
    if hands.scripts:
        with page.expect_response("**/events/rows*"):
            hands.reach(button(page, "Live"))
        hands.press(button(page, "Live"))
    hands.enter(page.get_by_label("User", exact=True), "u3")
    expect(page.get_by_role("row")).to_have_count(2)
    hands.press(page.get_by_role("row").last.get_by_role("link").first)
    hands.press(page.get_by_text("Raw", exact=True))
    if hands.scripts:
        hands.press(button(page, "Copy: Raw event"))


def find(hands, page, world):
    hands.press(link(page, "Deliveries"))
    hands.choose(page.get_by_label("State"), "Failed")
    hands.press(button(page, "Search"))
    hands.press(page.get_by_role("row").last.get_by_role("link"))
    hands.press(button(page, "Send again"))
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Send again"))
    said(page, "queued again")
    hands.press(link(page, "Connections"))
    hands.press(link(page, "loops"))
    hands.press(tab(page, "Deliveries"))
    hands.choose(page.get_by_label("State"), "Failed")
    hands.press(button(page, "Search"))
    hands.press(link(page, "Replay these"))
    hands.press(page.get_by_role("button", name="Replay 4 deliveries"))
    said(page, "4 deliveries are queued again")


def go_back(hands, page, world):
    hands.press(link(page, "Sources"))
    name = page.get_by_label("Name required")
    hands.fill(name, "web site")
    hands.press(button(page, "Add"))
    expect(name).to_be_focused()
    hands.enter(name, "app")
    said(page, "The source app is there")
    hands.press(link(page, "History"))
    hands.press(page.get_by_role("main").get_by_role("listitem").last.get_by_role("link"))
    hands.press(button(page, "Restore"))
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Restore"))
    said(page, "It is restored")


def leave(hands, page, world):
    world.door.accounts.put("ada", "editor", sealed(ADA), lambda size: b"m" * size)
    hands.press(link(page, "History"))
    hands.fill(page.get_by_label("Name"), "ada")
    hands.enter(page.get_by_label("Password"), "a guess")
    expect(hands.focused()).to_contain_text("There is no account")
    hands.fill(page.get_by_label("Name"), "ada")
    hands.enter(page.get_by_label("Password"), ADA)
    hands.press(button(page, "Log out"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
