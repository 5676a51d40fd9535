"""How long a workspace of many mappings takes to load and what it holds, in a fresh process each time."""

from collections.abc import Callable
from dataclasses import dataclass

from worker import Worker
from workspace import generate


MAPPINGS = 1_000


@dataclass(frozen=True, slots=True)
class Load:
    """``bytes`` is what the process grew by, None where the system does not tell."""

    seconds: float
    bytes: int | None


def load(start: Callable[[], Worker]) -> Load:
    with start() as worker:
        answer = worker.ask({"load": generate(MAPPINGS)})
    assert answer["mappings"] == MAPPINGS, answer
    return Load(answer["seconds"], answer["bytes"])
