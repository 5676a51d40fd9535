"""A server with its console and a Loops sandbox, each in a process of its own, for walks in a browser."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

import httpx
from running import Running, until


EMPTY = "version: 1\n"
KEY = "loops_sandbox_key"


class World:
    """What a walk goes through: ``console`` and ``loops`` are addresses, ``running`` the server."""

    def __init__(self, folder, loops, running):
        self.folder, self.loops, self.running = folder, loops, running
        self.console = until(self._console)
        until(self._answers)

    @property
    def file(self):
        return self.folder / "segue.yaml"

    def put(self, text):
        """Write the workspace, and wait until it is in force."""
        self.file.write_text(text)
        self.settle()

    def settle(self):
        """Wait until the workspace is in force as its file is now."""
        revision = sha256(self.file.read_bytes()).hexdigest()[:12]
        until(lambda: self._in_force() == revision)

    def _in_force(self):
        said = [
            one["revision"] for one in self.running.records() if "is in force" in one["message"]
        ]
        return said[-1] if said else None

    def send(self, *events, key):
        """Events to the tracking API; each says what the API wants beside."""
        return self.running.http.post("/v1/batch", json={"batch": events}, auth=(key, ""))

    def _console(self):
        said = [one for one in self.running.records() if one["message"] == "serving the console"]
        return said[0]["url"] if said else None

    def _answers(self):
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.console}/login", trust_env=False, timeout=20).status_code < 500
        return False


@contextmanager
def world(folder, text=EMPTY, **environ):
    """A world over this workspace; its processes end with the block."""
    (folder / "segue.yaml").write_text(text)
    given = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environ}
    with sandbox(folder, given) as loops:
        running = Running(folder, given, "--console-port", "0")
        try:
            yield World(folder, loops, running.ready())
        finally:
            running.end()
            running.close()


@contextmanager
def sandbox(folder, environ) -> Iterator[str]:
    """The address of a ``segue sandbox loops``."""
    command = [sys.executable, "-u", "-m", "segue", "sandbox", "loops", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "Audience" in line)
            yield re.search(r"http://[\w.:]+", said)[0]
        finally:
            process.terminate()


def walk(page, target):
    """Tab until something has the focus."""
    for _ in range(200):
        if target.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by keyboard")
