"""Plugins are found, named, blocked, and reported when they cannot be used."""

import sys
import textwrap

import pytest

from segue import load_plugins
from segue.errors import PluginError


GOOD = """
from segue import Destination, Request, action, path

DESK = Destination("desk", title="Desk", url="https://desk.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}

@action(DESK, "open", trigger='type = "track"', fields=FIELDS)
def open_ticket(payload):
    return Request.post("/tickets", json=payload)

@action(DESK, "close", trigger='type = "track"', fields=FIELDS)
def close_ticket(payload):
    return Request.delete("/tickets")
"""

ODD = """
class Odd:
    @property
    def __class__(self):
        raise RuntimeError("not now")

odd = Odd()
"""


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        return tmp_path

    return write


def test_the_built_in_actions_are_found_by_entry_point():
    catalogue = load_plugins()
    assert {"loops.createOrUpdateContact", "loops.sendEvent"} <= set(catalogue.actions)
    assert catalogue.problems == ()


def test_a_loose_file_is_a_plugin(folder):
    catalogue = load_plugins(folder=folder(desk=GOOD))
    assert [name for name in catalogue.actions if name.startswith("desk.")] == [
        "desk.close",
        "desk.open",
    ]
    assert catalogue.destination("desk").title == "Desk"


def test_a_package_in_the_folder_is_a_plugin_with_all_its_modules(tmp_path):
    package = tmp_path / "deskpkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "desk.py").write_text(GOOD)
    catalogue = load_plugins(folder=tmp_path)
    assert catalogue.origins["desk.open"].name == "deskpkg"
    assert "desk.open" not in load_plugins(folder=tmp_path, block=["deskpkg"]).actions


def test_a_package_may_close_itself_to_the_search(tmp_path):
    package = tmp_path / "closed"
    package.mkdir()
    (package / "__init__.py").write_text("SEGUE_PLUGIN = False")
    (package / "desk.py").write_text(GOOD)
    assert "desk.open" not in load_plugins(folder=tmp_path).actions


def test_one_action_can_be_blocked_by_name(folder):
    actions = load_plugins(folder=folder(desk=GOOD), block=["desk.close"]).actions
    assert "desk.open" in actions
    assert "desk.close" not in actions


def test_blocking_a_destination_leaves_out_its_actions(folder):
    catalogue = load_plugins(folder=folder(desk=GOOD), block=["desk"])
    assert "desk" not in catalogue.destinations
    assert "desk.open" not in catalogue.actions


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "import nothing_like_this",
            'bad.py:1): it needs the module "nothing_like_this", which is not there; install it',
        ),
        ("def broken(:", "bad.py:1): it is not Python: invalid syntax; correct this line"),
        (
            "raise SystemExit(3)",
            "bad.py:1): it ends the program when it is imported (SystemExit: 3)",
        ),
        (GOOD.replace('"type": "object"', '"type": "array"'), "desk.open"),
        (GOOD.replace("type = ", "type == "), "offset"),
        (GOOD.replace("(payload)", "(payloda)"), 'did you mean "payload"'),
        (
            "class Odd(BaseException): pass\nraise Odd(1)",
            "bad.py:2): it fails when it is imported: Odd: 1",
        ),
        (GOOD.replace("'type = \"track\"'", "None"), "the trigger should be text, not NoneType"),
        (GOOD.replace('title="Desk"', "title=5"), "desk: the title should be text, not int"),
        (GOOD.replace('"https://desk.test"', "None"), "desk: the url should be text"),
        (GOOD.replace('"desk"', "5"), "5: the slug 5 should be letters"),
        (
            GOOD + "wrong = action(DESK, 'wrong', trigger='a = 1', fields=FIELDS)(5)",
            "not a callable",
        ),
        (GOOD + "DESK.test(lambda setings: None)", 'did you mean "settings"'),
        (GOOD + "DESK.on_delete(lambda who: None)", 'on_delete: <lambda>() asks for "who"'),
        (
            GOOD + "DESK = [DESK]",
            'desk.open: its destination "desk" is not at the top of a module; give it a name',
        ),
        (ODD, "RuntimeError: not now"),
    ],
    ids=[
        *("import", "syntax", "exit", "fields", "trigger", "argument", "raises", "no trigger"),
        *("title", "url", "slug", "no function", "test", "on_delete", "nested", "odd"),
    ],
)
def test_a_broken_plugin_is_named_with_its_reason_and_leaves_the_others_alone(folder, source, said):
    catalogue = load_plugins(folder=folder(bad=source, fine=GOOD.replace("desk", "fine")))
    assert any(said in str(problem) for problem in catalogue.problems)
    assert all("bad.py" in str(problem) for problem in catalogue.problems)
    assert "fine.open" in catalogue.actions


def test_a_name_to_block_that_nobody_has_is_said(folder):
    catalogue = load_plugins(folder=folder(desk=GOOD), block=["desk.close", "dsk.open"])
    assert catalogue.unblocked == ("dsk.open",)


def test_a_name_that_is_taken_is_said_with_who_has_it(folder):
    catalogue = load_plugins(folder=folder(a=GOOD, b=GOOD))
    assert {problem.plugin for problem in catalogue.problems} == {"b.py"}
    assert 'taken by plugin "a.py"' in str(catalogue.problems[0])


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(PluginError, match=r'did you mean "loops\.sendEvent"'):
        load_plugins().action("loops.sendEvnt")


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(PluginError, match="does not exist"):
        load_plugins(folder=tmp_path / "nowhere")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """``install(value, source)`` is a distribution acme-segue 1.2 with this entry point and module."""

    def install(value, source):
        (tmp_path / "acme_segue.py").write_text(source)
        data = tmp_path / "acme_segue-1.2.dist-info"
        data.mkdir()
        (data / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-segue\nVersion: 1.2\n")
        (data / "entry_points.txt").write_text(f"[segue]\nacme = {value}\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "acme_segue", raising=False)
        return tmp_path / "acme_segue.py"

    return install


HOOK = "\nfrom segue import hookimpl\n\n@hookimpl\ndef segue_event(event):\n    return event\n"


def test_an_installed_plugin_has_the_name_and_version_of_its_distribution(install):
    install("acme_segue", GOOD + HOOK)
    catalogue = load_plugins()
    assert str(catalogue.origins["desk.open"]) == "acme-segue 1.2"
    assert catalogue.origins["desk.open"].file == "acme_segue"
    assert [one.plugin for one in catalogue.hooks.listeners["segue_event"]] == ["acme-segue"]


@pytest.mark.parametrize(
    ("name", "hooks", "actions"),
    [("acme-segue.segue_event", 0, 2), ("acme-segue", 0, 0), ("desk.open", 1, 1), ("desk", 1, 0)],
)
def test_a_name_blocks_a_hook_a_plugin_an_action_or_a_destination(install, name, hooks, actions):
    install("acme_segue", GOOD + HOOK)
    catalogue = load_plugins(block=[name])
    assert len(catalogue.hooks.listeners.get("segue_event", ())) == hooks
    assert sum(one.startswith("desk.") for one in catalogue.actions) == actions
    assert (catalogue.unblocked, catalogue.problems) == ((), ())


@pytest.mark.parametrize(
    ("value", "source", "said"),
    [
        (
            "acme_segeu",
            GOOD,
            '(acme_segeu): it needs the module "acme_segeu", which is not there; install it',
        ),
        (
            "acme_segue:DESK",
            GOOD,
            "(acme_segue:DESK): it fails when it is imported: TypeError: its entry point",
        ),
        ("acme_segue", "\n\n1 / 0", "acme_segue.py:3): it fails when it is imported: ZeroDivision"),
    ],
    ids=["no module", "no module but a name", "raises"],
)
def test_an_installed_plugin_that_is_broken_is_named_and_leaves_the_others(
    install, value, source, said
):
    install(value, source)
    catalogue = load_plugins()
    (problem,) = map(str, catalogue.problems)
    assert problem.startswith('plugin "acme-segue" (')
    assert said in problem
    assert "loops.sendEvent" in catalogue.actions


def test_an_action_may_be_added_to_a_destination_of_another_plugin(folder):
    source = """
        from segue import Request, action
        from segue_actions.loops._destination import LOOPS

        @action(LOOPS, "wave", trigger="all", fields={"type": "object", "properties": {}})
        def wave(payload):
            return Request.post("/wave")
    """
    catalogue = load_plugins(folder=folder(more=source))
    assert not catalogue.problems
    assert catalogue.origins["loops.wave"].name == "more.py"
    assert catalogue.origins["loops"].name == "segue"
