"""A replay is a new delivery of an old event, once, and what it replaces says so."""

from segue.store import NewDelivery, Query, Replay, State


PUT = NewDelivery("desk", "put")


def test_a_dead_letter_is_sent_again_as_another_delivery(store):
    store.arrive("ann", text=b'{"n":1}')
    store.end(store.take(), State.DEAD)
    assert store.replay([Replay(1, (PUT,))]) == [2]
    (claim,) = store.take()
    assert (claim.delivery, claim.event, claim.replay) == (2, b'{"n":1}', 1)
    assert (claim.attempts, claim.frozen) == (0, None)
    assert store.states() == ["replayed", "waiting"]


def test_a_delivery_that_succeeded_keeps_its_state_when_it_is_replayed(store):
    store.arrive("ann")
    store.end(store.take())
    store.replay([Replay(1, (PUT,))])
    assert store.states() == ["delivered", "waiting"]


def test_each_replay_has_a_number_of_its_own(store):
    store.arrive("ann")
    for expected in (0, 1, 2):
        (claim,) = store.take()
        assert claim.replay == expected
        store.end([claim], State.DEAD)
        store.replay([Replay(1, (PUT,))])


def test_what_is_on_its_way_is_not_replayed(store, clock):
    store.arrive("ann", "bob", "cid")
    ann, bob, _ = store.take()
    store.retry([ann])
    store.end([bob], State.HELD)
    assert store.replay([Replay(number, (PUT,)) for number in (1, 2, 3)]) == []


def test_a_replay_that_was_interrupted_can_be_begun_again(store):
    store.arrive("ann", "bob")
    store.end(store.take(), State.DEAD)
    store.replay([Replay(1, (PUT,))])
    assert store.replay([Replay(1, (PUT,)), Replay(2, (PUT,))]) == [4]
    assert store.count(Query(state=State.DEAD)) == 0


def test_a_replay_goes_to_the_end_of_its_lane(store):
    store.arrive("ann")
    store.end(store.take(), State.DEAD)
    store.arrive("ann")
    store.replay([Replay(1, (PUT,))])
    assert [one.delivery for one in store.take()] == [2]


def test_an_event_can_be_dispatched_to_a_connection_that_is_new(store):
    store.append([store.arrival("ann", to=())])
    assert store.replay([Replay(1, (NewDelivery("mail", "send"), PUT))]) == [1, 2]
    (claim,) = store.take(connection="mail")
    assert (claim.mapping, claim.replay) == ("send", 0)


def test_another_mapping_of_the_event_is_left_alone(store):
    store.append([store.arrival("ann", "put", "post")])
    while claims := store.take():
        store.end(claims, State.DEAD)
    store.replay([Replay(1, (PUT,))])
    assert store.states() == ["replayed", "dead", "waiting"]


def test_an_event_that_is_gone_is_left_out(store):
    assert store.replay([Replay(77, (PUT,))]) == []


def test_who_watches_is_told_of_a_replay(store):
    store.append([store.arrival("ann", to=())])
    woken = []
    store.watch(woken.append)
    store.replay([Replay(1, (PUT,))])
    assert woken == ["desk"]
