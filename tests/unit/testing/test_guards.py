"""What a watched function may do, tried in a process of its own."""

import json
import subprocess
import sys

import pytest


PURE = {
    "an import": "import colorsys",
    "a time zone": "import zoneinfo; zoneinfo.ZoneInfo('Europe/Paris')",
    "a log record": "import logging; logging.getLogger('x').warning('hello')",
    "arithmetic on times": "import datetime; datetime.datetime(2026, 1, 1) + datetime.timedelta(1)",
    "a generator of numbers with a seed": "import random; random.Random(5).random()",
    "a hash": "import hashlib; hashlib.sha256(b'x').hexdigest()",
    "quoting": "import urllib.parse; urllib.parse.quote('a b')",
}
IMPURE = {
    "the clock": ("import time; time.time()", "looks at the clock (time.time)"),
    "today": ("import datetime; datetime.date.today()", "looks at the clock (date.today)"),
    "utcnow": ("import datetime; datetime.datetime.utcnow()", "looks at the clock (datetime.utcnow)"),
    "a choice": ("import random; random.choice([1, 2])", "draws a random number"),
    "a token": ("import secrets; secrets.token_hex()", "draws a random number (posix.urandom)"),
    "a listing": ("import os; os.listdir('.')", "uses files (os.listdir: .)"),
    "removing a file": ("import os; os.remove('/nowhere')", "uses files (os.remove: /nowhere)"),
    "a database": ("import sqlite3; sqlite3.connect(':memory:')", "uses a database"),
    "looking up a host": ("import socket; socket.gethostbyname('localhost')", "uses the network"),
    "a command": ("import os; os.system('true')", "starts a process (os.system"),
    "an argument of a call": ("dict(at=__import__('time').monotonic())", "looks at the clock (time.monotonic)"),
}  # fmt: skip


SCRIPT = """
import json, sys
from segue.testing.guards import Guard, ImpureError

guard, seen = Guard(), {}
for name, body in json.load(sys.stdin).items():
    code = compile(body, "author.py", "exec")
    with guard.watch() as noticed:
        try:
            exec(code, {"__name__": "author"})
        except (Exception, ImpureError):
            pass
    seen[name] = list(noticed)
json.dump(seen, sys.stdout)
"""


@pytest.fixture(scope="module")
def noticed():
    """What is noticed of each of these bodies, in one process of their own."""
    bodies = {**PURE, **{name: body for name, (body, _) in IMPURE.items()}}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(bodies),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", PURE)
def test_what_leaves_no_trace_is_let_pass(noticed, name):
    assert noticed[name] == []


@pytest.mark.parametrize("name", IMPURE)
def test_what_depends_on_the_world_or_changes_it_is_noticed(noticed, name):
    assert noticed[name][0].startswith(IMPURE[name][1])
