"""A user can be forgotten: every event and attempt of theirs, and nobody else's."""

from segue.store import EventQuery, Query, Receipt


def test_a_user_is_known_by_the_anonymous_ids_of_their_events(store):
    store.arrive("ann", text=b'{"userId":"ann","anonymousId":"a1"}')
    store.arrive("ann", text=b'{"userId":"ann","anonymousId":"a2"}')
    store.arrive("bob", text=b'{"userId":"bob","anonymousId":"b1"}')
    assert store.known("ann") == {"ann", "a1", "a2"}


def test_a_user_without_events_is_known_by_their_own_id(store):
    assert store.known("zoe") == {"zoe"}


def test_odd_anonymous_ids_are_not_ids(store):
    for text in (b'{"anonymousId":7}', b'{"anonymousId":null}', b"{}", b"[]", b"not json"):
        store.arrive("ann", text=text)
    assert store.known("ann") == {"ann"}


def test_forgetting_removes_the_events_of_these_users_only(store):
    store.arrive("ann", "bob", "a1", "ann")
    while claims := store.take():
        store.end(claims)
    assert store.forget(["ann", "a1"]) == 3
    assert [one.user for one in store.events(EventQuery()).items] == ["bob"]
    assert store.count(Query(user="ann")) == 0
    assert store.show(1) is None


def test_an_event_with_an_unsettled_delivery_is_not_forgotten_yet(store):
    store.arrive("ann")
    assert store.forget(["ann"]) == 0
    store.cancel(["ann"])
    assert store.forget(["ann"]) == 1


def test_many_events_are_forgotten(store):
    store.append([store.arrival("ann", to=()) for _ in range(1500)])
    assert store.forget(["ann"]) == 1500
    assert store.events(EventQuery(user="ann")).items == ()


def test_a_message_that_was_forgotten_is_not_stored_again_the_same_day(store):
    store.append([store.arrival("ann", message="m1", to=())])
    store.forget(["ann"])
    assert store.append([store.arrival("ann", message="m1")]) == [Receipt(1, new=False)]


def test_figures_outlive_the_user(store):
    store.arrive("ann")
    store.end(store.take())
    store.forget(["ann"])
    assert store.stats()["desk"].first == 1
