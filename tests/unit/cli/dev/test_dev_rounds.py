"""Rounds of segue dev: what changed, and how it is told."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue import Action, Destination, path
from segue.cli.dev.comparing import Line, compare, difference
from segue.cli.dev.events import choices, read
from segue.cli.dev.files import Roots, changed, scan
from segue.cli.dev.preview import Preview
from segue.cli.dev.printing import NOTHING, STANDING, data, text
from segue.cli.dev.session import Round, Session
from segue.cli.dev.stand_in import settings
from segue.cli.dev.state import State, Subject
from segue.cli.dev.wrong import Wrong, wrongs
from segue.errors import ConfigError, EventError, PluginError, Problem, StoreError
from segue.http import Request
from segue.workspace import ActionMapping


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FILE = Path("/p/acme.py")


def seen(payload=None, **more):
    return Preview("acme.put", 'type = "track"', matches=True, payload=payload, **more)


# what changed


def test_files_that_are_new_gone_or_written_anew_have_changed():
    before = {Path("a"): (1, 1, 1), Path("b"): (1, 1, 1), Path("c"): (1, 1, 1)}
    after = {Path("a"): (1, 1, 1), Path("b"): (2, 1, 1), Path("d"): (1, 1, 1)}
    assert changed(before, after) == [Path("b"), Path("c"), Path("d")]


def test_what_is_hidden_compiled_or_an_editors_is_not_watched(tmp_path):
    hidden = (".git/d.py", "__pycache__/e.pyc", ".f.swp", "g.py~", "project/h.py")
    for name in ("a.py", "b/__init__.py", "b/c/d.py", *hidden):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("")
    found = scan(Roots([tmp_path], [tmp_path / "missing.yaml"]))
    names = sorted(str(one.relative_to(tmp_path)) for one in found)
    assert names == ["a.py", "b/__init__.py", "b/c/d.py"]


def test_what_is_new_gone_different_or_touched_is_told():
    before = {"gone": seen(), "other": seen(1), "same": seen(), "touched": seen()}
    after = {"new": seen(), "other": seen(2), "same": seen(), "touched": seen()}
    assert [(one.name, one.status) for one in compare(before, after, {"touched"})] == [
        ("gone", "gone"),
        ("new", "new"),
        ("other", "changed"),
        ("touched", "same"),
    ]


def test_another_event_that_comes_to_the_same_is_no_change():
    before, after = seen(event={"type": "track"}), seen(event={"type": "page"})
    assert compare({"it": before}, {"it": after}, ()) == []


def test_a_difference_shows_some_lines_around_it():
    before = [str(number) for number in range(10)]
    after = [*before[:5], "five", *before[6:]]
    assert [*difference(before, after)] == [
        Line("…", ""),
        *(Line(" ", one) for one in "234"),
        Line("-", "5"),
        Line("+", "five"),
        *(Line(" ", one) for one in "678"),
        Line("…", ""),
    ]


LINES = st.lists(st.sampled_from("abc"), max_size=30)


@given(LINES, LINES)
def test_a_difference_accounts_for_every_line(before, after):
    """What it shows stands in the texts in that order, and it adds as many lines as are more."""
    found = [*difference(before, after)]
    assert is_within([text for sign, text in found if sign in " +"], after)
    assert is_within([text for sign, text in found if sign in " -"], before)
    signs = [sign for sign, _ in found]
    assert signs.count("+") - signs.count("-") == len(after) - len(before)
    assert (found == []) == (before == after)


def is_within(some, every):
    rest = iter(every)
    return all(one in rest for one in some)


# rounds


class World:
    """Files, what is loaded of them, and what each subject makes of an event."""

    def __init__(self):
        self.stamps = {FILE: (1, 1, 1)}
        self.made = {"acme.put": 1}
        self.problems = ()

    def load(self):
        return State({name: subject(name) for name in self.made}, self.problems)

    async def show(self, one, event):
        return seen({"made": self.made[one.name], "by": event["type"]})

    def session(self):
        return Session(self.load, lambda: self.stamps, self.show)

    def save(self, **made):
        self.stamps = {FILE: (self.stamps[FILE][0] + 1, 1, 1)}
        self.made = {name.replace("_", "."): one for name, one in made.items()}


def used(trigger='type = "track"', **fields):
    """A mapping of an action with these fields, all of them needed."""
    spec = {"type": "object", "required": [*fields], "properties": fields}
    acme = Destination("acme", title="Acme", url="https://acme.test")
    return ActionMapping.of(Action(acme, "put", lambda: None, fields=spec, trigger=trigger))


def subject(name):
    return Subject(name, None, used(), frozenset({FILE}))


def rounds(world, *steps):
    """The rounds that these steps lead to: a change of the world, then what the session does."""

    async def play():
        session = world.session()
        found = [await session.start()]
        for change in steps:
            if change is None:
                found.append(await session.turn())
                continue
            change(world)
            found.append(await session.again() if session.is_stale else None)
        return found

    return asyncio.run(play())


def told(round_):
    return [(one.name, one.status) for one in round_.changes]


def test_the_first_round_shows_everything_and_the_next_what_changed():
    first, second, third = rounds(
        World(),
        lambda world: world.save(acme_put=2, acme_get=1),
        lambda world: world.save(acme_put=2),
    )
    assert told(first) == [("acme.put", "new")]
    assert told(second) == [("acme.get", "new"), ("acme.put", "changed")]
    assert told(third) == [("acme.get", "gone"), ("acme.put", "same")]
    assert second.files == [FILE]


MADE = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 1))


@given(st.lists(MADE, min_size=1, max_size=5))
def test_every_round_tells_what_differs_from_the_round_before(states):
    """Also of what is the same, since its file was saved."""
    world = World()
    world.made = states[0]
    steps = [lambda world, made=made: world.save(**made) for made in states[1:]]
    for before, after, found in zip(states, states[1:], rounds(world, *steps)[1:], strict=False):
        expected = dict.fromkeys(before.keys() - after.keys(), "gone")
        expected |= dict.fromkeys(after.keys() - before.keys(), "new")
        for name in before.keys() & after.keys():
            expected[name] = "same" if before[name] == after[name] else "changed"
        assert dict(told(found)) == expected


def test_nothing_is_looked_at_while_no_file_changes():
    assert rounds(World(), lambda _: None)[1] is None


def test_another_event_shows_everything_anew():
    _, turned, after = rounds(World(), None, lambda world: world.save(acme_put=2))
    assert (turned.event, told(turned)) == ("sample identify", [("acme.put", "new")])
    assert (after.event, told(after)) == ("sample identify", [("acme.put", "changed")])


# events


def test_each_action_is_tried_with_a_sample_that_its_trigger_matches():
    (every, *_) = choices(None)
    assert every.pick(used('type = "group"'))["type"] == "group"
    assert every.pick(used('type = "track" and type = "page"'))["type"] == "identify"


def test_a_sample_is_made_to_fit_where_none_does():
    email = {"type": "string", "format": "email", "mapping": path("$.properties.contact.email")}
    plan = {"type": "string", "mapping": path("$.properties.plan")}
    mapping = used('event = "Complaint Filed"', email=email, plan=plan)
    (every, *_) = choices(None)
    made = every.pick(mapping)
    assert mapping.matches(made)
    assert mapping.map(made) == {"email": "ada@example.com", "plan": "Pro Annual"}


def test_a_given_event_stays_as_it_is():
    given = read(b'{"type": "page", "userId": "u"}', "event.json")
    assert given.pick(used()) is given.events[0]


def test_a_given_event_comes_first_and_is_the_same_at_every_start():
    given = read(b'{"type": "track", "event": "E", "userId": "u"}', "event.json")
    assert choices(given)[0] is given
    assert given == read(b'{"type": "track", "event": "E", "userId": "u"}', "event.json")


def test_an_event_that_cannot_be_read_is_named():
    with pytest.raises(EventError, match=r"event\.json: "):
        read(b'{"type": "track"}', "event.json")


# telling


def lines(changes=(), problems=(), files=(), standing=1):
    round_ = Round(files, "samples", changes, problems, standing)
    return [*text(round_, NOON)][1:], json.loads(data(round_))


def test_a_change_is_told_line_by_line_and_as_json():
    request = Request.post("https://a.test/x", json={"name": "é"})
    before = {"acme.put": seen({"a": 1})}
    after = {"acme.put": seen({"a": 2}, request=request)}
    shown, found = lines(compare(before, after, ()))
    assert shown == [
        "[bold]acme.put[/]  [dim]changed[/]",
        "[dim]…[/]",
        '[default]  trigger  type = "track"[/]',
        "[default]  payload[/]",
        "[default]    {[/]",
        '[red]-     "a": 1[/]',
        '[green]+     "a": 2[/]',
        "[default]    }[/]",
        "[green]+ request[/]",
        "[green]+   POST https://a.test/x[/]",
        "[green]+[/]",
        "[green]+   {[/]",
        '[green]+     "name": "é"[/]',
        "[green]+   }[/]",
    ]
    (change,) = found["changes"]
    assert (change["status"], change["payload"]) == ("changed", {"a": 2})
    assert change["request"]["body"] == {"name": "é"}
    assert change["diff"][4:6] == ['-     "a": 1', '+     "a": 2']


def test_no_change_is_said():
    same = {"acme.put": seen()}
    assert lines(compare(same, same, {"acme.put"}))[0] == ["[bold]acme.put[/]  no change"]
    assert lines(files=[FILE])[0] == ["no change"]


def test_where_there_is_nothing_to_try_it_says_how_to_begin():
    assert lines(standing=0)[0] == [NOTHING]


def test_a_new_subject_that_the_event_is_not_for_is_one_line():
    other = Preview("acme.put", 'event = "[red]"', matches=False, payload={"a": 1})
    shown, _ = lines(compare({}, {"acme.put": other}, ()))
    assert shown[1:] == [r'  its trigger does not match this event: event = "\[red]"']


def test_problems_are_told_and_that_the_rest_stands():
    shown, found = lines(problems=[Wrong("[no]", "acme.py", 3)])
    assert shown[:2] == [r"[red]wrong:[/] acme.py:3: \[no]", f"[dim]{STANDING}[/]"]
    assert found["problems"] == [{"reason": "[no]", "file": "acme.py", "line": 3, "column": None}]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PluginError("acme", "it is wrong", file="acme.py", line=3), ["acme.py:3: it is wrong"]),
        (
            PluginError("crm", "it does not load: line 7: KeyError", file="crm.py"),
            ["crm.py:7: it does not load: line 7: KeyError"],
        ),
        (PluginError("acme", "it is wrong"), ["it is wrong"]),
        (
            ConfigError(
                [
                    Problem("/a", "bad at offset 3\n  x y\n   ^", "do", 4, 5),
                    Problem("", "empty"),
                ],
                file="segue.yaml",
            ),
            ["segue.yaml:4:5: /a: bad at offset 3; do", "segue.yaml: empty"],
        ),
        (StoreError("no room"), ["no room"]),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_place(error, said):
    assert [str(one) for one in wrongs(error)] == said


def test_settings_are_made_of_their_schema():
    schema = {
        "type": "object",
        "required": ["key", "region", "size", "on", "place"],
        "properties": {
            "key": {"type": "string"},
            "region": {"enum": ["eu", "us"]},
            "size": {"type": "integer", "minimum": 3},
            "on": {"type": "boolean"},
            "place": {"type": "object", "required": ["a"], "properties": {"a": {"const": 5}}},
            "spare": {"type": "string"},
            "page": {"type": "integer", "default": 50},
        },
    }
    assert settings(schema) == {
        "key": "key",
        "region": "eu",
        "size": 3,
        "on": False,
        "place": {"a": 5},
        "page": 50,
    }
