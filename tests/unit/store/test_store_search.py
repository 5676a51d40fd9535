"""What happened can be found by connection, user, message, state, reason and time."""

import pytest

from segue.store import EventQuery, Query, State


@pytest.fixture
def filled(store, clock):
    """Six deliveries: four on desk (delivered, dead, retrying, waiting), two on mail."""
    store.arrive("ann", "bob", "cid", source="web")
    ann, bob, cid = store.take()
    store.end([ann])
    store.end([bob], State.DEAD, code="NOT_FOUND")
    store.retry([cid], after=60, code="E503")
    clock.now += 100
    store.arrive("ann", "dee", source="app", to=("mail",))
    clock.now += 100
    store.append([store.arrival("ann", "post", message="m77", source="app")])
    return store


def numbers(page):
    return [one.delivery for one in page.items]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"connection": "desk"}, [6, 3, 2, 1]),
        ({"connection": "nowhere"}, []),
        ({"mapping": "post"}, [6]),
        ({"mapping": "nothing"}, []),
        ({"user": "ann"}, [6, 4, 1]),
        ({"user": "ann", "connection": "desk"}, [6, 1]),
        ({"user": "ann", "state": State.WAITING}, [6, 4]),
        ({"user": "zoe"}, []),
        ({"message_id": "m77"}, [6]),
        ({"message_id": "m77", "user": "ann"}, [6]),
        ({"message_id": "m77", "user": "bob"}, []),
        ({"state": State.WAITING}, [6, 5, 4]),
        ({"state": State.DEAD}, [2]),
        ({"state": State.DEAD, "connection": "mail"}, []),
        ({"state": State.RETRYING, "connection": "desk"}, [3]),
        ({"code": "NOT_FOUND"}, [2]),
        ({"code": "E503", "state": State.RETRYING}, [3]),
        ({"code": "E503", "state": State.DEAD}, []),
        ({"since": 100.0}, [6, 5, 4]),
        ({"until": 100.0}, [3, 2, 1]),
        ({"since": 100.0, "until": 200.0}, [5, 4]),
        ({"since": 100.5, "until": 199.5}, []),
        ({"since": 300.0}, []),
        ({"user": "ann", "since": 50.0, "until": 200.0}, [4]),
        ({"connection": "desk", "since": 50.0}, [6]),
    ],
    ids=str,
)
def test_a_query_finds_what_it_says(filled, clock, query, expected):
    start = clock.now - 200
    times = {name: start + query[name] for name in ("since", "until") if name in query}
    asked = Query(**{**query, **times})
    assert numbers(filled.search(asked)) == expected
    assert numbers(filled.search(asked, oldest_first=True)) == expected[::-1]
    assert filled.count(asked) == len(expected)


@pytest.mark.parametrize("oldest_first", [True, False], ids=["rising", "falling"])
@pytest.mark.parametrize(
    "query", [Query(), Query(connection="desk"), Query(state=State.WAITING), Query(user="ann")]
)
def test_pages_together_are_the_whole_list(filled, query, oldest_first):
    whole = numbers(filled.search(query, oldest_first=oldest_first))
    paged, after = [], None
    while True:
        page = filled.search(query, after=after, limit=2, oldest_first=oldest_first)
        paged += numbers(page)
        if page.next is None:
            break
        after = page.next
    assert paged == whole


def test_a_page_goes_on_where_it_ended_although_more_arrived(filled):
    first = filled.search(Query(), limit=2)
    filled.arrive("eve")
    assert numbers(filled.search(Query(), after=first.next, limit=2)) == [4, 3]


def test_the_same_message_of_two_sources_is_found_twice(store):
    store.arrive("ann", message="m1", source="web")
    store.arrive("bob", message="m1", source="app")
    assert numbers(store.search(Query(message_id="m1"))) == [2, 1]


def test_all_deliveries_of_an_event_are_found_by_its_message(store):
    store.arrive("ann", message="m1", to=("desk", "mail", "chat"))
    found = store.search(Query(message_id="m1")).items
    assert [one.connection for one in found] == ["chat", "mail", "desk"]


def test_a_summary_says_what_a_list_shows(store, clock):
    store.arrive("ann", message="m1")
    queued = clock.now
    clock.now += 5
    store.end(store.take(), State.DISCARDED, code="INVALID", why="no email")
    (found,) = store.search(Query()).items
    assert (found.delivery, found.event, found.connection, found.mapping) == (1, 1, "desk", "put")
    assert (found.source, found.user, found.message_id) == ("web", "ann", "m1")
    assert (found.state, found.code, found.why) == (State.DISCARDED, "INVALID", "no email")
    assert (found.replay, found.attempts, found.due) == (0, 1, None)
    assert (found.queued_at, found.ended_at) == (queued, queued + 5)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"source": "app"}, [6, 5, 4]),
        ({"source": "nothing"}, []),
        ({"user": "ann"}, [6, 4, 1]),
        ({"user": "ann", "source": "web"}, [1]),
        ({"message_id": "m77"}, [6]),
        ({"since": 100.0, "until": 200.0}, [5, 4]),
        ({"unmatched": True}, []),
    ],
    ids=str,
)
def test_a_query_finds_events(filled, clock, query, expected):
    start = clock.now - 200
    times = {name: start + query[name] for name in ("since", "until") if name in query}
    asked = EventQuery(**{**query, **times})
    found = [one.event for one in filled.events(asked).items]
    assert found == expected
    rising = filled.events(asked, oldest_first=True).items
    assert [one.event for one in rising] == expected[::-1]


def test_an_event_is_found_with_its_text_and_its_deliveries(store):
    store.append([store.arrival("ann", to=("desk", "mail"), text=b'{"n":1}')])
    (kept,) = store.events(EventQuery()).items
    assert (kept.text, kept.source, kept.user) == (b'{"n":1}', "web", "ann")
    assert [one.connection for one in kept.deliveries] == ["desk", "mail"]


def test_events_can_be_asked_for_without_their_deliveries(store):
    store.append([store.arrival("ann", text=b'{"n":1}')])
    (kept,) = store.events(EventQuery(bare=True)).items
    assert (kept.text, kept.deliveries) == (b'{"n":1}', ())


def test_events_that_matched_nothing_are_found_apart(store):
    store.append([store.arrival("ann"), store.arrival("bob", to=())])
    found = store.events(EventQuery(unmatched=True)).items
    assert [one.user for one in found] == ["bob"]


def test_events_come_in_pages(store):
    store.arrive(*"abcde")
    first = store.events(EventQuery(), limit=2, oldest_first=True)
    second = store.events(EventQuery(), limit=2, oldest_first=True, after=first.next)
    assert [one.user for one in first.items + second.items] == ["a", "b", "c", "d"]


def test_quotes_and_wildcards_in_a_query_are_only_text(store):
    store.arrive("' OR 1=1 --", "%", "ann")
    assert store.count(Query(user="%")) == 1
    assert store.count(Query(user="' OR 1=1 --")) == 1
    assert store.count(Query(connection="' OR 1=1 --")) == 0
