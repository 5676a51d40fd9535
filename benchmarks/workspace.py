"""Workspace files of any size."""

from collections.abc import Iterator


CONNECTIONS = 20
SOURCES = ("version: 1", "sources:", "  website: {write_key: wk_website}", "connections:")


def single(url: str, *, concurrency: int) -> str:
    """One connection to a vendor at ``url``, not paced, with one mapping: an action's own."""
    loops = connection(0, *unpaced(url), f"    concurrency: {concurrency}")
    return "\n".join([*SOURCES, *loops, "      events: {action: sendEvent}"]) + "\n"


def unpaced(url: str) -> Iterator[str]:
    """The lines of a connection to a vendor at ``url``."""
    yield f"    base_url: {url}"
    yield "    rate_limit: null"


def generate(mappings: int, *more: str) -> str:
    """So many mappings over 20 connections; ``more`` are further lines for each of these.

    No two triggers are equal. Of the mappings one in four is the action's own, one in four
    overrides a field, and the others are written out in full, each a little different.
    """
    lines = [*SOURCES]
    size = max(1, -(-mappings // CONNECTIONS))
    for start in range(0, mappings, size):
        lines += connection(start // size, *more)
        for at in range(start, min(start + size, mappings)):
            lines += mapping(at)
    return "\n".join(lines) + "\n"


def connection(at: int, *more: str) -> Iterator[str]:
    yield f"  loops-{at}:"
    yield "    destination: loops"
    yield from more
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
