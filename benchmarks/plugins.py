"""How long many plugins take to load and what they hold, in a fresh process each time.

    python benchmarks/plugins.py [PLUGINS]

Each plugin is a file of its own with a destination, three actions of eight fields each, and as every
tenth one a hook. No two are alike.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter


PLUGINS = 300
ACTIONS = 3
ROUNDS = 3

HEAD = """
from segue import Context, Destination, Request, Settings, action, first_of, hookimpl, path

VENDOR = Destination(
    "vendor{at}",
    title="Vendor {at}",
    url="https://{at}.vendor.test",
    settings={{
        "type": "object",
        "required": ["token"],
        "additionalProperties": False,
        "properties": {{
            "token": {{"type": "string", "minLength": {number}, "writeOnly": True}},
            "region": {{"type": "string", "enum": ["eu", "us"], "default": "eu"}},
        }},
    }},
)

@VENDOR.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_bearer(str(settings["token"]))
"""

ACTION = '''
FIELDS_{number} = {{
    "type": "object",
    "required": ["email", "name"],
    "additionalProperties": False,
    "properties": {{
        "email": {{
            "type": "string", "format": "email", "title": "Email of vendor {at}",
            "mapping": first_of("$.properties.email", "$.traits.email"),
        }},
        "name": {{
            "type": "string", "maxLength": 1{at}, "title": "Name {number} of vendor {at}",
            "mapping": path("$.properties.name"),
        }},
        "amount": {{
            "type": "number", "minimum": {at}, "description": "What it costs, in vendor {at}",
            "mapping": path("$.properties.total"),
        }},
        "when": {{"type": "string", "format": "date-time", "mapping": path("$.timestamp")}},
        "kind": {{"type": "string", "enum": ["a{at}", "b{number}", "c"], "default": "c"}},
        "tags": {{
            "type": "array", "items": {{"type": "string"}}, "mapping": path("$.properties.tags"),
        }},
        "urgent": {{"type": "boolean", "title": "Urgent"}},
        "address": {{
            "type": "object",
            "properties": {{
                "city": {{"type": "string"}},
                "zip": {{"type": "string", "pattern": "^[0-9]{{5}}$"}},
            }},
            "mapping": path("$.context.address"),
        }},
    }},
}}

@action(
    VENDOR, "do{number}", fields=FIELDS_{number},
    trigger='type = "track" and event = "Step {at} of {number}" and properties.total > {at}',
)
def do_{number}(payload: dict[str, object], context: Context) -> Request:
    """Do what vendor {at} does with a {number}."""
    headers = {{"Idempotency-Key": context.idempotency_key}}
    return Request.post("/things/{number}", json=payload, headers=headers)
'''

HOOK = """
@hookimpl
def segue_event(event, source):
    return event
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading took, and what the process grew by: None where the system does not tell."""

    actions: int
    seconds: float
    bytes: int | None


def write(folder: Path, plugins: int) -> None:
    for at in range(plugins):
        parts = [HEAD.format(at=at, number=1 + at % 9)]
        parts += [ACTION.format(at=at, number=number) for number in range(ACTIONS)]
        parts += [HOOK] if at % 10 == 0 else []
        (folder / f"vendor_{at}.py").write_text("".join(parts))


def load(plugins: int = PLUGINS) -> Loaded:
    """So many plugins that were never loaded before, in a process of its own."""
    with TemporaryDirectory() as folder:
        write(Path(folder), plugins)
        command = [sys.executable, __file__, "--here", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Loaded(**json.loads(done.stdout))


def here(folder: Path) -> dict[str, object]:
    """Load the plugins of a folder; what Segue itself needs is there before."""
    from segue.plugins import load_plugins

    installed = len(load_plugins().actions)
    before, start = held(), perf_counter()
    catalogue = load_plugins(folder=folder)
    seconds, after = perf_counter() - start, held()
    assert not catalogue.problems, catalogue.problems[0]
    grown = None if before is None or after is None else after - before
    return {"actions": len(catalogue.actions) - installed, "seconds": seconds, "bytes": grown}


def held() -> int | None:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * sysconf("SC_PAGE_SIZE") if statm.exists() else None


def sentence(loaded: list[Loaded]) -> str:
    grown = [one.bytes for one in loaded if one.bytes is not None]
    memory = f" and hold {median(grown) / 2**20:.0f} MiB" if grown else ""
    seconds = min(one.seconds for one in loaded)
    actions = loaded[0].actions
    return (
        f"{actions // ACTIONS:,} plugins with {actions:,} actions load in {seconds:.2f} s{memory}."
    )


def main(plugins: int) -> None:
    print(sentence([load(plugins) for _ in range(ROUNDS)]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        print(json.dumps(here(Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else PLUGINS)
