"""The path that was most likely meant, for one of which nothing is known."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final, TypeAlias

from segue.check.grounds import PART_OF, Ground, spec
from segue.check.subject import Keys
from segue.fields.schema import properties
from segue.json import index_like


Alike: TypeAlias = Callable[[str, str], bool]
"""Whether a name is most likely a slip for another, in this order."""

DIGITS: Final = "0123456789"

PARTS: Final = frozenset({"properties", "traits", "context"})

ROOTS: Final[Sequence[Keys]] = (("context", "traits"), ("context",), ("properties",), ("traits",))
"""Where a sender says things, the inner before the outer."""

ENOUGH: Final = 4
"""So many names that are written alike make a convention."""


@dataclass(frozen=True)
class Clues:
    """What a path is held against: schemas and spec, what else is read, the field that it is for.

    ``read`` tells how often the workspace reads each path, ``usual`` are those of the action's own
    mapping. ``name`` is the field's, ``single`` whether it takes a single value.
    """

    grounds: Sequence[Ground]
    read: Mapping[Keys, int]
    usual: Sequence[Keys] = ()
    name: str = ""
    single: bool = True

    @cached_property
    def names(self) -> set[str]:
        """The names that the workspace reads where senders choose them."""
        inside = (one for one in self.read if one[0] in PARTS)
        return {key for one in inside for key in one[1:] if not index_like(key)}

    def near(self, keys: Keys) -> Keys | None:
        """The path that was most likely meant; None where no clue leads to one."""
        for clue in _CLUES:
            found = sorted(one for one in clue(keys, self) if one != keys)
            if found:
                return found[0]
        return None


def _beside(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """A name that a schema or the spec has there. The spec leaves it open how names are written."""
    for met in clues.grounds:
        alike = _misspelled if met.declared else _wrong if clues.single else _typed
        for depth, key in enumerate(keys):
            for name in met.beside(keys[: depth + 1]):
                if alike(key, name):
                    yield (*keys[:depth], name, *keys[depth + 1 :])


def _read(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """A path that the workspace reads at least as often, unless there is reason for this one, too."""
    if keys in clues.usual or keys[-1] == "length" or _plain(keys[-1]) == _plain(clues.name):
        return
    count = clues.read.get(keys, 0)
    for one, often in clues.read.items():
        if len(one) == len(keys) and often >= count:
            differing = [pair for pair in zip(keys, one, strict=True) if pair[0] != pair[1]]
            if len(differing) == 1 and _related(*differing[0], single=clues.single):
                yield one


def _usual(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """The name of the field itself, one that the action's own mapping reads there, or a list's length."""
    last, before = keys[-1], keys[:-1]
    if len(keys) > 1 and keys[0] in PARTS:
        names = {clues.name, "length", *(one[-1] for one in clues.usual if one[:-1] == before)}
        alike = _wrong if clues.single else _typed
        yield from ((*before, name) for name in names - {""} if alike(last, name))


def _listed(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """An item of what is read as a list elsewhere."""
    lists = {one[:at] for one in clues.read for at, key in enumerate(one) if key in {"0", "length"}}
    for depth in range(2, len(keys)):
        if keys[:depth] in lists and not index_like(keys[depth]) and keys[depth] != "length":
            yield (*keys[:depth], "0", *keys[depth:])


def _styled(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """The names as all the others are written: with a small letter first, or in one convention."""
    others = clues.names - {*keys}
    if keys[0] not in PARTS or len(others) < ENOUGH:
        return
    if not any(map(_shouted, others)):
        yield (keys[0], *(_lower(key) if _shouted(key) else key for key in keys[1:]))
    snakes = {one for one in others if _SNAKE.search(one)}
    camels = {one for one in others if _CAMEL.search(one)}
    if len(snakes) >= ENOUGH and not camels:
        yield (
            keys[0],
            *(_CAMEL.sub(lambda two: f"{two[0][0]}_{two[0][1].lower()}", key) for key in keys[1:]),
        )
    if len(camels) >= ENOUGH and not snakes:
        yield (
            keys[0],
            *(_SNAKE.sub(lambda two: two[0][0] + two[0][2].upper(), key) for key in keys[1:]),
        )


_SNAKE: Final = re.compile("[a-z0-9]_[a-z]")
_CAMEL: Final = re.compile("[a-z0-9][A-Z]")


def _swapped(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """The part that these events have, for the one that they have not."""
    parts = {PART_OF[one.type] for one in clues.grounds}
    if keys[0] in {"properties", "traits"} and keys[0] not in parts and len(keys) > 1:
        yield from ((part, *keys[1:]) for part in parts - {""})
    about = {one.type for one in clues.grounds} == {"identify"}
    if about and keys[:2] == ("context", "traits") and len(keys) > 2:
        yield keys[1:]


def _moved(keys: Keys, clues: Clues) -> Iterator[Keys]:
    """The same name below another root, where the workspace reads it, and never below this one."""
    root = next((one for one in ROOTS if keys[: len(one)] == one), None)
    if root is None or len(keys) == len(root):
        return
    rest = keys[len(root) :]
    if root != ("context",) and rest[0] in _PERSONAL:
        return
    below = [one for one in clues.read if one[: len(root) + 1] == (*root, rest[0])]
    if any(one != keys or clues.read[one] > 1 for one in below):
        return
    parts = {PART_OF[one.type] for one in clues.grounds}
    for other in ROOTS:
        start = (*other, rest[0])
        possible = other[0] == "context" or other[0] in parts
        if other != root and possible and any(one[: len(start)] == start for one in clues.read):
            yield (*other, *rest)
    if root == ("context",) and rest[0] in _PERSONAL:
        yield ("context", "traits", *rest)


_PERSONAL: Final = frozenset(
    key for one in ("identify", "group") for key in properties(properties(spec(one))["traits"])
)
"""What the spec knows of persons and accounts, which is said in many places."""

_CLUES: Final = (_beside, _swapped, _read, _listed, _usual, _moved, _styled)


def _related(one: str, known: str, *, single: bool) -> bool:
    """Whether two names of one workspace are most likely meant to be the same."""
    return _misspelled(one, known) or (one == known + "s" if single else known == one + "s")


def _misspelled(one: str, known: str) -> bool:
    """Whether two names differ by case and punctuation only, or by one slip of the hand."""
    return _plain(one) == _plain(known) or _slip(_plain(one), _plain(known))


def _wrong(one: str, known: str) -> bool:
    """A name for a single value: in the plural, or mistyped."""
    return _plain(one) == _plain(known) + "s" or _typed(one, known)


def _typed(one: str, known: str) -> bool:
    """A name that is mistyped, or written as nobody writes names; not just in another convention."""
    if _plain(one) == _plain(known):
        return _shouted(one) and not _shouted(known)
    return _slip(_plain(one), _plain(known))


def _slip(plain: str, known: str) -> bool:
    """One slip of the hand: two letters swapped, or one too many, too few or wrong."""
    if min(len(plain), len(known)) < 4 or plain.rstrip(DIGITS) == known.rstrip(DIGITS):
        return False
    if sorted(plain) == sorted(known):
        return sum(a != b for a, b in zip(plain, known, strict=True)) == 2
    if plain + "s" == known or known + "s" == plain:
        return False
    blocks = SequenceMatcher(None, plain, known, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) == max(len(plain), len(known)) - 1


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _shouted(name: str) -> bool:
    return name[:1].isupper()


def _lower(name: str) -> str:
    return name.lower() if name.isupper() else name[0].lower() + name[1:]
