"""Recorded runs of the reference implementation, and how results are compared with them."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


VECTORS = Path(__file__).parent / "vectors"


def read(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(VECTORS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def same(ours: Any, theirs: Any) -> bool:
    """Equal as JSON: key order is nothing, numbers by value, a boolean is not a number."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == theirs or float(ours) == float(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


@pytest.fixture(scope="session")
def cases():
    """``cases("fql_eval")`` lists the recorded cases of one file."""
    return lambda name: list(read(name))


@pytest.fixture(scope="session", name="same")
def same_fixture():
    """``same(ours, theirs)`` compares as the vectors' README says."""
    return same
