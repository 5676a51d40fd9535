"""Suppressing and forgetting, with a store in memory and a vendor that is told what to say."""

import asyncio
import json
import stat

import pytest

from segue import Request
from segue.errors import StoreError
from segue.privacy import Hasher, Suppression, forget, open_key, receipts
from segue.store.memory import MemoryStore
from segue.store.records import EventQuery
from segue.store.values import Arrival, NewDelivery, Settlement, State


HASHER = Hasher(b"k" * 32)


def arrival(user, number, anonymous=None):
    event = {"type": "track", "event": "E", "messageId": f"m{number}", "userId": user}
    text = json.dumps({**event, **({"anonymousId": anonymous} if anonymous else {})}).encode()
    return Arrival("web", user, f"m{number}", text, (NewDelivery("desk", "put"),))


def deletable(desk):
    """The desk, which deletes people by either id."""

    @desk.on_delete
    def remove(user):
        return Request.delete(f"/people/{user.user_id or user.anonymous_id}", accept={404})


@pytest.fixture
def go(clock, connect, put):
    """``go(vendor, *arrivals)`` stores events, forgets "u1", gives the store and the receipt."""

    def go(vendor, *arrivals, prepare=None, troubles=list):
        async def run():
            store = MemoryStore(clock=clock.now)
            await store.queue.append(arrivals)
            if prepare:
                await prepare(store)
            receipt = await forget(
                "u1",
                store=store,
                hasher=HASHER,
                connections=[connect(put)],
                sender=vendor,
                clock=clock.now,
                sleep=clock.sleep,
                troubles=troubles,
            )
            left = await store.history.events(EventQuery())
            return receipt, left.items, await receipts(store.ledger, HASHER("u1")), store

        return asyncio.run(run())

    return go


def test_a_user_is_cancelled_deleted_at_the_destination_and_purged(go, desk, vendor):
    deletable(desk)
    there = vendor()
    receipt, left, _, _ = go(there, arrival("u1", 1), arrival("u1", 2), arrival("u2", 3))
    assert (receipt.cancelled, receipt.events, receipt.done) == (2, 2, True)
    assert [kept.user for kept in left] == ["u2"]
    assert [one.url for one in there.requests] == ["https://desk.test/people/u1"]


def test_the_anonymous_ids_seen_with_the_user_go_too(go, desk, vendor):
    deletable(desk)
    there = vendor()
    _, left, _, _ = go(there, arrival("u1", 1, anonymous="a1"), arrival("a1", 2), arrival("a2", 3))
    assert [kept.user for kept in left] == ["a2"]
    paths = [one.url.rpartition("/")[2] for one in there.requests]
    assert paths == ["u1", "a1"]


def test_a_receipt_stays_and_names_nobody(go, desk, vendor):
    deletable(desk)
    receipt, _, kept, _ = go(vendor(), arrival("u1", 1))
    assert kept == [receipt.data()]
    assert "u1" not in json.dumps(kept)


def test_while_a_destination_fails_the_events_stay(go, desk, vendor):
    deletable(desk)
    receipt, left, _, _ = go(vendor(400), arrival("u1", 1))
    assert (receipt.done, receipt.events, len(left)) == (False, 0, 1)
    assert receipt.answers[0].why.endswith("(BAD_REQUEST)")


def test_a_deletion_is_tried_again_while_that_may_help(go, desk, vendor):
    deletable(desk)
    there = vendor(503, 503)
    receipt, *_ = go(there, arrival("u1", 1))
    assert (receipt.done, len(there.requests)) == (True, 3)


def test_a_deletion_is_not_tried_for_ever(go, desk, vendor, clock):
    deletable(desk)
    receipt, *_ = go(vendor(*[503] * 100), arrival("u1", 1))
    assert not receipt.done
    assert sum(clock.slept) < 100


def test_an_author_s_mistake_is_an_answer_and_no_crash(go, desk, vendor):
    desk.on_delete(lambda user: 1 / 0)
    receipt, *_ = go(vendor(), arrival("u1", 1))
    assert "ZeroDivisionError" in receipt.answers[0].why


def test_a_destination_that_cannot_delete_says_so_and_stands_in_nobodys_way(go, vendor):
    receipt, left, _, _ = go(vendor(), arrival("u1", 1))
    assert (receipt.done, left) == (True, ())
    assert "no way to delete" in receipt.answers[0].why


def test_what_is_under_way_is_waited_for(go, desk, vendor, clock):
    deletable(desk)

    async def prepare(store):
        claims = await store.queue.claim("desk", fresh=1)
        sleep = clock.sleep

        async def settle(seconds):
            await sleep(seconds)
            if claims:
                await store.queue.settle([Settlement(claims.pop(), State.DELIVERED)])

        clock.sleep = settle

    receipt, left, _, _ = go(vendor(), arrival("u1", 1), prepare=prepare)
    assert (receipt.events, left) == (1, ())


def test_what_cannot_end_is_not_waited_for(go, desk, vendor, clock):
    deletable(desk)

    async def prepare(store):
        await store.queue.claim("desk", fresh=1)

    began = clock.now()
    with pytest.raises(StoreError, match=r"nothing is forgotten yet: 1 delivery is .*; it hangs"):
        go(vendor(), arrival("u1", 1), prepare=prepare, troubles=lambda: ["it hangs"])
    assert clock.now() == began


@pytest.fixture
def suppression():
    return asyncio.run(Suppression.load(MemoryStore().ledger, HASHER))


@pytest.mark.parametrize("key", ["userId", "anonymousId", "previousId"])
def test_an_event_is_covered_by_any_of_its_ids(suppression, key):
    asyncio.run(suppression.add("u1"))
    assert suppression.covers({key: "u1"})
    assert not suppression.covers({key: "u2"})


def test_the_list_outlives_the_process_and_holds_no_ids():
    async def run():
        ledger = MemoryStore().ledger
        await (await Suppression.load(ledger, HASHER)).add("u1")
        again = await Suppression.load(ledger, HASHER)
        return again.covers({"userId": "u1"}), await ledger.notes("suppressed")

    covered, notes = asyncio.run(run())
    assert covered
    assert "u1" not in str(notes)


def test_a_user_is_taken_off_the_list_once(suppression):
    async def run():
        changes = [await suppression.add("u1"), await suppression.add("u1")]
        return [*changes, await suppression.remove("u1"), await suppression.remove("u1")]

    assert asyncio.run(run()) == [True, False, True, False]
    assert not suppression.covers({"userId": "u1"})


def test_a_list_of_another_key_is_refused_instead_of_covering_nobody():
    async def run():
        ledger = MemoryStore().ledger
        await Suppression.load(ledger, HASHER)
        await Suppression.load(ledger, Hasher(b"other" * 6))

    with pytest.raises(StoreError, match=r"hash\.key"):
        asyncio.run(run())


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    key = open_key(tmp_path)
    assert open_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "hash.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(("mode", "text"), [(0o644, "key"), (0o600, "")])
def test_a_key_that_others_can_read_or_that_is_empty_is_refused(tmp_path, mode, text):
    (tmp_path / "hash.key").write_text(text)
    (tmp_path / "hash.key").chmod(mode)
    with pytest.raises(StoreError, match=r"hash\.key"):
        open_key(tmp_path)
