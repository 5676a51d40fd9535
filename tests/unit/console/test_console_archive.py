"""The store as the console finds it."""

import pytest

from segue.console.archive import Archive
from segue.errors import StoreError
from segue.store.sqlite.schema import FILE


def test_where_there_is_no_store_nothing_has_happened(tmp_path):
    assert Archive(tmp_path).history() is None


def test_a_store_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / FILE).write_bytes(b"no store " * 1000)
    with pytest.raises(StoreError):
        Archive(tmp_path).history()
