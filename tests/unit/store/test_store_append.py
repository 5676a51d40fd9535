"""What arrives is stored once, with its deliveries, and can be claimed."""

import pytest

from segue.errors import StoreUnavailableError
from segue.store import Backlog, EventQuery, Receipt


def test_a_receipt_numbers_the_event(store):
    assert store.append([store.arrival(), store.arrival()]) == [
        Receipt(1, new=True),
        Receipt(2, new=True),
    ]


def test_a_claim_is_what_arrived(store, clock):
    store.append([store.arrival("ann", message="m9", text=b'{"a":1}')])
    (claim,) = store.take()
    assert (claim.event, claim.user, claim.message_id) == (b'{"a":1}', "ann", "m9")
    assert (claim.source, claim.connection, claim.mapping) == ("web", "desk", "put")
    assert (claim.received_at, claim.event_id, claim.delivery) == (clock.now, 1, 1)
    assert (claim.replay, claim.attempts, claim.first_attempt_at) == (0, 0, None)
    assert (claim.frozen, claim.steps, claim.ambiguous, claim.spent) == (None, (), False, 0.0)


def test_an_event_goes_through_each_mapping_of_each_connection(store):
    store.append([store.arrival("ann", "put", "post", to=("desk", "mail"))])
    assert [one.mapping for one in store.take()] == ["put"]
    assert store.backlog() == {"desk": Backlog(waiting=2), "mail": Backlog(waiting=2)}


def test_a_message_that_was_sent_before_is_not_stored_again(store):
    first = store.append([store.arrival(message="m1")])
    again = store.append([store.arrival(message="m1", text=b'{"other":true}')])
    assert again == [Receipt(first[0].event, new=False)]
    assert store.backlog() == {"desk": Backlog(waiting=1)}


def test_a_message_that_is_twice_in_one_batch_is_stored_once(store):
    receipts = store.append([store.arrival(message="m1"), store.arrival(message="m1")])
    assert receipts == [Receipt(1, new=True), Receipt(1, new=False)]


def test_another_source_may_use_the_same_message_id(store):
    store.arrive("ann", message="m1", source="web")
    assert store.append([store.arrival(message="m1", source="app")]) == [Receipt(2, new=True)]


def test_a_source_and_a_message_id_are_not_run_together(store):
    store.arrive("ann", message="b", source="a")
    assert store.append([store.arrival(message="", source="ab")])[0].new


def test_an_event_that_matched_nothing_is_kept(store):
    store.append([store.arrival(to=())])
    (kept,) = store.events(EventQuery(unmatched=True)).items
    assert (kept.event, kept.deliveries) == (1, ())


def test_an_event_that_matched_nothing_is_not_stored_twice(store):
    store.append([store.arrival(message="m1", to=())])
    assert store.append([store.arrival(message="m1")]) == [Receipt(1, new=False)]


def test_nothing_is_appended_by_an_empty_batch(store):
    assert store.append([]) == []


def test_text_of_any_language_survives(store):
    store.arrive("Zoë 🙂\u0000'", message="м1", source="сайт", text="{“…”}".encode())
    (claim,) = store.take()
    assert (claim.user, claim.message_id, claim.source) == ("Zoë 🙂\u0000'", "м1", "сайт")
    assert claim.event == "{“…”}".encode()


def test_a_large_event_survives(store):
    store.append([store.arrival(text=b"x" * 500_000)])
    assert len(store.take()[0].event) == 500_000


def test_a_batch_of_many_is_stored_in_order(store):
    users = [f"user {number}" for number in range(333)]
    assert store.arrive(*users) == list(range(1, 334))
    assert store.users(fresh=333) == users


def test_who_watches_is_told_of_connections_that_have_something_new(store):
    woken = []
    store.watch(woken.append)
    store.append([store.arrival(to=("desk",)), store.arrival(to=())])
    assert set(woken) == {"desk"}


def test_a_closed_store_takes_nothing(store, run):
    run(store.store.close())
    with pytest.raises(StoreUnavailableError, match="closed"):
        store.append([store.arrival()])
    with pytest.raises(StoreUnavailableError, match="closed"):
        store.count(EventQuery())
