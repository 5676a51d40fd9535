"""Whatever is edited in whatever text, the new one says what was meant, and all else is as it was."""

import json
import re

from hypothesis import assume, given
from hypothesis import strategies as st
from yaml_writer import Writer, members, notes_of

from segue.errors import pointer
from segue.workspace.editing import Document
from segue.workspace.yaml import read


WORDS = ["a", "b", "c", "yes", "@path", "x y", "1", "é: #", "-", "", "null", "'q\"", "~", "$.a.b"]
ODD = [
    "line\nline",
    "end\nend\n",
    "a\n\n",
    " lead\nx",
    "12:30",
    "2020-01-01",
    "a: b",
    "#",
    "\u2028",
    "\ufeff",
]
TEXTS = st.one_of(
    st.sampled_from(WORDS + ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
).filter(lambda text: text != "<<")  # which is no key in a workspace
WRITTEN = TEXTS.filter(lambda text: all(one < "\ud800" and one != "\x7f" for one in text))


def values(texts):
    finite = st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), finite, texts),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)
        ),
        max_leaves=8,
    )


VALUES = values(TEXTS)


@st.composite
def documents(draw):
    """A text, what it says, and its comments."""
    value = draw(st.dictionaries(WRITTEN, values(WRITTEN), max_size=4))
    writer = Writer(draw, draw(st.sampled_from(["\n", "\r\n"])))
    text = writer.text(value)
    return text, read(text).value, writer.notes  # text in lines may have lost the last break


def paths(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, one in members(value):
            yield from paths(one, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def copy(value):
    return json.loads(json.dumps(value))


def dumped(value):
    return json.dumps(value, sort_keys=True)


class Edits:
    """Edits that are drawn: each is made, and gives what the value should be, and the path it was about."""

    def __init__(self, draw, value):
        self.draw, self.value = draw, copy(value)

    def path(self, *kinds):
        fits = [
            one for one in paths(self.value) if isinstance(at(self.value, one), kinds or object)
        ]
        return self.draw(st.sampled_from(fits)) if fits else assume(bool(fits))

    def put(self, document):
        path, new = self.path(), self.draw(VALUES)
        document.put(path, new)
        if not path:
            return new, path
        at(self.value, path[:-1])[path[-1]] = new
        return self.value, path

    def remove(self, document):
        path = self.path()
        assume(path)
        document.remove(path)
        del at(self.value, path[:-1])[path[-1]]
        return self.value, path

    def rename(self, document):
        path = self.path(dict)
        around = at(self.value, path)
        assume(around)
        old = self.draw(st.sampled_from([*around]))
        new = self.draw(TEXTS.filter(lambda key: key not in around))
        document.rename((*path, old), new)
        items = [(new if key == old else key, one) for key, one in around.items()]
        around.clear()
        around.update(items)
        return self.value, (*path, old)

    def add(self, document):
        path, new = self.path(dict, list), self.draw(VALUES)
        around = at(self.value, path)
        if isinstance(around, list):
            key = self.draw(st.integers(0, len(around)))
            document.add((*path, key), new)
            around.insert(key, new)
            return self.value, (*path, ())
        key = self.draw(TEXTS.filter(lambda key: key not in around))
        side = self.draw(st.sampled_from(["before", "after"]))
        beside = self.draw(st.sampled_from([None, *around]))
        document.add((*path, key), new, **{side: beside})
        around[key] = new
        return self.value, (*path, key)


KINDS = st.sampled_from([Edits.put, Edits.remove, Edits.rename, Edits.add])


@given(documents())
def test_a_text_that_is_not_edited_is_as_it_was(made):
    text, value, _ = made
    document = Document(text)
    assert document.text() == text
    document.put((), value)
    assert document.text() == text


@given(documents(), st.lists(KINDS, min_size=1, max_size=4), st.data())
def test_an_edited_text_says_what_was_meant(made, kinds, data):
    text, value, _ = made
    document = Document(text)
    for kind in kinds:
        assume(isinstance(value, dict | list))
        value, _ = kind(Edits(data.draw, value), document)
        assert dumped(document.value()) == dumped(value)
    told = read(document.text())
    assert (told.problems, dumped(told.value)) == ((), dumped(value))


@given(documents(), KINDS, st.data())
def test_a_comment_goes_only_with_what_it_is_in(made, kind, data):
    text, value, notes = made
    document = Document(text)
    _, path = kind(Edits(data.draw, value), document)
    kept = {number for number in notes_of(text) if stays(notes[number], kind, path)}
    assert kept <= {*notes_of(document.text())}
    assert len(notes_of(document.text())) <= len(notes_of(text))


def stays(note, kind, path):
    """Whether an edit of a path has to leave a comment alone."""
    if kind in {Edits.rename, Edits.add} or note.path[: len(path)] != path:
        return True
    return kind is Edits.put and note == ("behind", path)


@given(documents(), KINDS, st.data())
def test_every_line_that_is_of_something_else_is_as_it_was(made, kind, data):
    text, value, _ = made
    others = lines_of_others(text, value, kind)
    document = Document(text)
    _, path = kind(Edits(data.draw, value), document)
    rest = iter(split(document.text()))
    assert [line for line in others(path) if line not in rest] == []  # in their order


def split(text):
    return re.split("\r\n|\n", text)


def lines_of_others(text, value, kind):
    """The lines on which nothing begins that an edit of a path is about, as a function of that path."""
    places = read(text).places
    begun = {}  # the paths that begin on a line, by its number from 0
    for path in paths(value):
        for key in (True, False):
            begun.setdefault(places.find(pointer(*path), key=key).line - 1, []).append(path)

    def others(path):
        now = []
        for number, line in enumerate(split(text)):
            now = (
                begun.get(number, now if line and not line.lstrip().startswith("#") else None) or []
            )
            about = [one for one in now if one[: len(path)] == path or one == path[:-1]]
            moved = kind is Edits.remove and behind_dash(text, places, path)
            if now and not about and not (moved and one_of(now, path[:-1])):
                yield line

    return others


def behind_dash(text, places, path):
    """Whether a key is the first behind a dash, so that the next one takes its place when it goes."""
    place = places.find(pointer(*path), key=True)
    return "-" in split(text)[place.line - 1][: place.column - 1]


def one_of(some, path):
    return any(one[: len(path)] == path for one in some)
