"""A secret is written whole, for its owner only, by one at a time."""

import asyncio
import os
import stat

import pytest

from segue.errors import StoreUnavailableError
from segue.secrets import FileSecrets, MemorySecrets


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "tokens"


@pytest.fixture(params=["memory", "file"])
def secrets(request, folder):
    return MemorySecrets() if request.param == "memory" else FileSecrets(folder)


def test_what_was_written_last_is_read(secrets):
    async def work():
        before = await secrets.read("a")
        await secrets.write("a", {"n": 1})
        await secrets.write("a", {"n": 2})
        return before, await secrets.read("a"), await secrets.read("b")

    assert asyncio.run(work()) == (None, {"n": 2}, None)


def test_only_one_is_in_the_block_of_a_name(secrets):
    inside, most = set(), []

    async def enter(number):
        async with secrets.alone("a"):
            inside.add(number)
            most.append(len(inside))
            await asyncio.sleep(0)
            inside.remove(number)

    async def work():
        await asyncio.gather(*map(enter, range(3)))

    asyncio.run(work())
    assert most == [1, 1, 1]


def test_blocks_of_two_names_do_not_wait_for_each_other(secrets):
    async def work():
        async with secrets.alone("a"), secrets.alone("b"):
            return True

    assert asyncio.run(work())


def test_only_the_owner_can_read_a_file(folder):
    asyncio.run(FileSecrets(folder).write("a", {"n": 1}))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder / "a.json", folder)]
    assert modes == [0o600, 0o700]
    assert [path.name for path in folder.iterdir()] == ["a.json"]


def test_a_write_that_was_cut_off_is_in_nobody_s_way(folder):
    folder.mkdir(parents=True)
    (folder / "a.new").write_text('{"n": ')
    secrets = FileSecrets(folder)
    assert asyncio.run(secrets.read("a")) is None
    asyncio.run(secrets.write("a", {"n": 1}))
    assert asyncio.run(secrets.read("a")) == {"n": 1}


def test_a_file_that_others_can_read_is_refused(folder):
    asyncio.run(FileSecrets(folder).write("a", {"n": 1}))
    (folder / "a.json").chmod(0o640)
    with pytest.raises(StoreUnavailableError, match=r"others can read .*chmod 600"):
        asyncio.run(FileSecrets(folder).read("a"))


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_is_damaged_is_named_and_not_shown(folder, text):
    folder.mkdir(parents=True)
    os.close(os.open(folder / "a.json", os.O_CREAT, 0o600))
    (folder / "a.json").write_text(text)
    with pytest.raises(StoreUnavailableError, match=r"a\.json is damaged; bring it back"):
        asyncio.run(FileSecrets(folder).read("a"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    secrets = FileSecrets(tmp_path / "file" / "tokens")
    with pytest.raises(StoreUnavailableError, match="cannot be kept"):
        asyncio.run(secrets.write("a", {}))
