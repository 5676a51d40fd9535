"""Whatever is edited in whatever text: the new text says what was meant, and all that was not meant is as it was."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.workspace.editing import Document
from segue.workspace.yaml import read


WORDS = st.sampled_from(
    ["a", "b", "c", "yes", "@path", "x y", "1", "é: #", "-", "", "null", "'q\"", "~"]
)
TEXTS = st.one_of(
    WORDS,
    st.sampled_from(
        ["line\nline", "end\n", "a\n\n", " lead\nx", "$.a.b", "12:30", "2020-01-01", "a: b", "#"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


class Writer:
    """Writes a value as YAML in a way that is drawn: blocks, brackets, comments, blank lines, quotes."""

    def __init__(self, draw, newline):
        self.draw, self.newline, self.count = draw, newline, 0

    def some(self, *choices):
        return self.draw(st.sampled_from(choices))

    def note(self):
        self.count += 1
        return f"# note {self.count}."

    def gap(self, indent):
        """Lines between two members."""
        kind = self.some("", "", "", "blank", "comment", "outdented")
        made = {"": [], "blank": [""], "comment": [" " * indent + self.note()]}
        return made.get(kind, [self.note()])

    def tail(self):
        return self.some("", "", "", "  " + self.note())

    def flow(self, value):
        if isinstance(value, dict):
            inner = [f"{json.dumps(k)}: {self.flow(v)}" for k, v in value.items()]
            return self.some("{%s}", "{ %s }")[:] % self.some(", ", " , ").join(inner)
        if isinstance(value, list):
            return "[%s]" % self.some(",", ", ").join(map(self.flow, value))
        return json.dumps(value)

    def scalar(self, value):
        if (
            isinstance(value, str)
            and re.fullmatch(r"[$a-df-xz][a-z .]*[a-z]", value)
            and value != "null"
        ):
            return self.some(value, f"'{value}'", f'"{value}"')
        return "" if value is None and self.draw(st.booleans()) else json.dumps(value)

    def under(self, value, indent):
        """What follows "key:" or "-" when it is not a list or object in lines."""
        if (
            isinstance(value, str)
            and re.fullmatch(r"[a-z]+\n[a-z]+\n?", value)
            and self.draw(st.booleans())
        ):
            head = "|" if value.endswith("\n") else "|-"
            body = [" " * (indent + 2) + line for line in value.splitlines()]
            return [f" {head}{self.tail()}", *body]
        text = self.flow(value) if isinstance(value, dict | list) else self.scalar(value)
        return [(f" {text}" if text else "") + self.tail()]

    def lines(self, value, indent):
        pad, out = " " * indent, []
        members = value.items() if isinstance(value, dict) else [(None, one) for one in value]
        for key, one in members:
            out += self.gap(indent)
            head = pad + (
                "-"
                if key is None
                else f"{json.dumps(key, ensure_ascii=False)}:"
                if not re.fullmatch("[abc]", key)
                else f"{key}:"
            )
            if not isinstance(one, dict | list) or not one or self.some(False, False, True):
                first, *rest = self.under(one, indent)
                out += [head + first, *rest]
            elif key is None and self.draw(st.booleans()):
                inner = self.compact(one, indent + 2)
                out += [f"{head} {inner[0].strip(' ')}", *inner[1:]]
            else:
                deeper = (
                    indent
                    if isinstance(one, list) and key is not None and self.draw(st.booleans())
                    else indent + self.some(2, 4)
                )
                out += [head + self.tail(), *self.lines(one, deeper)]
        return out

    def compact(self, value, indent):
        lines = self.lines(value, indent)
        while not lines[0].strip() or lines[0].lstrip().startswith("#"):
            lines.pop(0)
        return lines

    def text(self, value):
        lines = self.lines(value, 0) if isinstance(value, dict) and value else [self.flow(value)]
        end = self.some("", self.newline)
        return self.newline.join([*lines, *self.gap(0)]) + end


@st.composite
def documents(draw):
    """A text with comments, and what it says."""
    value = draw(st.dictionaries(TEXTS, VALUES, max_size=4))
    text = Writer(draw, draw(st.sampled_from(["\n", "\r\n"]))).text(value)
    return text


def paths(value, path=()):
    yield path
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in members:
        yield from paths(one, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def notes(text):
    return re.findall(r"# note \d+\.", text)


def edit(data, document):
    """Make one edit that is drawn; what it should come to, and the path that it is about."""
    value = json.loads(json.dumps(document.value()))
    path = data.draw(st.sampled_from([*paths(value)]), label="path")
    around = at(value, path[:-1]) if path else None
    target = at(value, path)
    kind = data.draw(st.sampled_from(["put", "remove", "rename", "add"]), label="kind")
    if kind == "put" or (not path and kind != "add"):
        new = data.draw(VALUES, label="new")
        document.put(path, new)
        if not path:
            return new, path
        around[path[-1]] = new
    elif kind == "remove":
        document.remove(path)
        del around[path[-1]]
    elif kind == "rename" and isinstance(around, dict):
        key = data.draw(TEXTS.filter(lambda key: key not in around), label="key")
        document.rename(path, key)
        path, items = (
            (*path[:-1], key),
            [(key if k == path[-1] else k, v) for k, v in around.items()],
        )
        around.clear()
        around.update(items)
    elif isinstance(target, dict):
        key = data.draw(TEXTS.filter(lambda key: key not in target), label="key")
        beside = data.draw(st.sampled_from([None, *target]), label="beside")
        target[key] = data.draw(VALUES, label="new")
        side = data.draw(st.sampled_from(["before", "after"]))
        document.add((*path, key), target[key], **({} if beside is None else {side: beside}))
        path = (*path, key)
    elif isinstance(target, list):
        index = data.draw(st.integers(0, len(target)))
        target.insert(index, data.draw(VALUES, label="new"))
        document.add((*path, index), target[index])
    return value, path


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(documents(), st.data())
def test_an_edited_text_says_what_was_meant(text, data):
    before = read(text)
    if before.problems:  # e.g. a key twice
        return
    document = Document(text)
    assert document.text() == text
    for _ in range(data.draw(st.integers(1, 3))):
        if not isinstance(document.value(), dict | list):
            return
        meant, _ = edit(data, document)
        assert json.dumps(read(document.text()).value) == json.dumps(read(document.text()).value)
        assert json.dumps(document.value(), sort_keys=True) == json.dumps(meant, sort_keys=True)
