"""A value as YAML in the ways that people write it, drawn: lines, brackets, quotes, comments, blank lines.

Each comment has a number; ``Writer.notes`` says where it belongs. One "behind" is on the line where a value
begins, one "above" is on a line of its own among the members of what it is in.
"""

import json
import re
from typing import NamedTuple

from hypothesis import strategies as st


class Note(NamedTuple):
    kind: str
    path: tuple


class Writer:
    def __init__(self, draw, newline):
        self.draw, self.newline, self.notes = draw, newline, []

    def text(self, value):
        lines = self.lines(value, 0, ()) if isinstance(value, dict) and value else [flow(value)]
        end = self.some("", self.newline)
        return self.newline.join([*lines, *self.above(0, ())]) + end

    def lines(self, value, indent, path):
        """A list or an object in lines of its own."""
        out = []
        for key, one in members(value):
            out += self.above(indent, path)
            head = " " * indent + ("-" if isinstance(key, int) else f"{self.key(key)}:")
            if (
                not isinstance(one, dict | list)
                or not one
                or self.some("on", "below", "below") == "on"
            ):
                first, *rest = self.beside(one, indent, (*path, key))
                out += [head + first, *rest]
            elif isinstance(key, int) and self.yes():
                first, *rest = without_notes(self.lines(one, indent + 2, (*path, key)))
                out += [f"{head} {first.strip(' ')}", *rest]
            else:
                level = isinstance(one, list) and isinstance(key, str) and self.yes()
                deeper = indent if level else indent + self.some(2, 4)
                tail = self.behind((*path, key))
                out += [head + tail, *self.lines(one, deeper, (*path, key))]
        return out

    def beside(self, value, indent, path):
        """What follows a colon or a dash: the rest of the line, and the lines of a block of text."""
        if isinstance(value, str) and re.fullmatch(r"[a-z]+\n[a-z]+\n?", value) and self.yes():
            head = "|" if value.endswith("\n") else "|-"
            body = [" " * (indent + 2) + line for line in value.splitlines()]
            return [f" {head}{self.behind(path)}", *body]
        text = flow(value) if isinstance(value, dict | list) else self.scalar(value)
        return [(f" {text}" if text else "") + self.behind(path)]

    def scalar(self, value):
        if isinstance(value, str) and re.fullmatch(r"[$a-df-mo-xz][a-z .]*[a-z]", value):
            return self.some(value, f"'{value}'", f'"{value}"')
        return "" if value is None and self.yes() else json.dumps(value)

    def key(self, key):
        return (
            key
            if re.fullmatch("[abc]", key)
            else json.dumps(key, ensure_ascii=not key.isprintable() or self.yes())
        )

    def above(self, indent, path):
        kind = self.some("", "", "", "blank", "level", "outdented")
        if kind in {"", "blank"}:
            return [""] if kind else []
        return [(" " * indent if kind == "level" else "") + self.note("above", path)]

    def behind(self, path):
        return self.some("", "", "", "  ") and f"  {self.note('behind', path)}"

    def note(self, kind, path):
        self.notes.append(Note(kind, path))
        return f"# note {len(self.notes) - 1}."

    def some(self, *choices):
        return self.draw(st.sampled_from(choices))

    def yes(self):
        return self.draw(st.booleans())


def members(value):
    return value.items() if isinstance(value, dict) else enumerate(value)


def flow(value):
    """On one line; only what a JSON reader takes for a string may be odd there."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(flow, value))}]"
    return json.dumps(value)


def without_notes(lines):
    """Lines from the first member on."""
    first = next(
        at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")
    )
    return lines[first:]


def notes_of(text):
    """The numbers of the comments in a text."""
    return [int(number) for number in re.findall(r"# note (\d+)\.", text)]
