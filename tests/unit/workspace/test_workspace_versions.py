"""Two ways to remember what a file was, held to the same behaviour; and what is each one's own."""

import itertools
import subprocess

import pytest

from segue.workspace.saving import revision
from segue.workspace.versions import MOST, Git, HistoryError, Kept, history


FIRST, SECOND = "a: 1\r\n# é\r\n", "a: 2\n"


def git(folder, *arguments):
    plain = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", "-C", folder, *plain, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository" / "odd folder"
    folder.mkdir(parents=True)
    git(folder.parent, "init", "-q")
    return folder


@pytest.fixture
def by_git(repository):
    file = repository / "-n :(top)*.yaml"
    file.write_bytes(FIRST.encode())
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "Begin")
    return file, Git(file, commit=True)


@pytest.fixture
def by_us(tmp_path):
    file = tmp_path / "segue.yaml"
    file.write_bytes(FIRST.encode())
    return file, Kept(tmp_path / "versions", now=itertools.count(1000.0).__next__)


@pytest.fixture(params=["by_git", "by_us"])
def kept(request):
    """``kept(text, author)`` saves as the console does; ``kept.past`` is the history."""
    file, past = request.getfixturevalue(request.param)

    def keep(text, author="Ann", message=""):
        before = file.read_bytes().decode()
        file.write_bytes(text.encode())
        past.saved(before, text, author=author, message=message)

    keep.past, keep.file = past, file
    return keep


def test_the_newest_is_first_and_says_who_and_what(kept):
    kept(SECOND, "Bea <b@x>", "Count to two")
    newest, oldest = kept.past.versions()
    assert (newest.message, newest.revision) == ("Count to two", revision(SECOND))
    assert newest.author.startswith("Bea")
    assert newest.time >= oldest.time > 0
    assert oldest.revision == revision(FIRST)


def test_every_version_has_its_text(kept):
    kept(SECOND)
    assert [kept.past.text(one.id) for one in kept.past.versions()] == [SECOND, FIRST]


def test_what_was_restored_is_the_newest(kept):
    kept(SECOND)
    kept(kept.past.text(kept.past.versions()[1].id), message="Restore")
    texts = [kept.past.text(one.id) for one in kept.past.versions()]
    assert texts == [FIRST, SECOND, FIRST]


def test_a_save_that_changes_nothing_is_no_version(kept):
    kept(SECOND)
    kept(SECOND)
    assert len(kept.past.versions()) == 2


@pytest.mark.parametrize("version", ["", "../segue", "HEAD", "--help", "9" * 8, "a" * 40, "0\n"])
def test_a_version_that_is_none_is_refused(kept, version):
    kept(SECOND)
    with pytest.raises(HistoryError):
        kept.past.text(version)


def test_no_more_are_shown_than_a_hundred(by_us):
    _, past = by_us
    for number in range(MOST + 5):
        past.saved(f"a: {number}\n", f"a: {number + 1}\n", author="Ann")
    shown = past.versions()
    assert (len(shown), past.text(shown[0].id)) == (MOST, f"a: {MOST + 5}\n")
    assert past.text(shown[-1].id) == "a: 6\n"


def test_an_edit_from_elsewhere_is_kept_before_it_is_saved_over(by_us):
    _, past = by_us
    past.saved(FIRST, SECOND, author="Ann")
    past.saved("elsewhere: 1\n", "a: 3\n", author="Ann")
    shown = [(past.text(one.id), one.author) for one in past.versions()]
    known = [("a: 3\n", "Ann"), ("elsewhere: 1\n", ""), (SECOND, "Ann"), (FIRST, "")]
    assert shown == known


def test_two_who_save_at_once_lose_no_version(tmp_path):
    class Late(Kept):
        """One that has looked before the other has kept its own."""

        def _names(self):
            return [name for name in super()._names() if name == "00000001"]

    Kept(tmp_path).saved("a", "a", author="")
    Kept(tmp_path).saved("a", "b", author="")
    Late(tmp_path).saved("a", "c", author="")
    past = Kept(tmp_path)
    assert [past.text(one.id) for one in past.versions()] == ["c", "b", "a"]


def test_versions_are_for_their_owner_only(by_us, tmp_path):
    _, past = by_us
    past.saved(FIRST, SECOND, author="Ann")
    modes = {one.stat().st_mode & 0o777 for one in (tmp_path / "versions").iterdir()}
    assert (modes, len([*(tmp_path / "versions").iterdir()])) == ({0o600}, 2)


def test_a_damaged_version_hides_no_other(by_us, tmp_path):
    _, past = by_us
    past.saved(FIRST, SECOND, author="Ann")
    (tmp_path / "versions" / "00000002.yaml").write_text("{")
    assert [past.text(one.id) for one in past.versions()] == [FIRST]


def test_nothing_is_committed_unasked(by_git):
    file, _ = by_git
    file.write_text(SECOND)
    past = Git(file)
    past.saved(FIRST, SECOND, author="Ann")
    assert [one.message for one in past.versions()] == ["Begin"]


def test_a_commit_is_of_that_file_alone_and_runs_nothing_of_the_repository(by_git):
    file, past = by_git
    hook = file.parent.parent / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    other = file.with_name("other.txt")
    other.write_text("x")
    git(file.parent, "add", "other.txt")
    file.write_text(SECOND)
    past.saved(FIRST, SECOND, author="Ann")
    assert Git(other).versions() == []
    assert past.versions()[0].message == f"Edit {file.name}"


def test_a_commit_that_removed_the_file_is_no_version(by_git):
    file, past = by_git
    file.with_name("other.txt").write_text("x")
    git(file.parent, "rm", "-q", "--", f":(literal){file.name}")
    git(file.parent, "commit", "-qm", "Remove")
    assert [one.message for one in past.versions()] == ["Begin"]


def test_a_repository_without_a_commit_has_no_versions(repository):
    file = repository / "segue.yaml"
    file.write_text(FIRST)
    assert Git(file).versions() == []


def test_history_is_gits_where_the_repository_knows_the_file(by_git, tmp_path):
    file, _ = by_git
    ignored = file.with_name("ignored.yaml")
    ignored.write_text("a: 1\n")
    file.with_name(".gitignore").write_text("ignored.yaml\n")
    outside = tmp_path / "outside.yaml"
    outside.write_text("a: 1\n")
    kinds = [type(history(one, tmp_path / "kept")) for one in (file, ignored, outside)]
    assert kinds == [Git, Kept, Kept]
