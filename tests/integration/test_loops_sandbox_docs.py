"""The Loops sandbox: its README is true."""

import asyncio
import inspect
import re
import textwrap
from pathlib import Path

from segue_actions import loops as package
from segue_actions.loops.sandbox import create_app
from segue_actions.loops.sandbox.api import ROUTES


README = (Path(package.__file__).parent / "README.md").read_text(encoding="utf-8")


def test_every_switch_is_documented_with_its_default():
    table = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", README, re.MULTILINE))
    switches = inspect.signature(create_app).parameters
    assert {*switches} - {*table} == {"keys", "clock", "sleep"}
    numbers = {name: f"{switches[name].default:,g}" for name in ("rate", "hang", "history")}
    assert {name: table[name] for name in numbers} == numbers


def test_every_call_is_documented():
    calls = README[README.index("### What it does") : README.index("All under")]
    for path in ROUTES:
        *_, last = path.removeprefix("/api/v1").rstrip("/").rpartition("/")
        assert last in calls


def test_the_python_example_runs():
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    names = {}
    source = f"import httpx\nasync def run():\n{textwrap.indent(example, '    ')}    return app"
    exec(source, names)
    app = asyncio.run(names["run"]())
    assert app.state.team.audience.with_email("adam@loops.so").subscribed
