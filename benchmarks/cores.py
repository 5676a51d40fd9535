"""A core for what is measured, the others for what measures it (Linux)."""

import os
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path


def several() -> bool:
    """Whether there is more than one core, and a way to say who runs on which."""
    return hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1


@contextmanager
def apart(measured: Iterable[int], others: Iterable[int]) -> Generator[None]:
    """Keep these processes to one core, all their threads, and those off it; inside ``with``."""
    cores = sorted(os.sched_getaffinity(0))
    places = {**dict.fromkeys(measured, cores[:1]), **dict.fromkeys(others, cores[1:])}
    try:
        for pid, place in places.items():
            _place(pid, place)
        yield
    finally:
        for pid in places:
            _place(pid, cores)


def _place(pid: int, cores: Collection[int]) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
