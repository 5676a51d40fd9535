"""A workspace file of any size, and how long one takes to load.

    python benchmarks/workspace.py [MAPPINGS]

No two triggers are equal. Of the mappings one in four is the action's own, one in four overrides a
field, and the others are written out in full, each a little different.
"""

import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter


CONNECTIONS = 20
ROUNDS = 5


def generate(mappings: int) -> str:
    """The text of a workspace with so many mappings over 20 connections."""
    lines = ["version: 1", "sources:", "  website: {write_key: wk_website}", "connections:"]
    size = max(1, -(-mappings // CONNECTIONS))
    for start in range(0, mappings, size):
        lines += connection(start // size)
        for at in range(start, min(start + size, mappings)):
            lines += mapping(at)
    return "\n".join(lines) + "\n"


def connection(at: int) -> Iterator[str]:
    yield f"  loops-{at}:"
    yield "    destination: loops"
    yield '    settings: {apiKey: "${LOOPS_API_KEY}"}'
    yield "    sources: [website]"
    yield "    mappings:"


def mapping(at: int) -> Iterator[str]:
    yield f"      step-{at}:"
    yield "        action: sendEvent"
    yield f'        trigger: type = "track" and event = "Step {at} Completed" and properties.total > {at}'
    if at % 4 == 1:
        yield "        override:"
        yield f"          eventName: {at} of many"
    if at % 4 > 1:
        yield "        fields:"
        yield '          eventName: {"@path": "$.event"}'
        yield '          userId: {"@path": "$.userId"}'
        yield "          email:"
        yield '            "@if":'
        yield '              exists: {"@path": "$.properties.email"}'
        yield '              then: {"@path": "$.properties.email"}'
        yield '              else: {"@path": "$.context.traits.email"}'
        yield "          eventProperties:"
        yield f"            step: {at}"
        yield '            plan: {"@template": "{{properties.plan}} ({{properties.seats}})"}'
        yield '            total: {"@path": "$.properties.total"}'


def main(mappings: int) -> None:
    from segue.plugins import load_plugins
    from segue.workspace import parse_workspace

    text, catalogue = generate(mappings), load_plugins()
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        workspace = parse_workspace(text, catalogue, environ={"LOOPS_API_KEY": "key"})
        times.append(perf_counter() - start)
    assert sum(len(one.mappings) for one in workspace.connections.values()) == mappings
    print(f"{mappings:,} mappings, {len(text):,} characters: {median(times):.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
