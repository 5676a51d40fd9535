"""A comparison in words: as text for a terminal, as Markdown for a pull request, as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from segue.cli.output import brief, clean, plain, print_json, some, stdout, write
from segue.diff.model import Example, Group, MappingReport, Note, Report, Value
from segue.json import MISSING, JsonValue, encode


WIDTH: Final = 60
EVENT: Final = 300
CELL: Final = 80
NAMES: Final = 10

_PARTS: Final[Mapping[str, str]] = {
    "body": "",
    "payload": "payload ",
    "query": "query ",
    "header": "header ",
}
_WHOLE: Final[Mapping[str, str]] = {
    "body": "the body",
    "payload": "the payload",
    "url": "the URL",
    "method": "the method",
}


class Title(NamedTuple):
    """What was compared: the names of the two sides, and where the events came from."""

    old: str
    new: str
    events: str


def place(group: Group) -> str:
    """A place in a request, as people name it: ``email``, ``items[].price``, ``header x-id``."""
    return named(group.place)


def named(where: str) -> str:
    """The same of a place."""
    if where in _WHOLE:
        return _WHOLE[where]
    if where.startswith("request "):
        number, _, rest = where.partition("/")
        return f"{number}, {named(rest)}" if rest else number
    part, *keys = (one.replace("~1", "/").replace("~0", "~") for one in where.split("/"))
    return _PARTS.get(part, f"{part} ") + ".".join(keys).replace(".*", "[]")


def share(group: Group) -> str:
    """Of how many events it is true."""
    if group.count == group.of:
        return "in all" if group.of == 1 else f"in all {group.of:,}"
    return f"in {group.count:,} of {group.of:,}"


def sentence(group: Group) -> str:
    """A group without its examples."""
    if not group.place:
        events = some(group.count, "event", "events")
        return f"{events} {group.kind}: {group.detail}"
    if group.kind == "moved":
        return f"{place(group)}: moved to {named(group.detail)} {share(group)}"
    if group.always and group.count > 1:
        return f"{place(group)}: {_constant(group)} {share(group)}"
    return f"{place(group)}: {group.kind} {share(group)}"


def _constant(group: Group) -> str:
    """The same value before and the same one now."""
    one = group.examples[0] if group.examples else None
    if one is None:
        return group.kind
    if group.kind == "added":
        return f"added, always {value(one.new)},"
    if group.kind == "removed":
        return f"removed, always {value(one.old)},"
    return f"always {value(one.old)}, now {value(one.new)},"


def value(one: Value, width: int = WIDTH) -> str:
    """A value as JSON, shortened."""
    text = "nothing" if one is MISSING else encode(one).decode()
    return text if len(text) <= width else f"{text[: width - 1]}…"


def note(one: Note) -> str:
    """A note in a line."""
    return f"{one.subject}: {one.message}"


def head(mapping: MappingReport) -> str:
    """A mapping in a line."""
    was = f" (was {mapping.was})" if mapping.was else ""
    return f"{mapping.name}{was}: {mapping.changed:,} of {some(mapping.reached, 'event', 'events')} differ"  # fmt: skip


def total(report: Report) -> str:
    """How it all comes out."""
    events = some(report.events, "event", "events")
    differing = [one for one in report.mappings if one.changed]
    if not report.mappings:
        return f"nothing that is sent can differ: {_unchanged(report)}"
    if not differing:
        return f"nothing is sent differently, of {events}"
    same = len(report.mappings) - len(differing) + report.unchanged
    rest = f"; {some(same, 'other mapping sends', 'others send')} the same" if same else ""
    return f"{some(len(differing), 'mapping differs', 'mappings differ')}, of {events}{rest}"


def idle(report: Report) -> str:
    """The mappings that may differ and that no event got to, so that nothing is known of them."""
    names = [one.name for one in report.mappings if not one.reached]
    if not names or not report.events:
        return ""
    more = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
    return f"no event got to {', '.join(names[:NAMES])}{more}"


def _unchanged(report: Report) -> str:
    if not report.unchanged:
        return "there is no mapping"
    return f"{some(report.unchanged, 'mapping says', 'mappings say')} the same on both sides"


# Text


def text(title: Title, report: Report) -> None:
    """Print it for people."""
    out(f"[bold]{plain(title.old)} → {plain(title.new)}[/]  [dim]{plain(title.events)}[/]")
    for one in report.notes:
        out(f"[cyan]·[/] {plain(note(one))}")
    for mapping in report.mappings:
        if mapping.changed:
            _mapping(mapping)
    for why in report.rejections:
        out(f"[yellow]left out:[/] {plain(why)}")
    more = report.rejected - len(report.rejections)
    if more > 0:
        out(f"[yellow]left out:[/] and {some(more, 'other event', 'other events')}")
    out(("\n" if report.mappings else "") + plain(total(report)))
    if idle(report):
        out(f"[yellow]{plain(idle(report))}[/]")


def _mapping(mapping: MappingReport) -> None:
    out(f"\n[bold]{plain(head(mapping))}[/]")
    for group in mapping.groups:
        out(f"  {_colour(group)}{plain(sentence(group))}[/]")
        for example in group.examples:
            for line in _example(group, example):
                out(f"    [dim]{line}[/]")
    if mapping.beyond:
        out(f"  and {some(mapping.beyond, 'difference', 'differences')} of other kinds")
    if mapping.limits:
        out(f"  [dim]{plain(mapping.limits)}[/]")


def _example(group: Group, example: Example) -> Iterator[str]:
    yield f"event  {brief(example.event, EVENT)}"
    if group.place:
        yield f"       {plain(value(example.old, CELL))} → {plain(value(example.new, CELL))}"
    elif isinstance(example.new, str):
        yield f"       {plain(example.new)}"
    elif isinstance(example.old, str):
        yield f"       was: {plain(example.old)}"


def _colour(group: Group) -> str:
    return next((colour for kind, colour in _COLOURS.items() if kind == group.kind), "[yellow]")


_COLOURS: Final[Mapping[str, str]] = {
    "now refused": "[red]",
    "no longer sent": "[red]",
    "removed": "[red]",
    "added": "[green]",
    "now sent": "[green]",
    "no longer refused": "[green]",
}


def out(line: str) -> None:
    """A line of markup."""
    stdout.print(line, highlight=False)


# Markdown


def markdown(title: Title, report: Report) -> None:
    """Print it for a comment on a pull request."""
    write("\n".join(_lines(title, report)))


def _lines(title: Title, report: Report) -> Iterator[str]:
    yield f"### {cell(title.old)} → {cell(title.new)}: {cell(total(report))}"
    yield ""
    for one in report.notes:
        yield f"* {cell(note(one))}"
    for mapping in report.mappings:
        if mapping.changed:
            yield from _table(mapping)
    if idle(report):
        yield ""
        yield cell(idle(report))
    if report.rejected:
        yield ""
        yield f"{some(report.rejected, 'event was', 'events were')} left out: {cell(', '.join(report.rejections))}"


def _table(mapping: MappingReport) -> Iterator[str]:
    yield ""
    yield f"**{cell(head(mapping))}**"
    yield ""
    yield "| what | before | now |"
    yield "|---|---|---|"
    for group in mapping.groups:
        example = group.examples[0] if group.examples and group.place else None
        before = code(value(example.old, CELL)) if example else ""
        now = code(value(example.new, CELL)) if example else ""
        yield f"| {cell(sentence(group))} | {before} | {now} |"
    if mapping.beyond:
        yield f"| and {some(mapping.beyond, 'difference', 'differences')} of other kinds | | |"


_MARKS: Final = str.maketrans({one: f"\\{one}" for one in "\\`*_{}[]<>#|~@!&$"} | {"\n": " ", "\r": " "})  # fmt: skip


def cell(said: str) -> str:
    """Text in Markdown that is nothing but text: no link, no mention, no HTML."""
    return clean(said).translate(_MARKS)


def code(said: str) -> str:
    """Text in Markdown as code, in a table."""
    shown = clean(said).replace("\n", " ").replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _runs(shown)), default=0))
    return f"{fence} {shown} {fence}"


def _runs(said: str) -> Sequence[str]:
    return "".join(one if one == "`" else " " for one in said).split()


# JSON


def as_json(title: Title, report: Report) -> None:
    """Print it for scripts."""
    print_json(data(title, report))


def data(title: Title, report: Report) -> dict[str, object]:
    """A report as JSON."""
    return {
        "old": title.old,
        "new": title.new,
        "differs": report.differs,
        "events": report.events,
        "rejected": report.rejected,
        "rejections": list(report.rejections),
        "unchanged": report.unchanged,
        "notes": [_note(one) for one in report.notes],
        "mappings": [_mapping_data(one) for one in report.mappings],
    }


def _note(one: Note) -> dict[str, str]:
    return {"kind": one.kind, "subject": one.subject, "message": one.message}


def _mapping_data(one: MappingReport) -> dict[str, object]:
    keys = ("connection", "mapping", "was", "reached", "both", "changed", "beyond", "limits")
    groups = [_group(group) for group in one.groups]
    return {**{key: getattr(one, key) for key in keys}, "groups": groups}


def _group(one: Group) -> dict[str, object]:
    keys = ("place", "kind", "detail", "count", "of", "always")
    examples = [_example_data(example) for example in one.examples]
    return {**{key: getattr(one, key) for key in keys}, "examples": examples}


def _example_data(one: Example) -> dict[str, JsonValue]:
    """An example; a value that is not there has no key."""
    values = {"old": one.old, "new": one.new}
    there = {key: found for key, found in values.items() if found is not MISSING}
    return {"event": one.event, **there}


FORMS: Final[Mapping[str, Callable[[Title, Report], None]]] = {
    "text": text,
    "markdown": markdown,
    "json": as_json,
}
