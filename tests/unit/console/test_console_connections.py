"""The list of connections, and how one of them goes."""

import pytest


def test_the_list_has_every_connection_with_its_figures(full):
    page = full.get("/connections").text
    assert 'href="/connections/loops"' in page
    assert "NO_MATCHING_MAPPING" not in page


def test_without_connections_the_list_says_what_to_do(console):
    console.file.write_text("version: 1\nsources: {}\nconnections: {}\n")
    assert "Nothing is connected yet" in console.get("/connections").text


def test_an_overview_counts_by_reason_and_leads_to_what_it_counted(full):
    page = full.get("/connections/loops").text
    assert "state=dead&amp;code=BAD_REQUEST" in page
    assert "state=discarded&amp;code=NO_MATCHING_MAPPING" in page


@pytest.mark.parametrize("period", ["hour", "day", "week", "month", "odd"])
def test_an_overview_is_of_a_period(full, period):
    page = full.get(f"/connections/loops?period={period}")
    assert page.status_code == 200
    assert "<svg" in page.text


def test_a_connection_that_does_not_exist_is_a_near_miss(console):
    answer = console.get("/connections/lops")
    assert answer.status_code == 404
    assert "Did you mean" in answer.text


def test_a_held_connection_says_why_and_goes_on_when_it_is_resumed(full):
    full.post("/connections/loops/hold", {"why": "the key is being changed"})
    assert "The key is being changed" in full.get("/connections/loops").text
    full.post("/connections/loops/resume")
    assert "the key is being changed" not in full.get("/connections/loops").text


def test_a_secret_is_on_no_page(full):
    pages = ("/connections", "/connections/loops", "/deliveries", "/deliveries/1", "/events/1")
    assert not [page for page in pages if "s3cret-of-loops" in full.get(page).text]
