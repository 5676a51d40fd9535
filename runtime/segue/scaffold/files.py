"""Writing what is new: all of it or nothing, and never over what is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segue.errors import AuthorError


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write. One that is ``shared`` by several scaffolds is left as it is where it is there."""

    path: Path
    text: str
    shared: bool = False


def write(files: Iterable[NewFile]) -> list[Path]:
    """Write those that are not there yet; return which. Raises AuthorError where one is in the way."""
    wanted = [one for one in files if not (one.shared and one.path.exists())]
    taken = [str(one.path) for one in wanted if one.path.exists()]
    if taken:
        verb = "exists" if len(taken) == 1 else "exist"
        raise AuthorError(
            f"{', '.join(taken)} {verb}, and nothing is written over; choose another name"
        )
    for one in wanted:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        with one.path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(one.text)
    return [one.path for one in wanted]
