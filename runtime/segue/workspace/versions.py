"""What a workspace file was before: the commits of its repository, or versions kept by us.

To restore one is to save its text anew.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple, Protocol, cast

from segue.errors import SegueError
from segue.json import JsonError, JsonValue, decode, encode
from segue.workspace.saving import revision


MOST: Final = 100  # versions that are kept, or shown

_SECONDS: Final = 10.0  # for git to answer
_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_BLOB: Final = re.compile(rb"[0-9a-f]+ blob ([0-9]+)")
_SAID: Final = 500  # characters of a message
_LINE: Final = 10_000  # bytes of what is known of a version
_KEPT: Final = re.compile(r"[0-9]{8}")

# No program of the user's is to run, and nothing is to change what a file holds.
_PLAIN: Final = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false"),
    *("-c", "commit.gpgSign=false", "-c", "log.showSignature=false", "-c", "gc.auto=0"),
    *("--literal-pathspecs", "--no-pager"),
)


class HistoryError(SegueError):
    """The versions of a file cannot be had."""


class Version(NamedTuple):
    """A text that a file held since ``time``, a Unix time; ``author`` is "" where nobody knows."""

    id: str
    time: float
    author: str
    revision: str
    message: str = ""


class Versions(Protocol):
    """The past of one file. Its methods raise HistoryError."""

    def versions(self) -> Sequence[Version]:
        """The newest first, at most 100."""
        ...

    def text(self, version: str) -> str:
        """What the file held, by the id of a version."""
        ...

    def saved(self, before: str, after: str, *, author: str, message: str = "") -> None:
        """Take note that ``author`` has saved ``after`` over ``before``."""
        ...


def history(file: Path, folder: Path, *, commit: bool = False) -> Versions:
    """The past of a file: by git where it is in a repository that does not ignore it, else in ``folder``.

    With ``commit`` a save is a commit of that file alone; without, it is left to people.
    """
    git = Git(file, commit=commit)
    return git if git.serves() else Kept(folder)


class Kept:
    """Versions in a folder of their own; of more than 100 the oldest go.

    Each is a file with a number: a comment that says what is known of it, and its text below that.
    """

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.time) -> None:
        self._folder, self._now = folder, now

    def versions(self) -> Sequence[Version]:
        """The newest first."""
        found = map(self._version, reversed(self._names()))
        return [one for one in found if one is not None]

    def text(self, version: str) -> str:
        """What the file held."""
        if _KEPT.fullmatch(version):
            with suppress(OSError, UnicodeError):
                return self._file(version).read_bytes().partition(b"\n")[2].decode()
        raise HistoryError(f'there is no version "{version}"')

    def saved(self, before: str, after: str, *, author: str, message: str = "") -> None:
        """Keep the new text, and the old one if it came from elsewhere."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._keep(before, "", "")
            self._keep(after, author, message)
            for name in self._names()[:-MOST]:
                self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise HistoryError(f"the version cannot be kept: {error.strerror}") from None

    def _keep(self, text: str, author: str, message: str) -> None:
        newest = next(map(self._version, self._names()[-1:]), None)
        known: dict[str, JsonValue] = {"time": self._now(), "revision": revision(text)}
        known |= {"author": author[:_SAID], "message": message[:_SAID]}
        if newest is None or newest.revision != known["revision"]:
            with NamedTemporaryFile(dir=self._folder) as file:  # mode 0600
                file.write(b"# " + encode(known) + b"\n" + text.encode())
                file.flush()
                self._name(Path(file.name))

    def _name(self, made: Path) -> None:
        """Give a file the next number; another process may have taken it just now."""
        number = int(next(reversed(self._names()), "0")) + 1
        while True:
            try:
                self._file(f"{number:08d}").hardlink_to(made)
            except FileExistsError:
                number += 1
            else:
                return

    def _names(self) -> list[str]:
        return sorted(one.stem for one in self._folder.glob("*.yaml") if _KEPT.fullmatch(one.stem))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.yaml"

    def _version(self, name: str) -> Version | None:
        """What is known of a version; None if it is damaged or gone."""
        with suppress(OSError, JsonError, KeyError, TypeError, ValueError):
            with self._file(name).open("rb") as file:
                said = decode(file.readline(_LINE).removeprefix(b"# "))
            known = cast("Mapping[str, str]", said)
            told = known["author"], known["revision"], known["message"]
            return Version(name, float(known["time"]), *told)
        return None


class Git:
    """The commits that touch a file."""

    def __init__(self, file: Path, *, commit: bool = False) -> None:
        self._file, self._commit = file.resolve(), commit

    def serves(self) -> bool:
        """Whether the file is in a repository's working tree and not ignored there."""
        try:
            listed = ("--cached", "--others", "--exclude-standard")
            return bool(self._run("ls-files", *listed, "--", self._file.name))
        except HistoryError:
            return False

    def versions(self) -> Sequence[Version]:
        """The newest first."""
        if self._ask("rev-parse", "-q", "--verify", "HEAD").returncode:
            return []  # there is no commit yet
        form = "--format=%H%x00%at%x00%an%x00%s%x00"
        told = self._run("log", "-z", f"-n{MOST}", form, "--", self._file.name)
        fields = told.decode(errors="replace").split("\0")
        commits = list(zip(*(fields[at::5] for at in range(4)), strict=False))
        texts = self._texts([commit for commit, *_ in commits])
        return [
            Version(commit, float(seconds), author, revision(texts[commit]), message)
            for commit, seconds, author, message in commits
            if commit in texts
        ]

    def _texts(self, commits: Sequence[str]) -> dict[str, str]:
        """What the file held at each commit; those that removed it are left out."""
        asked = "".join(f"{commit}:./{self._file.name}\n" for commit in commits)
        told, texts = self._run("cat-file", "--batch", asked=asked.encode()), dict[str, str]()
        for commit in commits:
            head, _, rest = told.partition(b"\n")
            size = _BLOB.fullmatch(head)
            told = rest[int(size[1]) + 1 :] if size else rest
            if size:
                texts[commit] = rest[: int(size[1])].decode(errors="replace")
        return texts

    def text(self, version: str) -> str:
        """What the file held."""
        if not _COMMIT.fullmatch(version):
            raise HistoryError(f'there is no version "{version}"')
        return self._run("cat-file", "blob", f"{version}:./{self._file.name}").decode(
            errors="replace"
        )

    def saved(self, before: str, after: str, *, author: str, message: str = "") -> None:
        """Commit the file, if that was asked for and something has changed."""
        name = self._file.name
        if not self._commit or before == after or not self._run("status", "-s", "--", name):
            return
        title = message or f"Edit {name}"
        self._run("add", "--", name)
        self._run("commit", "-q", "--no-verify", "-m", title, "--only", "--", name, author=author)

    def _run(self, *arguments: str, author: str = "", asked: bytes = b"") -> bytes:
        done = self._ask(*arguments, author=author, asked=asked)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise HistoryError(f"git {arguments[0]}: {said[0] if said else 'it failed'}")
        return done.stdout

    def _ask(
        self, *arguments: str, author: str = "", asked: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 no shell, and names come after "--"
                ["git", "-C", str(self._file.parent), *_PLAIN, *arguments],  # noqa: S607 git as the user has it
                capture_output=True,
                check=False,
                env=_environ(author),
                input=asked,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise HistoryError(f"git {arguments[0]}: {error}") from None


def _environ(author: str) -> dict[str, str]:
    """The environment without what would point git elsewhere; it asks nobody for anything."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = " ".join(re.sub(r"[<>\x00-\x1f]", " ", author).split()) or "Segue"
    mail = who if "@" in who else "segue@localhost"
    people = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", who), ("EMAIL", mail))
    }
    return {**plain, **people, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
