"""A process that works on request: JSON lines to its standard input, answers from its standard output."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self


HERE = Path(__file__).parent


class Worker:
    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, cwd=HERE, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()  # closes its input, at which it ends

    @property
    def pid(self) -> int:
        return self._process.pid

    def prepare(self, name: str, work: str, inputs: dict[str, Any]) -> None:
        self.ask({"prepare": name, "work": work, **inputs})

    def result(self, name: str) -> object:
        return self.ask({"result": name})["result"]

    def time(self, name: str, iterations: int, *, in_flight: int | None = None) -> float:
        """Seconds for so many iterations, one after the other or so many at once."""
        asked = {"time": name, "iterations": iterations, "in_flight": in_flight}
        return float(self.ask(asked)["seconds"])

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended at {json.dumps(message)[:200]}")
        answer: dict[str, Any] = json.loads(line)
        return answer
