"""``segue serve`` in a process of its own, for tests from outside."""

import json
import signal
import subprocess
import sys
import time

import httpx


KEY = "wk_web"
WORKSPACE = """
version: 1
sources:
  web: {write_key: wk_web}
connections:
  loops:
    destination: loops
    base_url: "${LOOPS_URL}/api/v1"
    settings: {apiKey: "${LOOPS_API_KEY}"}
    sources: [web]
    rate_limit: null
    retry: {base: 10ms, cap: 100ms}
    mappings:
      contacts: {action: createOrUpdateContact}
      events: {action: sendEvent}
"""
DEADLINE = 20.0


def until(check):
    """The first true result of a check, asked again and again for a while."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come to pass")


class Running:
    """A ``segue serve`` in a process of its own."""

    def __init__(self, folder, environ, *options):
        self.log = folder / "log"
        beside = [] if "--console-port" in options else ["--no-console"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "segue", "serve", "--port", "0", *beside, *options],
                cwd=folder,
                env=environ,
                stderr=log,
            )
        self.http = httpx.Client(trust_env=False, auth=(KEY, ""), timeout=20)

    def ready(self):
        self.url = until(self.where)
        self.http.base_url = self.url
        return self

    def where(self):
        assert self.process.poll() is None, self.log.read_text()
        said = [one for one in self.records() if one.get("pid") == self.process.pid]
        return said[0]["url"] if said else None

    def records(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def send(self, *events):
        return self.http.post("/v1/batch", json={"batch": events})

    def end(self, number=signal.SIGTERM):
        self.http.close()
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def close(self):
        self.http.close()
        self.process.kill()
        self.process.wait()
