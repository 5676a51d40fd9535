"""A core for what is measured, the others for what measures it; and what it used (Linux)."""

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
    whole = [one for pid in measured for one in family(pid)]
    places = {**dict.fromkeys(whole, cores[:1]), **dict.fromkeys(others, cores[1:])}
    try:
        for pid, place in places.items():
            _place(pid, place)
        yield
    finally:
        for pid in places:
            _place(pid, cores)


def family(pid: int) -> list[int]:
    """A process and those it began, and they."""
    begun = [int(word) for one in _threads(pid) for word in (one / "children").read_text().split()]
    return [pid, *(one for child in begun for one in family(child))]


def used(pid: int) -> float:
    """Seconds of processor time of a process and those it began, of all their threads that live."""
    threads = (one for process in family(pid) for one in _threads(process))
    return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9


def measurable() -> bool:
    """Whether the system says what a process has used."""
    return Path("/proc/self/schedstat").exists()


def _threads(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").iterdir())


def _place(pid: int, cores: Collection[int]) -> None:
    for thread in _threads(pid):
        os.sched_setaffinity(int(thread.name), cores)
