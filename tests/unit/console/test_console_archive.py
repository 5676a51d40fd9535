"""The store as the console finds it."""

import asyncio

import pytest

from segue.console.archive import Archive
from segue.errors import StoreError
from segue.store import Arrival, EventQuery, SqliteStore
from segue.store.sqlite.schema import FILE


def test_where_there_is_no_store_nothing_has_happened(tmp_path):
    assert Archive(tmp_path).history() is None


def test_a_store_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / FILE).write_bytes(b"no store " * 1000)
    with pytest.raises(StoreError):
        Archive(tmp_path).history()


async def keep(directory, user):
    """A new store with one event."""
    text = f'{{"type":"track","event":"E","messageId":"{user}","userId":"{user}"}}'
    async with SqliteStore(directory) as store:
        await store.queue.append([Arrival("web", user, user, text.encode(), ())])


async def users(archive):
    history = archive.history()
    page = await history.events(EventQuery(), limit=9) if history else None
    return [one.user for one in page.items] if page else None


def test_a_store_that_was_deleted_is_gone_and_one_in_its_place_is_read(tmp_path):
    async def go():
        archive = Archive(tmp_path)
        await keep(tmp_path, "old")
        seen = [await users(archive)]
        for one in tmp_path.glob(f"{FILE}*"):
            one.rename(one.with_name(f"was-{one.name}"))  # so that its inode is not taken again
        seen.append(await users(archive))
        await keep(tmp_path, "new")
        seen.append(await users(archive))
        await archive.close()
        return seen

    assert asyncio.run(go()) == [["old"], None, ["new"]]
