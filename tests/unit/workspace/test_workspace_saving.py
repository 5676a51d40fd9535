"""A save is whole, keeps what the file was, and never goes over what somebody else saved."""

import multiprocessing
import os
import stat

import pytest

from segue.workspace.saving import ConflictError, read, revision, save, writable


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "segue.yaml"
    made.write_bytes("version: 1\r\n# é\r\n".encode())
    return made


def test_what_is_read_is_the_file_with_its_line_breaks(file):
    assert read(file) == ("version: 1\r\n# é\r\n", revision("version: 1\r\n# é\r\n"))


def test_a_save_leaves_the_text_and_nothing_else_behind(file):
    assert save(file, "a: é\r\n", expected=read(file).revision) == revision("a: é\r\n")
    assert file.read_bytes() == "a: é\r\n".encode()
    assert list(file.parent.iterdir()) == [file]


def test_a_save_keeps_the_mode(file):
    file.chmod(0o640)
    save(file, "", expected=read(file).revision)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_save_keeps_the_owner(file):
    whose = 4321 if os.geteuid() == 0 else os.geteuid()  # only root gives files away
    os.chown(file, whose, -1)
    save(file, "", expected=read(file).revision)
    assert file.stat().st_uid == whose


def test_a_save_goes_through_a_link(file, tmp_path):
    link = tmp_path / "elsewhere" / "link.yaml"
    link.parent.mkdir()
    link.symlink_to(file)
    save(link, "a: 1\n", expected=read(link).revision)
    assert (link.is_symlink(), file.read_text()) == (True, "a: 1\n")


def test_what_somebody_else_wrote_is_kept_and_told(file):
    known = read(file).revision
    file.write_text("theirs: 1\n")
    with pytest.raises(ConflictError, match="changed on disk") as error:
        save(file, "ours: 1\n", expected=known)
    assert (error.value.now, error.value.revision) == ("theirs: 1\n", read(file).revision)
    assert file.read_text() == "theirs: 1\n"


def test_a_file_that_is_gone_is_a_conflict(file):
    known = read(file).revision
    file.unlink()
    with pytest.raises(ConflictError) as error:
        save(file, "", expected=known)
    assert (error.value.now, file.exists()) == ("", False)


def test_a_file_marked_read_only_is_not_written(file):
    known = read(file)
    assert writable(file)
    file.chmod(0o444)
    assert not writable(file)
    with pytest.raises(PermissionError):
        save(file, "a: 1\n", expected=known.revision)
    assert read(file) == known


def test_a_file_that_is_not_there_is_not_writable(tmp_path):
    assert not writable(tmp_path / "none.yaml")


def contend(file, known, start, number):
    start.wait()
    try:
        save(file, f"saver: {number}\n" * 5000, expected=known)
    except ConflictError:
        return
    (file.parent / f"won-{number}").touch()


def test_of_many_processes_that_save_at_once_one_wins(file):
    context = multiprocessing.get_context("fork")
    start, known = context.Barrier(4), read(file).revision
    savers = [context.Process(target=contend, args=(file, known, start, n)) for n in range(4)]
    for one in savers:
        one.start()
    for one in savers:
        one.join()
    (winner,) = file.parent.glob("won-*")
    assert file.read_text() == f"saver: {winner.name[4:]}\n" * 5000


def test_what_a_save_that_was_cut_off_left_goes_with_the_next_one(tmp_path):
    file = tmp_path / "segue.yaml"
    file.write_text("version: 1\n")
    (tmp_path / ".segue.yaml.new").write_text("vers")
    save(file, "version: 1\n# more\n", expected=revision("version: 1\n"))
    assert [one.name for one in tmp_path.iterdir()] == ["segue.yaml"]
    assert file.read_text() == "version: 1\n# more\n"
