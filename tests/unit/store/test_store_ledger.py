"""Books of small facts that no purge touches."""

from segue.store import Note


def test_a_note_is_read_again(store):
    store.note("suppressed", "k1", b"")
    store.note("suppressed", "k0", b"why")
    assert store.notes("suppressed") == [Note("k0", b"why"), Note("k1", b"")]


def test_a_note_is_written_over(store):
    store.note("receipts", "k", b"1")
    store.note("receipts", "k", b"2")
    assert store.notes("receipts") == [Note("k", b"2")]


def test_books_are_apart(store):
    store.note("a", "k", b"1")
    assert store.notes("b") == []


def test_a_note_can_be_struck_out_once(store):
    store.note("a", "k", b"1")
    assert store.strike("a", "k")
    assert not store.strike("a", "k")
    assert store.notes("a") == []
