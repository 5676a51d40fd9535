"""Connecting Loops in the console, from an empty workspace to a contact and an event in Loops."""

import re

import pytest
from playwright.sync_api import Page, expect
from walking import KEY, walk, world


pytestmark = pytest.mark.browser

PATIENCE = 30_000
"""Milliseconds that a page may take on a busy machine."""

WORKSPACE = """\
version: 1
sources:
  {name}: {{write_key: {name}_key}}
connections:
  {name}:
    destination: loops
    base_url: {loops}/api/v1
    settings: {{apiKey: {key}}}
    sources: [{name}]
    rate_limit: null
    mappings:
      contacts:
        action: createOrUpdateContact
        # the old app called it mail
        override: {{email: {{"@path": $.traits.mail}}}}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A server over an empty workspace, its console and a Loops sandbox."""
    with world(tmp_path_factory.mktemp("walk")) as found:
        yield found


@pytest.fixture(autouse=True)
def patient(page):
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(autouse=True)
def quiet(page, here):
    """A page of the console that breaks its content policy, or has an error, fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    page.on("pageerror", lambda error: complaints.append(("error", str(error))))
    yield
    serious = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in serious if not re.search(r"status of 4(09|22)", text)] == []


def arrive(page, row):
    """Look again until it is there."""
    for _ in range(100):
        if row.count():
            return
        page.reload()


def test_loops_is_connected_tried_and_fed(page: Page, here):
    connect(page, here)
    try_out(page)
    switch_on(page, here)
    eve = {"type": "identify", "userId": "eve-1", "traits": {"email": "eve@x.io"}}
    signed = {"type": "track", "userId": "eve-1", "event": "User Registered"}
    page.get_by_role("link", name="Sources").click()
    key = page.locator("code.id").first.inner_text()
    page.get_by_role("link", name="Live events").click()
    assert here.send(eve, signed, key=key).status_code == 200
    live = page.locator("#live").get_by_role("row")
    contact = live.filter(has_text="identify")
    expect(contact).to_contain_text("loops · create-or-update-a-contact Delivered")
    expect(live.filter(has_text="track")).to_contain_text("loops · send-event Delivered")

    page.get_by_role("link", name="Deliveries", exact=True).click()
    page.get_by_label("User").fill("eve-1")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row", name="Delivered")).to_have_count(2)
    page.goto(f"{here.loops}/audience")
    expect(page.get_by_role("row", name="eve@x.io")).to_be_visible()
    page.goto(f"{here.loops}/events")
    expect(page.get_by_role("rowheader", name="User Registered")).to_be_visible()


def connect(page, here):
    """From an empty workspace to a connection; the key is wrong at first."""
    page.goto(here.console)
    page.get_by_role("link", name="Browse the catalogue").click()
    page.get_by_role("searchbox").fill("loops")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Loops", exact=True).click()
    page.get_by_role("link", name="Add Loops").click()
    page.get_by_label("Source").fill("website")
    page.get_by_label("API Key").fill("a wrong one")
    page.get_by_label("Address").fill(f"{here.loops}/api/v1")
    page.get_by_role("button", name="Save and test credentials").click()
    expect(page.get_by_role("status")).to_contain_text("Loops refuses the credentials")
    page.get_by_role("link", name="Settings", exact=True).click()
    renew(page, here, KEY)


def renew(page, here, key):
    """Type another key into the settings."""
    page.get_by_label("API Key").fill(key)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Loops accepts the credentials")
    assert key not in here.file.read_text()


def try_out(page):
    """Look at what a mapping makes, and send it: the contact is on the Audience page."""
    page.get_by_role("link", name=re.compile("Mappings")).click()
    page.get_by_role("link", name="create-or-update-a-contact").click()
    expect(page.locator("#preview")).to_contain_text('"email": "adam@loops.so"')
    page.get_by_role("button", name="Send test event").click()
    expect(page.locator("#trial")).to_contain_text("Loops took it")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Audience").click()
    expect(opened.value.get_by_role("row", name="adam@loops.so")).to_be_visible()
    opened.value.close()


def switch_on(page, here):
    page.get_by_role("link", name="Mappings", exact=True).click()
    for number, name in enumerate(["create-or-update-a-contact", "send-event"], 1):
        page.get_by_role("switch", name=f"Mapping {name}").click()
        expect(page.get_by_role("switch", checked=True)).to_have_count(number)
    here.settle()


def test_what_failed_is_found_put_right_and_sent_again(page: Page, here):
    here.put(WORKSPACE.format(name="shop", loops=here.loops, key=KEY))
    fay = {"type": "identify", "userId": "fay", "traits": {"address": "fay@x.io"}}
    others = [
        {**fay, "userId": one, "traits": {"address": f"{one}@x.io"}} for one in ("flo", "fox")
    ]
    assert here.send(fay, *others, key="shop_key").status_code == 200
    find_dead(page, here, "fay")
    sent = page.get_by_role("group", name="Request", exact=True).first
    expect(sent).to_contain_text("/contacts/update")
    came = page.get_by_role("group", name="Response", exact=True)
    expect(came).to_contain_text("cannot create a new contact without an email")
    put_right(page, here)

    find_dead(page, here, "fay")
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status")).to_contain_text("queued again")
    arrive(page, page.get_by_role("row", name="Delivered"))

    page.goto(f"{here.console}/connections/shop/deliveries?state=dead")
    page.get_by_role("link", name="Replay these").click()
    expect(page.get_by_role("row", name="shop contacts")).to_contain_text("2")
    page.get_by_role("button", name="Replay 2 deliveries").click()
    expect(page.get_by_role("status")).to_contain_text("2 deliveries are queued again")
    for one in ("flo", "fox"):
        page.goto(f"{here.console}/deliveries?user={one}&state=delivered")
        arrive(page, page.get_by_role("row", name="Delivered"))


def find_dead(page, here, user):
    """Search for what failed of one user, and open it."""
    page.goto(f"{here.console}/deliveries")
    page.get_by_label("User").fill(user)
    page.get_by_label("State").select_option("dead")
    page.get_by_role("button", name="Search").click()
    dead = page.get_by_role("row", name="Failed")
    arrive(page, dead)
    dead.get_by_role("link").click()


def put_right(page, here):
    """Let the mapping take the address from where it is."""
    page.get_by_role("link", name="Open mapping").click()
    page.get_by_label("Contact Email", exact=True).fill("$.traits.address")
    expect(page.locator("#preview")).to_contain_text(re.compile('"email": "f..@x.io'))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")
    assert "# the old app called it mail" in here.file.read_text()
    here.settle()


def test_a_held_connection_says_what_to_do_and_goes_on_with_a_new_key(page: Page, here):
    first, second = generate(page, here, "First"), generate(page, here, "Second")
    here.put(WORKSPACE.format(name="club", loops=here.loops, key=first))
    revoke(page, here, "First")
    gus = {"type": "identify", "userId": "gus", "traits": {"mail": "gus@x.io"}}
    assert here.send(gus, key="club_key").status_code == 200
    page.goto(f"{here.console}/connections/club")
    why = page.get_by_text("Held since")
    arrive(page, why)
    expect(page.get_by_role("main")).to_contain_text("401 Invalid API key")
    expect(page.get_by_role("main")).to_contain_text("1 delivery waits")
    page.get_by_role("main").get_by_role("link", name="Settings").last.click()
    renew(page, here, second)
    page.goto(f"{here.console}/deliveries?user=gus")
    arrive(page, page.get_by_role("row", name="Delivered"))
    expect(page.get_by_role("row", name="Delivered")).to_have_count(1)
    page.goto(f"{here.console}/connections/club")
    expect(why).to_be_hidden()
    page.goto(f"{here.loops}/audience")
    expect(page.get_by_role("row", name="gus@x.io")).to_be_visible()


def generate(page, here, name):
    """A new API key of the sandbox."""
    page.goto(f"{here.loops}/keys")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Generate key").click()
    return page.get_by_role("status").locator("code").inner_text()


def revoke(page, here, name):
    page.goto(f"{here.loops}/keys")
    row = page.get_by_role("row", name=name)
    row.locator("summary").click()
    row.get_by_role("button", name="Revoke for good").click()
    expect(row).to_contain_text("Revoked")


def test_a_connection_is_added_and_its_mapping_switched_on_by_keyboard_alone(page: Page, here):
    here.put(WORKSPACE.format(name="keys", loops=here.loops, key=KEY))
    page.goto(f"{here.console}/catalogue")
    press(page, page.get_by_role("link", name="Loops", exact=True))
    press(page, page.get_by_role("link", name="Add Loops"))
    fill(page, page.get_by_label("Name"), "typed")
    fill(page, page.get_by_label("API Key"), KEY)
    fill(page, page.get_by_label("Address"), f"{here.loops}/api/v1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Loops accepts the credentials")
    press(page, page.get_by_role("link", name="send-event"))
    press(page, page.get_by_role("button", name="Send test event"))
    expect(page.locator("#trial")).to_contain_text("/events/send")
    page.go_back()
    press(page, page.get_by_role("link", name="Mappings", exact=True))
    press(page, page.get_by_role("switch", name="Mapping send-event"))
    expect(page.get_by_role("switch", name="Mapping send-event")).to_be_checked()


def press(page, target):
    expect(target).to_be_visible()
    walk(page, target)
    page.keyboard.press("Enter")


def fill(page, field, text):
    expect(field).to_be_visible()
    walk(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_the_walk_needs_no_script(browser, here):
    here.put(WORKSPACE.format(name="plain", loops=here.loops, key=KEY))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    hal = {"type": "identify", "userId": "hal", "traits": {"address": "hal@x.io"}}
    assert here.send(hal, key="plain_key").status_code == 200
    find_dead(page, here, "hal")
    page.get_by_role("link", name="Open mapping").click()
    page.get_by_label("Contact Email", exact=True).fill("$.traits.address")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text('"email": "hal@x.io"')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")
    here.settle()
    page.goto(f"{here.console}/connections/plain/deliveries?state=dead")
    page.get_by_role("link", name="Replay these").click()
    page.get_by_role("button", name="Replay 1 delivery").click()
    expect(page.get_by_role("status")).to_contain_text("1 delivery is queued again")
    arrive(page, page.get_by_role("row", name="Delivered"))
    page.goto(f"{here.console}/connections/plain/filters")
    page.get_by_role("button", name="Drop").first.click()
    page.get_by_label("To which events").fill('event = "Noise"')
    page.get_by_role("button", name="Save", exact=True).click()
    assert 'event = "Noise"' in here.file.read_text()
    context.close()


def test_of_two_people_at_one_mapping_neither_loses_what_was_typed(page: Page, browser, here):
    here.put(WORKSPACE.format(name="pair", loops=here.loops, key=KEY))
    other = browser.new_page()
    for one in (page, other):
        one.goto(f"{here.console}/connections/pair/mappings/contacts")
    page.get_by_label("Contact User Group", exact=True).fill("$.traits.team")
    other.get_by_label("Contact Last Name", exact=True).fill("$.traits.surname")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("status")).to_contain_text("contacts is saved")
    page.get_by_role("button", name="Save", exact=True).click()
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text("$.traits.surname")
    expect(conflict).to_contain_text("$.traits.team")
    page.get_by_role("button", name="Apply mine on top").click()
    expect(page.get_by_role("status")).to_contain_text("contacts is saved")
    text = here.file.read_text()
    assert "$.traits.surname" in text
    assert "$.traits.team" in text
    other.close()
