"""Finding deliveries, looking at one, sending them again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.console.pages.deliveries import FILTERS, parse
from segue.store.values import State


def states(site):
    return [site.run(site.office.store.history.show, number).summary.state for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        ("user=user-2", {2}),
        ("message=m3", {3}),
        ("state=delivered", {1}),
        ("code=BAD_REQUEST", {2}),
        ("connection=loops&state=dead", {2}),
        ("connection=none", set()),
        ("since=2999-01-01T00:00", set()),
        ("until=2999-01-01T00:00", {1, 2, 3}),
    ],
)
def test_a_search_finds_what_it_asks_for(full, query, found):
    page = full.get(f"/deliveries?{query}").text
    assert {number for number in (1, 2, 3) if f'"/deliveries/{number}"' in page} == found


@pytest.mark.parametrize("query", ["since=tomorrow", "state=lost", "since=99999999"])
def test_a_search_that_cannot_be_read_says_so_at_its_field(full, query):
    answer = full.get(f"/deliveries?{query}")
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text


@given(st.dictionaries(st.sampled_from(sorted(FILTERS)), st.text()))
def test_every_search_is_understood_or_refused(wanted):
    query, problems = parse(wanted)
    assert set(problems) <= {"since", "until", "state"}
    assert problems or query.user == (wanted.get("user") or None)


def test_an_empty_list_says_how_deliveries_come_about_unless_something_was_looked_for(console):
    assert "No deliveries yet" in console.get("/deliveries").text
    assert "No deliveries yet" in console.get("/connections/loops/deliveries").text
    assert "No delivery matches" in console.get("/deliveries?user=ada").text


def test_a_list_is_asked_for_again_while_something_in_it_ends_by_itself(full):
    assert "hx-select" not in full.get("/deliveries").text
    full.post("/deliveries/2/retry")
    assert "hx-select" in full.get("/deliveries").text
    assert "hx-select" not in full.get("/deliveries?after=9").text


def test_a_delivery_that_failed_says_what_to_do(full):
    assert "then send it again" in full.get("/deliveries/2").text


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_a_delivery_does_not_have_is_left_out(full, number):
    assert ">None<" not in full.get(f"/deliveries/{number}").text


def test_a_delivery_shows_what_was_sent_and_what_came_back(full):
    page = full.get("/deliveries/2").text
    assert "http://loops.test/contacts/update" in page
    assert "x-request-id" in page
    assert "BAD_REQUEST" in page


def test_a_delivery_shows_what_its_mapping_makes_of_it_now(full):
    page = full.get("/deliveries/1").text
    assert "What the mapping makes of it now" in page
    assert "user-1@b.test" in page


@pytest.mark.parametrize("number", ["99", "-1", "x", "9" * 30])
def test_a_delivery_that_is_not_there_is_not_found(full, number):
    assert full.get(f"/deliveries/{number}").status_code == 404


def test_what_an_event_holds_is_text_on_every_page(full):
    pages = ("/deliveries/1", "/events", "/events/1", "/events/rows")
    assert not [page for page in pages if "<script>alert" in full.get(page).text]


def test_a_dead_letter_can_be_sent_again(full):
    answer = full.post("/deliveries/2/retry")
    assert answer.status_code == 303
    assert states(full)[1] is State.REPLAYED


def test_what_has_not_ended_is_not_sent_again(full):
    full.post("/deliveries/2/retry")
    full.post("/deliveries/4/retry")
    assert full.run(full.office.store.history.show, 5) is None


def test_a_replay_is_counted_before_it_is_made(full):
    page = full.get("/deliveries/replay?state=dead").text
    assert "Replay 1 delivery" in page
    assert "<dt>State</dt><dd>Failed</dd>" in page
    assert states(full)[1] is State.DEAD
    full.post("/deliveries/replay", {"state": "dead"})
    assert states(full)[1] is State.REPLAYED


def test_a_replay_of_what_cannot_be_sent_again_says_so(full):
    assert full.get("/deliveries/replay?state=waiting").status_code == 409


def test_a_replay_of_times_that_cannot_be_read_queues_nothing_and_says_so_at_the_field(full):
    answer = full.post("/deliveries/replay", {"state": "delivered", "since": "tomorrow"})
    assert 'aria-invalid="true"' in full.get(answer.headers["location"]).text
    assert "delivered" in states(full)[0]
