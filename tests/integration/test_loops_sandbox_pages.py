"""The Loops sandbox: its pages, and who may use them."""

import re

import pytest


PAGES = ["/audience", "/events", "/properties", "/lists", "/keys", "/requests"]
HOSTILE = """<script>alert(1)</script>"'&{{ 7*7 }}"""


def token(response):
    return re.search(r'name="token" value="([^"]+)"', response.text)[1]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_team_has_all_its_pages(loops, path):
    response = loops().browse(path)
    assert response.status_code == 200
    assert "Local sandbox." in response.text


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/"])
def test_every_page_forbids_scripts_and_frames(loops, path):
    headers = loops().browse(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_inline_style_or_script(loops):
    sandbox = loops()
    sandbox.event(email="a@x.io", eventName="e")
    paths = [*PAGES, f"/audience/{sandbox.contact('a@x.io').id}", "/requests/1"]
    text = "".join(sandbox.browse(path).text for path in paths)
    assert re.findall(r"<script|<style|\sstyle=|\son\w+=", text) == []


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/audience"),
        ("/settings?page=api", "/keys"),
        ("/settings?page=events", "/events"),
        ("/settings", "/keys"),
    ],
)
def test_loops_own_addresses_lead_to_the_pages(loops, path, target):
    response = loops().browse(path)
    assert (response.status_code, response.headers["location"]) == (303, target)


def test_whatever_was_sent_is_shown_as_text(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", userId=HOSTILE, firstName=HOSTILE, **{HOSTILE: 1})
    sandbox.event(
        key=HOSTILE, email="a@x.io", eventName=HOSTILE, eventProperties={HOSTILE: HOSTILE}
    )
    sandbox.send("GET", f"/contacts/find?email={HOSTILE}")
    contact = f"/audience/{sandbox.contact('a@x.io').id}"
    paths = [*PAGES, contact, "/requests/1", "/requests/2", "/requests/3", f"/audience?q={HOSTILE}"]
    text = "".join(sandbox.browse(path).text for path in paths)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{ 7*7 }}" in text


def test_the_audience_shows_contacts_with_their_properties(loops):
    sandbox = loops()
    sandbox.update(email="adam@loops.so", firstName="Adam", favoriteColor="blue", favoriteNumber=42)
    text = sandbox.browse("/audience").text
    assert [word in text for word in ("adam@loops.so", "Favorite Color", "blue", "42")] == [
        True
    ] * 4


def test_the_audience_is_searched_by_every_word(loops):
    sandbox = loops()
    sandbox.update(email="ada@x.io", firstName="Ada", plan="Pro Annual")
    sandbox.update(email="bob@x.io", firstName="Bob", plan="Pro")
    text = sandbox.browse("/audience?q=PRO+annual").text
    assert ("ada@x.io" in text, "bob@x.io" in text, "1 contact matching" in text) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("page", "first"), [("", "p059"), ("2", "p009"), ("99", "p009"), ("x", "p059")]
)
def test_the_audience_is_paged_the_latest_first(loops, page, first):
    sandbox = loops()
    for number in range(60):
        sandbox.clock.now += 1
        sandbox.update(email=f"p{number:03}@x.io")
    text = sandbox.browse(f"/audience?page={page}").text
    assert re.findall(r"(p\d{3})@", text)[0] == first


def test_a_contact_page_tells_what_changed_and_what_was_ignored(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", subscribed=False)
    sandbox.update(
        email="a@x.io", subscribed=True, shoe=1, mailingLists={"clsandboxinternalbeta0001": True}
    )
    text = sandbox.browse(f"/audience/{sandbox.contact('a@x.io').id}").text
    assert "re-subscribed" in text
    assert "joined <b>Internal beta</b>" in text
    assert "<code>/shoe</code> is not a property of this team; ignored" in text


def test_a_request_page_shows_what_a_fault_hid(loops):
    sandbox = loops(faults="503=1:after")
    sandbox.update(email="a@x.io")
    text = sandbox.browse("/requests/1").text
    assert "503 after effect; without it the answer was 200" in text
    assert "Bearer" not in text


@pytest.mark.parametrize("path", ["/audience/c404", "/requests/404", "/nowhere", "/static/secret"])
def test_a_page_that_is_not_there_is_a_page_too(loops, path):
    response = loops().browse(path)
    assert (response.status_code, "Not here" in response.text) == (404, True)


def test_live_pages_reload_themselves_and_can_be_stopped(loops):
    sandbox = loops()
    off, on = sandbox.browse("/audience?q=a").text, sandbox.browse("/audience?q=a&live=1").text
    assert ('http-equiv="refresh"' in off, 'http-equiv="refresh"' in on) == (False, True)
    assert 'href="/audience?q=a&amp;live=1"' in off
    assert 'href="/audience?q=a"' in on


def test_a_generated_key_is_shown_once_and_works(loops):
    sandbox = loops()
    form = {"name": "CI", "token": token(sandbox.browse("/keys"))}
    there = sandbox.browse("/keys", form).headers["location"]
    first, second = sandbox.browse(there).text, sandbox.browse(there).text
    key = re.search(r"id big\">([0-9a-f]{32})<", first)[1]
    assert (key in second, f"••••••••{key[-4:]}" in second) == (False, True)
    assert sandbox.send("GET", "/api-key", api_key=key).status_code == 200


def test_a_revoked_key_is_refused_from_then_on(loops):
    sandbox = loops()
    page = sandbox.browse("/keys")
    action = re.search(r'action="(/keys/\w+/revoke)"', page.text)[1]
    sandbox.browse(action, {"token": token(page)})
    assert sandbox.send("GET", "/api-key").status_code == 401
    assert "loops_sandbox_key" not in sandbox.browse("/audience").text


def test_a_property_is_added_and_a_bad_one_explained(loops):
    sandbox = loops()
    form = {"type": "date", "token": token(sandbox.browse("/properties"))}
    added = sandbox.browse("/properties", {"name": "bornOn", **form})
    refused = sandbox.browse("/properties", {"name": "Born on", **form})
    assert (added.status_code, sandbox.team.properties["bornOn"].type) == (303, "date")
    assert (refused.status_code, "must be in camelCase" in refused.text) == (400, True)
    assert 'value="Born on"' in refused.text


def test_a_list_is_created_and_needs_a_name(loops):
    sandbox = loops()
    form = {"visibility": "private", "token": token(sandbox.browse("/lists"))}
    created = sandbox.browse("/lists", {"name": "News", **form})
    refused = sandbox.browse("/lists", {"name": " ", **form})
    *_, added = sandbox.team.lists.values()
    assert (created.status_code, refused.status_code) == (303, 400)
    assert (added.name, added.public) == ("News", False)


FORGERIES = {
    "no token": ({}, {}),
    "a wrong token": ({"token": "guessed"}, {}),
    "another site": (None, {"origin": "http://evil.example"}),
    "another port": (None, {"origin": "http://127.0.0.1:3000"}),
    "an opaque origin": (None, {"origin": "null"}),
}


@pytest.mark.parametrize(("form", "headers"), FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("path", ["/keys", "/properties", "/lists", "/keys/x/revoke"])
def test_a_forged_form_has_no_effect(loops, path, form, headers):
    sandbox = loops()
    good = {"token": token(sandbox.browse("/keys"))}
    sent = {"name": "evil", "type": "string", **(good if form is None else form)}
    before = len([*sandbox.team.keys]), len(sandbox.team.properties), len(sandbox.team.lists)
    assert sandbox.browse(path, sent, **headers).status_code == 403
    after = len([*sandbox.team.keys]), len(sandbox.team.properties), len(sandbox.team.lists)
    assert after == before


def test_our_own_origin_is_welcome(loops):
    sandbox = loops()
    form = {"name": "News", "token": token(sandbox.browse("/lists"))}
    assert sandbox.browse("/lists", form, origin="http://127.0.0.1:9000").status_code == 303


def test_the_token_cookie_stays_on_this_site_and_out_of_scripts(loops):
    cookie = loops().browse("/keys").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_huge_form_is_refused(loops):
    assert loops().browse("/lists", {"name": "x" * 20_000}).status_code == 413


HOSTS = {
    "127.0.0.1:9000": 200,
    "LOCALHOST": 200,
    "[::1]:9000": 200,
    "testserver": 200,
    "evil.example": 421,
    "127.0.0.1.evil.example:9000": 421,
    "localhost.evil.example": 421,
    "evil.example:127.0.0.1": 421,
    "[::1": 421,
    "": 421,
}


@pytest.mark.parametrize(("host", "status"), HOSTS.items())
@pytest.mark.parametrize("path", ["/audience", "/api/v1/lists"])
def test_only_the_names_of_this_machine_are_answered(loops, path, host, status):
    headers = {"authorization": "Bearer loops_sandbox_key", "host": host}
    assert loops().call("GET", path, headers=headers).status_code == status


def test_the_names_can_be_chosen_or_left_open(loops):
    statuses = [
        loops(hosts=hosts).call("GET", "/lists", headers={"host": "sandbox:9000"}).status_code
        for hosts in (["sandbox"], None, ["other"])
    ]
    assert statuses == [200, 200, 421]
