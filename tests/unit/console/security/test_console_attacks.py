"""What the web, the network and people who may only look try on the console, and what comes of it."""

import asyncio
import re
import time as clock
from statistics import median

import pytest
from asgi import call
from browsing import ADA, BOB, Browser, drawing, pages, sealed
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.console.security import Guard
from segue.console.security.attempts import Allowance, Attempts
from segue.console.security.book import Book
from segue.console.security.passwords import Cost, opens, seal
from segue.console.security.sessions import NOTED, Sessions
from segue.console.security.signing import within


FAR = "https://evil.example"


# names


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8081",
        "127.0.0.1.evil.example",
        "localhost.",
        "127.0.0.1@evil",
        "",
        "[::1",
        "*",
    ],
)
def test_a_foreign_name_is_answered_with_421(anybody, host):
    assert anybody.get("/", host=host).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8081", "LOCALHOST:1", "[::1]:8081"])
def test_this_machines_own_names_are_answered(anybody, host):
    assert anybody.get("/", host=host).status_code == 200


def test_two_hosts_are_none(door):
    guard = Guard(pages(), door(accounts=None))
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http"}
    twice = [(b"host", b"localhost"), (b"host", b"evil.example")]
    assert answered(guard, {**scope, "headers": twice}) == 421


def test_a_request_without_a_host_is_refused(door):
    assert call(Guard(pages(), door(accounts=None)), "GET", "/").status == 421


def test_a_name_with_a_port_stands_for_that_port(door):
    browser = Browser(door(accounts=None, hosts=frozenset({"console.example:443"})))
    asked = [browser.get("/", host=f"console.example{port}") for port in (":443", ":80", "")]
    assert [one.status_code for one in asked] == [200, 421, 421]


# pages of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": FAR},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "https://127.0.0.1:8081"},
        {"origin": "http://127.0.0.1:8081.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=lambda headers: "=".join(*headers.items()),
)
def test_a_form_from_another_site_is_refused_even_with_a_token(anybody, headers):
    token = anybody.token()
    assert anybody.post("/do", {"token": token}, **headers).status_code == 403


@pytest.mark.parametrize(
    ("mode", "dest"), [("no-cors", "script"), ("navigate", "iframe"), ("cors", "empty")]
)
def test_a_page_of_another_site_cannot_make_ours_a_part_of_itself(anybody, mode, dest):
    way = {"sec_fetch_site": "cross-site", "sec_fetch_mode": mode, "sec_fetch_dest": dest}
    assert anybody.get("/", **way).status_code == 403


def test_a_link_of_another_site_leads_here(anybody):
    way = {
        "sec_fetch_site": "cross-site",
        "sec_fetch_mode": "navigate",
        "sec_fetch_dest": "document",
    }
    assert anybody.get("/", **way).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_only_looking_and_sending_forms_is_understood(anybody, method):
    assert anybody.ask(method, "/").status_code == 405


def test_nobody_speaks_websockets_here(door):
    sent = answered(Guard(pages(), door(accounts=None)), {"type": "websocket", "headers": []})
    assert sent == 1008


# tokens


def test_a_form_of_ours_arrives_whole(anybody):
    given = {"token": anybody.token(), "name": "Ünï", "text": "a\r\nb"}
    assert anybody.post("/do", given).json()["form"] == given


def test_the_token_may_come_in_a_header(anybody):
    assert anybody.post("/do", {"a": "1"}, x_csrf_token=anybody.token()).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "0" * 96, "é", "\udc80"])
def test_a_form_without_its_token_is_refused(anybody, token):
    anybody.token()
    body = f"token={token}".encode("utf-8", "surrogateescape")
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert anybody.post("/do", body, **form).status_code == 403


def test_the_token_of_another_session_is_worth_nothing(door):
    at = door()
    ada, bob = Browser(at), Browser(at)
    ada.sign_in("ada", ADA)
    bob.sign_in("bob", BOB)
    assert ada.post("/do", {"token": bob.token()}).status_code == 403


def test_a_token_ends_with_its_session(visitor):
    visitor.sign_in("ada", ADA)
    token, kept = visitor.token(), dict(visitor.cookies)
    assert visitor.post("/logout", {"token": token}).headers["location"] == "/login"
    visitor.cookies.update(kept)
    assert visitor.post("/do", {"token": token}).headers["location"] == "/login"
    visitor.cookies.clear()
    visitor.sign_in("ada", ADA)
    assert visitor.post("/do", {"token": token}).status_code == 403


def test_no_two_pages_have_the_same_token(anybody):
    assert anybody.token() != anybody.token()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"]
)
def test_what_is_no_form_is_not_read(anybody, kind):
    sent = {"content_type": kind, "x_csrf_token": anybody.token()}
    assert anybody.post("/do", b"{}", **sent).status_code == 415


def test_a_huge_form_is_broken_off(anybody):
    token = anybody.token()
    assert anybody.post("/do", {"token": token, "a": "x" * 4_000_001}).status_code == 413


def test_a_form_with_too_many_fields_is_refused(anybody):
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert anybody.post("/do", b"a=1&" * 10_001, **form).status_code == 400


def test_a_huge_login_is_broken_off_sooner(visitor):
    assert visitor.sign_in("ada", "x" * 20_000).status_code == 413


def test_whoever_is_not_signed_in_cannot_make_the_console_read_a_body(visitor):
    assert visitor.post("/do", b"x" * 5_000_000).headers["location"] == "/login"


# signing in


def test_whoever_is_not_signed_in_sees_nothing(visitor):
    answer = visitor.get("/deliveries?user=u1")
    assert (answer.status_code, answer.text) == (303, "")
    assert answer.headers["location"] == "/login?next=%2Fdeliveries%3Fuser%3Du1"


def test_a_name_with_a_slash_in_it_stays_quoted_on_the_way(visitor):
    answer = visitor.get("/connections/a%2Fb")
    assert answer.headers["location"] == "/login?next=%2Fconnections%2Fa%252Fb"


@pytest.mark.parametrize(
    "referer",
    ["http://[", "http://evil.example/events", "/events", "javascript://127.0.0.1:8081/x"],
)
def test_a_form_of_nowhere_leads_to_the_first_page(visitor, referer):
    assert visitor.post("/do", referer=referer).headers["location"] == "/login"


def test_a_part_of_a_page_leads_to_the_page_for_signing_in(visitor):
    answer = visitor.get("/rows", hx_request="true", referer=f"{visitor.base}/events")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Fevents")


def test_ada_signs_in_and_is_where_she_wanted_to_be(visitor):
    answer = visitor.sign_in(" Ada ", ADA, next="/events?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/events?a=1")
    assert visitor.get("/").json()["who"] == "ada"


def test_her_cookie_is_for_this_site_only_and_for_no_script(visitor):
    said = visitor.sign_in("ada", ADA).headers.get_list("set-cookie")[0].lower()
    assert re.fullmatch(
        r"segue_console=[0-9a-f]{64}; httponly; max-age=604800; path=/; samesite=strict", said
    )


def test_over_https_the_cookie_belongs_to_one_host(door):
    browser = Browser(door(secure=True), base="https://127.0.0.1")
    said = browser.sign_in("ada", ADA).headers.get_list("set-cookie")[0]
    assert said.startswith("__Host-segue_console=")
    assert said.endswith("Secure")


@pytest.mark.parametrize(("name", "password"), [("ada", BOB), ("eve", ADA), ("", ""), ("ada", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(visitor, name, password):
    answer = visitor.sign_in(name, password)
    assert answer.status_code == 401
    assert "There is no account with this name and this password." in answer.text
    assert "segue_console=" not in str(answer.headers)


def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has(door, tmp_path):
    """Else the time would tell who has an account. It is the processor's, whatever else it does."""
    dear = Cost(2**14, 8, 1)
    at = door(cost=dear, attempts=Attempts(Allowance(99, 1), Allowance(99, 1)))
    at.accounts.put("dear", "reader", sealed_at(dear), at.draw)
    browser = Browser(at)
    browser.sign_in("warm", "up")
    took = {name: median(seconds(browser, name) for _ in range(5)) for name in ("dear", "nobody")}
    assert 0.5 < took["dear"] / took["nobody"] < 2


def test_a_session_that_an_attacker_chose_is_none_after_signing_in(visitor):
    planted = "f" * 64
    visitor.cookies.set("segue_console", planted, domain="127.0.0.1", path="/")
    visitor.sign_in("ada", ADA)
    assert planted not in visitor.cookies.values()
    visitor.cookies.clear()
    visitor.cookies.set("segue_console", planted, domain="127.0.0.1", path="/")
    assert visitor.get("/").status_code == 303


def test_another_site_cannot_sign_somebody_in(visitor):
    shown = re.search(r'name="token" value="(\w+)"', visitor.get("/login").text)[1]
    visitor.cookies.clear()
    given = {"name": "bob", "password": BOB, "token": shown}
    assert visitor.post("/login", given).status_code == 403


def test_guessing_is_slowed_for_a_name_wherever_it_is_done(door, time):
    at = door()
    browsers = [Browser(at, address=f"10.0.0.{n}") for n in range(11)]
    asked = [one.sign_in("ada", "guess") for one in browsers]
    assert [one.status_code for one in asked] == [401] * 10 + [429]
    assert asked[-1].headers["retry-after"] == "31"
    assert browsers[-1].sign_in("ada", ADA).status_code == 429
    time.now += 31
    assert browsers[-1].sign_in("ada", ADA).status_code == 303


def test_guessing_is_slowed_for_an_address_whatever_the_name(visitor):
    codes = [visitor.sign_in(f"user{n}", "guess").status_code for n in range(31)]
    assert codes == [401] * 30 + [429]


def test_an_address_that_a_stranger_claims_is_not_believed(visitor):
    for n in range(30):
        visitor.sign_in(f"user{n}", "guess")
    shown = re.search(r'name="token" value="(\w+)"', visitor.get("/login").text)[1]
    given = {"name": "bob", "password": BOB, "token": shown}
    assert visitor.post("/login", given, x_forwarded_for="1.2.3.4").status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_adds(door):
    browser = Browser(door(forwarded=True))
    for n in range(30):
        browser.sign_in(f"user{n}", "guess")
    shown = re.search(r'name="token" value="(\w+)"', browser.get("/login").text)[1]
    given = {"name": "bob", "password": BOB, "token": shown}
    assert browser.post("/login", given, x_forwarded_for="10.9.9.9, 5.6.7.8").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "evil", "",
        "/a\r\nset-cookie: x=1", "/a\tb", "/\x00", "///evil", "/login", "/logout?x=1", "/ü", "//[", "http://[",
    ],
)  # fmt: skip
def test_signing_in_never_leads_out_of_the_console(visitor, address):
    answer = visitor.sign_in("ada", ADA, next=address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "x=1" not in str(answer.headers)


@settings(deadline=None)
@given(st.text() | st.text("/\\[]:?#@ae."))
def test_where_signing_in_leads_is_always_a_plain_path_of_ours(address):
    found = within(address)
    assert found in {"/", address}
    assert re.fullmatch(r"/(?![/\\])[!-~]*", found)


# what a session allows, and for how long


def test_a_reader_looks_and_changes_nothing(visitor):
    visitor.sign_in("bob", BOB)
    assert visitor.get("/").json()["who"] == "bob"
    assert visitor.post("/do", {"token": visitor.token()}).status_code == 403
    assert visitor.post("/logout", {"token": visitor.token()}).status_code == 303


def test_a_session_ends_when_it_is_left_alone(visitor, time):
    visitor.sign_in("ada", ADA)
    time.now += 8 * 3600
    assert visitor.get("/").status_code == 303


def test_a_session_in_use_goes_on_for_a_week_and_no_longer(visitor, time):
    visitor.sign_in("ada", ADA)
    codes = []
    for _ in range(24 * 7 + 1):
        codes.append(visitor.get("/").status_code)
        time.now += 3600
    assert codes == [200] * 24 * 7 + [303]


def test_another_password_ends_every_session_of_a_user(visitor, accounts, door):
    visitor.sign_in("ada", ADA)
    accounts.put("ada", "editor", sealed(BOB), lambda size: b"x" * size)
    assert visitor.get("/").status_code == 303


def test_a_user_who_was_removed_is_out_at_once(visitor, accounts):
    visitor.sign_in("ada", ADA)
    accounts.remove("ada")
    assert visitor.get("/").status_code == 303


@pytest.fixture
def beside(door, tmp_path):
    """``beside(browser)`` is the same browser at another console over the same data."""

    draw = drawing()

    def beside(browser=None):
        book = Book(tmp_path / "console-sessions.json")
        other = Browser(door(book=book, draw=draw, sessions=Sessions(draw)))
        other.cookies = browser.cookies if browser else other.cookies
        return other

    return beside


def test_a_restart_signs_nobody_out(beside, tmp_path):
    browser = beside()
    browser.sign_in("ada", ADA)
    session = next(iter(browser.cookies.values()))
    assert session not in (tmp_path / "console-sessions.json").read_text()
    assert beside(browser).get("/").json()["who"] == "ada"


def test_whoever_signs_out_of_one_console_is_out_of_the_other_and_nobody_else_is(beside):
    ada, bob = beside(), beside()
    ada.sign_in("ada", ADA)
    bob.sign_in("bob", BOB)
    there = beside(ada)
    assert [one.get("/").json()["who"] for one in (ada, bob, there)] == ["ada", "bob", "ada"]
    there.post("/logout", {"token": there.token()})
    assert ada.get("/").status_code == 303
    assert bob.get("/").json()["who"] == "bob"
    assert beside(bob).get("/").json()["who"] == "bob"


@pytest.fixture
def disk(tmp_path):
    """``disk()`` is full from now on: there is a folder where a new file would be written."""

    def fill():
        (tmp_path / "console-sessions.new").mkdir()

    return fill


def test_on_a_full_disk_one_can_look_sign_in_and_sign_out_for_good(beside, disk, time):
    ada, bob = beside(), beside()
    ada.sign_in("ada", ADA)
    disk()
    time.now += NOTED
    assert ada.get("/").json()["who"] == "ada"
    bob.sign_in("bob", BOB)
    assert bob.get("/").json()["who"] == "bob"
    before = beside(ada)
    ada.post("/logout", {"token": ada.token()})
    after = beside(before)
    assert [one.get("/").status_code for one in (before, after, bob)] == [303, 303, 200]


def test_a_file_of_sessions_that_makes_no_sense_is_begun_anew(beside, tmp_path):
    (tmp_path / "console-sessions.json").write_text('{"sessions": {"')
    browser = beside()
    browser.sign_in("ada", ADA)
    assert beside(browser).get("/").json()["who"] == "ada"


def test_a_password_kept_at_another_cost_is_kept_anew(door, accounts):
    before = accounts.find("ada")
    browser = Browser(door(cost=Cost(4, 1, 1)))
    assert browser.sign_in("ada", ADA).status_code == 303
    after = accounts.find("ada")
    assert (after.password.split("$")[:3], after.mark) == (["scrypt", "4", "1"], before.mark)
    assert opens(ADA, after.password)
    assert browser.get("/").json()["who"] == "ada"


def test_a_link_of_another_site_asks_nobody_who_is_signed_in_to_sign_in(visitor):
    """The visitor sends no cookie with it, so the page asks again from here."""
    visitor.sign_in("ada", ADA)
    kept, visitor.cookies = visitor.cookies, type(visitor.cookies)()
    far = {
        "sec_fetch_site": "cross-site",
        "sec_fetch_mode": "navigate",
        "sec_fetch_dest": "document",
    }
    there = visitor.get("/events?a=1&b=2", **far).headers["location"]
    step = visitor.get(there, **far)
    assert step.headers.get("set-cookie") is None
    onward = re.search(r'url=([^"]+)"', step.text)[1].replace("&amp;", "&")
    visitor.cookies = kept
    assert visitor.get(onward).headers["location"] == "/events?a=1&b=2"


def test_the_first_account_locks_a_console_that_was_open(door, accounts, tmp_path):
    for name in ("ada", "bob"):
        accounts.remove(name)
    browser = Browser(door(unlocked=True))
    assert browser.get("/").json()["who"] == "local"
    accounts.put("ada", "editor", sealed(ADA), lambda size: b"x" * size)
    assert browser.get("/").status_code == 303


def test_without_accounts_a_console_that_asks_for_one_stays_shut(door, accounts):
    for name in ("ada", "bob"):
        accounts.remove(name)
    assert Browser(door()).get("/").status_code == 303


@pytest.mark.parametrize("damage", ["open", "garbled", "nonsense"])
def test_accounts_that_cannot_be_trusted_let_nobody_in(door, tmp_path, damage):
    file = tmp_path / "console-users.json"
    if damage == "open":
        file.chmod(0o644)
    else:
        file.write_text({"garbled": "{", "nonsense": '{"ada": {"role": "king"}}'}[damage])
    answer = Browser(door(unlocked=True)).get("/")
    assert answer.status_code == 503
    assert "console-users.json" in answer.text
    assert not [word for word in (str(tmp_path), "ada", "king") if word in answer.text]


# headers


@pytest.mark.parametrize("path", ["/", "/fault", "/login", "/nothing", "/static/a.css"])
def test_every_answer_confines_its_page(anybody, path):
    headers = anybody.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    found = [
        headers[name]
        for name in ("x-content-type-options", "x-frame-options", "cross-origin-opener-policy")
    ]
    assert found == ["nosniff", "DENY", "same-origin"]


def test_refusals_are_confined_and_kept_nowhere(anybody):
    headers = anybody.get("/", host="evil.example").headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"].startswith("text/plain")
    assert "content-security-policy" in headers


def test_only_files_are_kept_by_the_browser(anybody):
    kept = [anybody.get(path).headers["cache-control"] for path in ("/", "/static/a.css")]
    assert kept == ["no-store", "immutable"]


def test_the_page_for_signing_in_has_what_it_is_told_as_text(visitor):
    shown = visitor.sign_in('"><script>alert(1)</script>', "x", next='/"><b>').text
    assert "<script>alert" not in shown
    assert "<b>" not in shown


def answered(app, scope):
    """The status, or the code of a closed websocket."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0].get("status", sent[0].get("code"))


def sealed_at(cost):
    return seal(ADA, b"salt", cost)


def seconds(browser, name):
    began = clock.process_time()
    assert browser.sign_in(name, "guess").status_code == 401
    return clock.process_time() - began


HTTPS = "https://console.example.org"
PLAIN = "http://console.example.org"


@pytest.mark.parametrize(
    ("base", "said", "forwarded", "lasting"),
    [
        (HTTPS, "", False, True),
        (PLAIN, "https", True, True),
        (PLAIN, "", True, False),
        (PLAIN, "http", True, False),
        (PLAIN, "https", False, False),
        ("https://localhost:8081", "", False, False),
        ("https://127.0.0.1", "", False, False),
    ],
)
def test_a_browser_is_told_to_come_back_over_https_where_it_came_so(
    door, base, said, forwarded, lasting
):
    names = frozenset({"console.example.org", "localhost", "127.0.0.1"})
    browser = Browser(door(hosts=names, secure=True, forwarded=forwarded), base)
    answer = browser.get("/login", **({"x_forwarded_proto": said} if said else {}))
    assert answer.status_code == 200
    assert ("strict-transport-security" in answer.headers) is lasting
