"""What a store on disk remembers from one process to the next."""

import shutil
from pathlib import Path

import pytest

from segue.errors import StoreError, StoreLockedError, StoreUnavailableError
from segue.http import Request, Response
from segue.store import (
    Discard,
    EventQuery,
    Note,
    Query,
    Receipt,
    SqliteStore,
    SqliteView,
    State,
    Step,
)
from segue.store.sqlite.schema import FILE, MIGRATIONS, migrate, open_writer, version


@pytest.fixture
def reopen(sqlite, run):
    """``reopen(store)`` closes it and opens it again."""

    def reopen(store, **limits):
        run(store.store.close())
        return sqlite(**limits)

    return reopen


@pytest.fixture
def crash(sqlite, tmp_path, run, close, clock):
    """``crash(store)`` opens a copy of what is on disk now, as after ``kill -9``."""

    def crash(store):
        home = tmp_path / "data"
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in home.glob(f"{FILE}*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copy)
        new = SqliteStore(copy, clock=clock)
        close(new)
        return type(store)(new, run, clock)

    return crash


def test_everything_is_there_again(sqlite, reopen, clock):
    store = sqlite()
    store.arrive(*"abcd", message=None)
    a, b, c, d = store.take()
    store.end([a])
    store.retry([b], after=30, spent=7.0)
    store.end([c], State.HELD, code="GONE")
    store.keep(d, Step(Request.get("/me"), Response(200)))
    store.hold("mail", "PAUSED", "by hand")
    store.discard([Discard("desk", "FILTERED")])
    store.note("book", "key", b"value")
    before = (store.search(Query()), store.stats(), store.backlog(), store.holds(), store.show(2))
    store = reopen(store)
    assert before == (
        store.search(Query()),
        store.stats(),
        store.backlog(),
        store.holds(),
        store.show(2),
    )
    assert store.notes("book") == [Note("key", b"value")]
    clock.now += 30
    found = store.take()
    assert [(one.user, one.attempts, one.spent) for one in found] == [("d", 0, 0.0), ("b", 1, 7.0)]
    assert len(found[0].steps) == 1


def test_numbers_and_messages_go_on(sqlite, reopen):
    store = sqlite()
    store.arrive("ann", message="m1")
    store = reopen(store)
    assert store.append([store.arrival(message="m1")]) == [Receipt(1, new=False)]
    assert store.append([store.arrival(message="m2")]) == [Receipt(2, new=True)]
    assert [one.delivery for one in store.take()] == [1]


def test_numbers_of_purged_events_are_not_given_again(sqlite, reopen, clock):
    store = sqlite(age=60.0)
    store.append([store.arrival(to=())])
    clock.now += 100
    store.purge()
    store = reopen(store)
    assert store.append([store.arrival(message="m2")]) == [Receipt(2, new=True)]


def test_lanes_keep_their_order_over_a_crash(sqlite, crash):
    store = sqlite()
    store.arrive("ann", "ann", "bob", "ann")
    store.take()
    store = crash(store)
    order = []
    while claims := store.take(fresh=1):
        order += [one.delivery for one in claims]
        store.end(claims)
    assert [number for number in order if number != 3] == [1, 2, 4]


def test_what_was_in_hand_at_a_crash_may_have_been_sent(sqlite, crash):
    store = sqlite()
    store.arrive("ann", "bob")
    store.take(fresh=1)
    store = crash(store)
    assert store.take(fresh=1)[0].ambiguous


def test_what_was_far_from_being_claimed_at_a_crash_was_not_sent(sqlite, crash):
    store = sqlite()
    store.arrive(*map(str, range(1000)))
    store.take(fresh=10)
    store = crash(store)
    doubted = [one.ambiguous for one in store.take(fresh=1000)]
    assert all(doubted[:10])
    assert not any(doubted[500:])


def test_what_arrives_after_a_crash_was_not_sent(sqlite, crash):
    store = sqlite()
    store.arrive("ann")
    store.end(store.take())
    store = crash(store)
    store.arrive(*map(str, range(300)))
    assert not any(one.ambiguous for one in store.take(fresh=300)[256:])


def test_a_retry_that_may_have_been_in_hand_at_a_crash_is_ambiguous(sqlite, crash):
    store = sqlite()
    store.arrive("ann")
    store.retry(store.take(), after=0)
    store.take()
    store = crash(store)
    store.retry(store.take(), after=0)
    assert store.take()[0].ambiguous


def test_a_clean_end_leaves_no_doubt(sqlite, reopen):
    store = sqlite()
    store.arrive("ann", "bob")
    store.retry(store.take(fresh=1), after=0)
    store.release(store.take(fresh=1))
    store = reopen(store)
    assert [one.ambiguous for one in store.take()] == [False, False]


def test_an_end_with_claims_open_leaves_doubt(sqlite, reopen):
    store = sqlite()
    store.arrive("ann")
    store.take()
    store = reopen(store)
    assert store.take()[0].ambiguous


def test_a_doubt_outlives_a_clean_end(sqlite, reopen, crash):
    store = sqlite()
    store.arrive("ann")
    store.take()
    store = reopen(store)
    store = reopen(store)
    assert store.take()[0].ambiguous


def test_a_second_owner_is_refused_by_name_of_the_first(sqlite, tmp_path):
    sqlite()
    with pytest.raises(StoreLockedError, match=r"belongs to process \d+") as caught:
        sqlite()
    assert caught.value.pid > 0
    assert caught.value.path == str(tmp_path / "data")


def test_a_directory_is_free_when_its_owner_could_not_open_it(tmp_path):
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / FILE).write_bytes(b"this is not a database" * 100)
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="cannot be opened"):
            SqliteStore(directory)


def test_what_is_stored_is_for_the_owner_only(sqlite, tmp_path):
    sqlite().arrive("ann")
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "data").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_file_of_a_newer_version_is_refused(sqlite, run, tmp_path):
    run(sqlite().store.close())
    db = open_writer(tmp_path / "data" / FILE)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="has version 99, this program knows up to 1"):
        SqliteStore(tmp_path / "data")
    with pytest.raises(StoreError, match="version 99"):
        SqliteView(tmp_path / "data")


def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path):
    db = open_writer(tmp_path / "store.db")
    migrate(db, MIGRATIONS[:1])
    db.execute("INSERT INTO note VALUES ('a', 'b', x'')")
    migrate(db, [*MIGRATIONS[:1], "ALTER TABLE note ADD COLUMN at REAL DEFAULT 1.5"])
    assert db.execute("SELECT key, at FROM note").fetchall() == [("b", 1.5)]
    assert version(db) == 2
    db.close()


def test_a_migration_that_fails_changes_nothing(tmp_path):
    db = open_writer(tmp_path / "store.db")
    migrate(db, MIGRATIONS[:1])
    with pytest.raises(Exception, match="no such table"):
        migrate(db, [*MIGRATIONS[:1], "DELETE FROM note; DROP TABLE missing"])
    db.rollback()
    assert version(db) == 1
    db.close()


def test_a_view_shows_what_the_owner_stores(sqlite, tmp_path, run):
    store = sqlite()
    view = SqliteView(tmp_path / "data")
    store.arrive("ann")
    assert run(view.history.count(Query(user="ann"))) == 1
    assert run(view.history.stats())["desk"].waiting == 1
    run(view.close())


def test_a_view_shows_a_store_that_nobody_owns(sqlite, tmp_path, run):
    store = sqlite()
    store.append([store.arrival("ann", to=())])
    run(store.store.close())

    async def look():
        async with SqliteView(tmp_path / "data") as view:
            return await view.history.events(EventQuery())

    assert [one.user for one in run(look()).items] == ["ann"]


def test_a_view_writes_nothing(sqlite, tmp_path, run):
    sqlite()
    view = SqliteView(tmp_path / "data")
    with pytest.raises(StoreError, match="reading only"):
        run(view.history.purge())
    with pytest.raises(StoreError, match="reading only"):
        run(view.ledger.note("a", "b", b""))
    run(view.close())


def test_there_is_no_view_of_a_store_that_is_not_there(tmp_path):
    with pytest.raises(StoreUnavailableError, match="cannot be read"):
        SqliteView(tmp_path / "nothing")


def test_a_backup_is_a_store(sqlite, tmp_path, run, close, clock):
    store = sqlite()
    store.arrive("ann", "bob")
    store.end(store.take(fresh=1))
    target = tmp_path / "copy" / FILE
    target.parent.mkdir()
    run(store.store.backup(target))
    store.arrive("cid")
    assert target.stat().st_mode & 0o777 == 0o600
    copy = SqliteStore(target.parent, clock=clock)
    close(copy)
    copied = type(store)(copy, run, clock)
    assert copied.states() == ["delivered", "waiting"]
    assert copied.users() == ["bob"]


def test_a_backup_writes_over_nothing(sqlite, tmp_path, run):
    store = sqlite()
    target = tmp_path / "precious"
    target.write_text("keep me")
    with pytest.raises(StoreUnavailableError, match="no backup was made"):
        run(store.store.backup(target))
    assert target.read_text() == "keep me"


def test_a_backup_into_nowhere_is_refused(sqlite, run):
    with pytest.raises(StoreUnavailableError, match="no backup was made"):
        run(sqlite().store.backup(Path("/nonexistent/place/segue.db")))
