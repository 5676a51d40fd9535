"""What arrives, and where it went or why not."""

import pytest


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3, 4}),
        ("q=USER-2", {2}),
        ("type=page", {4}),
        ("user=user-3", {3}),
        ("unmatched=true", {4}),
        ("source=nowhere", set()),
        ("q=nothing+like+it", set()),
    ],
)
def test_a_search_finds_what_it_asks_for(full, query, found):
    page = full.get(f"/events?{query}").text
    assert {number for number in range(1, 5) if f'"/events/{number}"' in page} == found


def test_an_event_that_went_nowhere_says_why(full):
    assert "no enabled mapping matches" in full.get("/events/4").text


def test_an_event_leads_to_its_deliveries(full):
    assert 'href="/deliveries/1"' in full.get("/events/1").text


@pytest.mark.parametrize("number", ["0", "99", "x"])
def test_an_event_that_is_not_there_is_not_found(full, number):
    assert full.get(f"/events/{number}").status_code == 404


def test_the_rows_alone_are_what_a_page_renews(full):
    rows = full.get("/events/rows", hx_request="true").text
    assert "<html" not in rows
    assert 'href="/events/4"' in rows


def test_without_events_the_page_says_how_to_send_some(console):
    assert "/sources" in console.get("/events").text


@pytest.mark.parametrize("path", ["/events", "/events/rows"])
def test_a_search_without_a_result_says_so_and_leads_back(full, path):
    page = full.get(f"{path}?q=nothing+like+it").text
    assert "No event matches" in page
    assert 'href="/events"' in page
