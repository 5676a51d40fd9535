"""The log beside the file stays short under steady load, and is gone after a clean end."""

from segue.store.sqlite.checkpoint import LONG
from segue.store.sqlite.schema import FILE


BIG = b"x" * 100_000


def log(directory):
    return directory / "data" / f"{FILE}-wal"


def test_the_log_stays_short_however_much_is_written(sqlite, tmp_path):
    store = sqlite()
    written = 0
    while written < 4 * LONG:
        store.append([store.arrival(to=(), text=BIG) for _ in range(20)])
        written += 20 * len(BIG)
    assert log(tmp_path).stat().st_size < 2.5 * LONG


def test_the_log_is_gone_when_the_store_was_closed(sqlite, tmp_path, run):
    store = sqlite()
    store.arrive("ann")
    assert log(tmp_path).exists()
    run(store.store.close())
    assert not log(tmp_path).exists()
