"""``segue serve`` as a process of its own, as anybody runs it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import sleep
from typing import Any, Final, Self


_ENVIRONMENT: Final = {**os.environ, "LOOPS_API_KEY": "key"}
_PORT: Final = re.compile(r'"url": "[^"]*:(\d+)"')


class Served:
    """A data directory and the process that owns it, once started; inside ``with``.

    ``options`` are more of ``segue serve``.
    """

    def __init__(self, home: Path, workspace: str, *options: str) -> None:
        self.port = 0
        self._options = options
        self._home = home
        home.mkdir(parents=True)
        (home / "segue.yaml").write_text(workspace)
        self._log = home / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, *options: str) -> Self:
        """Return when it takes events."""
        self.launch(*options)
        return self.ready()

    def launch(self, *options: str) -> None:
        """Begin a process, without a console unless ``options`` say more."""
        with self._log.open("wb") as log:
            more = [*self._options, *(options or ["--no-console"])]
            command = self._command("serve", "--port", "0", *more)
            self._process = subprocess.Popen(command, env=_ENVIRONMENT, stderr=log)

    def ready(self) -> Self:
        """Wait until it says where it listens."""
        assert self._process
        while (found := _PORT.search(self._log.read_text())) is None:
            if self._process.poll() is not None:
                raise SystemExit(f"segue serve ended: {self._log.read_text()}")
            sleep(0.01)
        self.port = int(found[1])
        return self

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ask(self, *words: str) -> Any:
        """What a command answers as JSON."""
        return json.loads(self.run(*words, "--json"))

    def run(self, *words: str) -> bytes:
        """What a command prints."""
        command = self._command(*words)
        return subprocess.run(command, env=_ENVIRONMENT, stdout=subprocess.PIPE, check=True).stdout

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def memory(self) -> int:
        """Resident bytes (Linux)."""
        statm = Path(f"/proc/{self.pid}/statm").read_text()
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    @property
    def disk(self) -> int:
        """Bytes of the store's file, without the log, which does not grow."""
        return (self._home / "data" / "segue.db").stat().st_size

    def _command(self, *words: str) -> Sequence[str]:
        given = ["-w", str(self._home / "segue.yaml"), "--data", str(self._home / "data")]
        return [sys.executable, "-m", "segue", words[0], *given, *words[1:]]
