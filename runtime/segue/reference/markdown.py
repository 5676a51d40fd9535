"""A reference page as Markdown (CommonMark with tables). Nothing a plugin says becomes markup."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from segue.reference.page import ActionPart, Entry, Fact, Page
from segue.reference.pieces import Code, Phrase
from segue.reference.rows import Row


SETTINGS: Final = ("Setting", "Description", "Type", "Required", "Choices and limits")
FIELDS: Final = ("Field", "Description", "Type", "Required", "Default", "Choices and limits")

# An underscore within a word is no emphasis; a backslash in front of each would be hard to read.
_SPECIAL: Final = re.compile(r"[\\`*\[\]<>&~$#]|(?<!\w)_|_(?!\w)")
_OPENING: Final = re.compile(r"^(?:(\d+)([.)])|([-+=:]))")
_ENTITIES: Final = re.compile(r"[^\w\s.,/=\"'()-]|_")


def markdown(page: Page) -> str:
    """The page of a destination."""
    return _document(_page(page))


def markdown_index(entries: Sequence[Entry]) -> str:
    """The page that leads to the others."""
    rows = [
        [f"[{text(one.title)}]({one.file}.md)", text(one.about), text(", ".join(one.actions))]
        for one in entries
    ]
    return _document(["# Destinations", *_table(["Destination", "Description", "Actions"], rows)])


def text(said: str) -> str:
    """Plain text on one line, none of it markup, also at the start of a line."""
    return _OPENING.sub(_opened, _within(said))


def inline(phrase: Phrase) -> str:
    """A phrase on one line."""
    return "".join(_code(one) if isinstance(one, Code) else _within(one) for one in phrase)


def _opened(found: re.Match[str]) -> str:
    number, dot, mark = found.groups()
    return f"{number}\\{dot}" if number else f"\\{mark}"


def _within(said: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", said)


def _code(said: str) -> str:
    """Code between more backticks than it holds; as an element where that would not keep it as it is."""
    if not said.strip() or said[0] == " " == said[-1] or "\\|" in said:
        entities = _ENTITIES.sub(lambda found: f"&#{ord(found[0])};", said)
        return f"<code>{entities}</code>"
    fence = "`" * (max(map(len, re.findall("`+", said)), default=0) + 1)
    room = " " if "`" in (said[0], said[-1]) else ""
    return f"{fence}{room}{said}{room}{fence}"


def _document(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n\n".join(lines) + "\n"


def _page(page: Page) -> Iterator[str]:
    yield f"# {text(page.title)}"
    yield "<!-- Written by segue docs: do not edit. -->"
    yield from map(text, page.about)
    yield f"`segue init {page.slug}` writes a workspace to start from." + _docs(page)
    yield from _facts(page.facts)
    if page.settings:
        yield "## Destination Settings"
        yield from _table(
            SETTINGS, [[_name(one), _about(one), *_told(one)] for one in page.settings]
        )
        yield from _others(page.conditions)
    if page.presets:
        yield "## Available Presets"
        yield f"Mappings that {text(page.title)} offers to start from."
        yield from _presets(page)
    yield "## Available Actions"
    yield from _contents(page) if page.actions else ["There are none."]
    for one in page.actions:
        yield from _action(one)


def _docs(page: Page) -> str:
    return f" The vendor's own pages: <{page.docs}>." if page.docs else ""


def _facts(facts: Sequence[Fact]) -> Iterator[str]:
    if facts:
        yield "\n".join(f"* **{one.name}**: {inline(one.said)}" for one in facts)


def _presets(page: Page) -> Iterator[str]:
    names = ["Preset Name", "Trigger", "Default Action", "Offered", "Fields that differ"]
    rows = [
        [
            text(one.name),
            _code(one.trigger),
            text(one.action),
            inline(one.offered),
            _list(one.differs),
        ]
        for one in page.presets
    ]
    yield from _table(names, rows)


def _contents(page: Page) -> Iterator[str]:
    heads = ["Destination Settings"] if page.settings else []
    heads += ["Available Presets"] if page.presets else []
    taken = Counter(map(_anchor, [page.title, *heads, "Available Actions"]))
    lines: list[str] = []
    for one in page.actions:
        anchor = _anchor(one.title)
        again = f"-{taken[anchor]}" if taken[anchor] else ""
        taken[anchor] += 1
        lines.append(f"* [{text(one.title)}](#{anchor}{again})")
    yield "\n".join(lines)


def _anchor(title: str) -> str:
    """What a heading is linked by, as the usual renderers make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _action(action: ActionPart) -> Iterator[str]:
    yield f"### {text(action.title)}"
    yield from map(text, action.about)
    yield f"Default trigger: {_code(action.trigger)}"
    yield from _facts(action.facts)
    if not action.rows:
        yield "It has no fields: its events come as they are."
        return
    rows = [[_name(one), _about(one), *_told(one, inline(one.default))] for one in action.rows]
    yield from _table(FIELDS, rows)
    yield from _others(action.others)
    yield "Its default mapping, as it stands under `mappings` of a connection:"
    yield "\n".join(["```yaml", *action.mapping, "```"])


def _others(phrases: Sequence[Phrase]) -> Iterator[str]:
    if phrases:
        yield "\n".join(f"* Condition: {inline(one)}" for one in phrases)


def _name(row: Row) -> str:
    return f"{text(row.title)}<br>{_code(row.key)}"


def _about(row: Row) -> str:
    secret = "**A secret:** never shown or logged." if row.secret else ""
    return " ".join(one for one in (secret, text(row.description)) if one)


def _told(row: Row, *default: str) -> list[str]:
    return [inline(row.type), inline(row.required), *default, _list(row.choices)]


def _list(phrases: Sequence[Phrase]) -> str:
    return "<br>".join(map(inline, phrases))


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    lines = [names, ["---"] * len(names), *rows]
    yield "\n".join(f"| {' | '.join(map(_cell, one))} |" for one in lines)


def _cell(markup: str) -> str:
    """Markup in a table, where a pipe ends a cell, also in code."""
    return markup.replace("|", "\\|")
