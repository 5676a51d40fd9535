"""Requests become visits, answers become responses."""

import httpx
import pytest

from segue.console.app import create_app
from segue.console.places import get


def test_the_first_page_is_the_list_of_connections(console):
    answer = console.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/connections")


def test_a_page_that_does_not_exist_is_answered_with_one_that_says_so(console):
    answer = console.get("/nothing")
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
    assert "/connections" in answer.text


@pytest.mark.parametrize("url", ["/connections", "/deliveries", "/events"])
def test_a_wrong_workspace_still_has_pages_and_each_says_what_is_wrong(console, url):
    console.file.write_text("version: 1\nconnections: 3\n")
    answer = console.get(url)
    assert answer.status_code == 200
    assert "problem" in answer.text
    assert "Nothing is connected yet" not in answer.text


def test_a_static_file_may_be_kept_for_ever_for_its_address_changes_with_it(console):
    answer = console.get("/static/htmx.min.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("gzip;q=0.5", True),
        ("br", False),
        ("gzip;q=0, br", False),
        ("", False),
    ],
)
def test_a_static_file_is_packed_for_whoever_reads_that_and_a_page_never_is(
    console, accepted, packed
):
    headers = {"accept-encoding": accepted}
    file = console.get("/static/htmx.min.js", **headers)
    assert (file.headers.get("content-encoding") == "gzip") is packed
    assert file.headers["vary"] == "accept-encoding"
    assert file.text == console.get("/static/htmx.min.js").text
    assert "content-encoding" not in console.get("/connections", **headers).headers


@pytest.mark.parametrize("name", ["app.py", "..%2fapp.py", "htmx.min.js.LICENSE", ""])
def test_nothing_else_is_a_static_file(console, name):
    assert console.get(f"/static/{name}").status_code == 404


def test_what_a_change_has_to_say_is_shown_once(console):
    console.post("/connections/loops/hold")
    first, second = console.get("/connections/loops"), console.get("/connections/loops")
    assert "deliveries wait." in first.text
    assert "deliveries wait." not in second.text


def test_a_fault_of_a_page_is_answered_with_a_page_that_does_not_tell_of_it(console):
    async def broken(desk, visit):
        raise RuntimeError(f"s3cret of {desk.data}")

    app = create_app(console.desk, places=[get("/broken", broken)])

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/broken")

    answer = console.run(ask)
    assert (answer.status_code, "s3cret" in answer.text) == (500, False)
    assert "Go back and try again" in answer.text
