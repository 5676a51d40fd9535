"""Signing in to the console in a browser, by link from elsewhere, and out again."""

import pytest
from browsing import ADA
from playwright.sync_api import Page, expect
from running import until
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route


pytestmark = pytest.mark.browser


@pytest.fixture
def console(start, segue, page):
    """The address of a console that Ada has an account of; what breaks its content policy fails the test."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    assert segue("console", "user", "add", "ada", input=ADA).returncode == 0
    running = start("--console-port", "0")
    yield until(
        lambda: next(
            (one["url"] for one in running.records() if one["message"] == "serving the console"),
            None,
        )
    )
    assert [one for one in complaints if "with a status of 4" not in one] == []


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_ada_signs_in_follows_a_link_from_elsewhere_and_signs_out(page: Page, console, serve):
    page.goto(f"{console}/deliveries")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, "a guess of hers")
    expect(page.get_by_role("alert").first).to_contain_text("no account with this name")
    sign_in(page, ADA)
    expect(page).to_have_url(f"{console}/deliveries")

    async def elsewhere(_):
        return HTMLResponse(f'<title>Chat</title><a href="{console}/sources">look</a>')

    chat = serve(Starlette(routes=[Route("/", elsewhere)])).replace("127.0.0.1", "localhost")
    page.goto(chat)
    page.get_by_role("link", name="look").click()
    expect(page).to_have_url(f"{console}/sources")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{console}/sources")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
