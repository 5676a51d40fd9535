"""segue choices, segue init and the page of an action, on a plugin that offers something."""

import json

import pytest
from click.testing import CliRunner
from server import served
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from segue.cli import main


PLUGIN = """
from segue import Choice, Choices, Destination, Request, action, path

CHAT = Destination(
    "chat",
    title="Chat",
    url="https://chat.test",
    settings={
        "type": "object",
        "required": ["team"],
        "properties": {"team": {"type": "string", "title": "Team"}},
    },
)
FIELDS = {
    "type": "object",
    "properties": {
        "channel": {"type": "string", "title": "Channel"},
        "text": {"type": "string", "title": "Text", "mapping": path("$.event")},
    },
}


@action(CHAT, "post", trigger='type = "track"', fields=FIELDS, sync_modes=("add", "mirror"))
def post(payload):
    '''Post a message.'''
    return Request.post("/messages", json=payload)


@post.choices("channel")
def channels(settings, page, payload):
    found = yield Request.get("/channels", params={"team": settings["team"], "page": page or "1"})
    given = [Choice(one, f"#{one}", "a channel") for one in found.json()["channels"]]
    return Choices([*given, *map(Choice, payload.values())], found.json()["next"])


post.preset("Sales", trigger='event = "Sold"', override={"channel": "sales"}, sync_mode="mirror")
post.preset("Everything")
"""

WORKSPACE = """
version: 1
connections:
  chat:
    destination: chat
    base_url: {address}
    settings: {{team: T1}}
"""


async def channels(request):
    page, team = request.query_params["page"], request.query_params["team"]
    if team != "T1":
        return JSONResponse({"error": "no such team"}, 404)
    return JSONResponse({"channels": [f"c{page}", "[red]"], "next": "2" if page == "1" else ""})


@pytest.fixture
def segue(tmp_path):
    """``segue("choices", ...)`` is the command in a folder with the plugin."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "chat.py").write_text(PLUGIN)

    def segue(*arguments):
        shared = ("--plugins-dir", str(tmp_path / "plugins"), "--data", str(tmp_path / "data"))
        shared += ("-w", str(tmp_path / "segue.yaml"))
        return CliRunner().invoke(main, [*shared, *arguments])

    return segue


@pytest.fixture
def workspace(tmp_path):
    with served(Starlette(routes=[Route("/channels", channels)])) as address:
        (tmp_path / "segue.yaml").write_text(WORKSPACE.format(address=address))
        yield tmp_path / "segue.yaml"


def test_choices_are_rows_that_hold_no_markup(segue, workspace):
    shown = segue("choices", "chat", "channel").stdout
    assert [line.split() for line in shown.splitlines()] == [
        ["Value", "Label", "Description"],
        ["c1", "#c1", "a", "channel"],
        ["[red]", "#[red]", "a", "channel"],
        ["there", "are", "more:", "--page", "2"],
    ]


def test_a_page_is_json_for_scripts(segue, workspace):
    arguments = ("chat", "post", "channel", "--page", "2", "--payload", '{"text": "hi"}', "--json")
    assert json.loads(segue("choices", *arguments).stdout) == {
        "choices": [
            {"value": "c2", "label": "#c2", "description": "a channel"},
            {"value": "[red]", "label": "#[red]", "description": "a channel"},
            {"value": "hi", "label": "hi"},
        ],
        "next_page": None,
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("chta", "channel"), 2, 'no connection is called "chta"; did you mean "chat"?'),
        (("chat", "pots", "channel"), 2, 'no action is called "chat.pots"; did you mean'),
        (("chat", "a", "b", "c"), 2, "name an action and a field, or a field alone"),
        (("chat", "channel", "--payload", "{"), 2, "--payload is not JSON"),
        (("chat", "channel", "--payload", "[]"), 2, "--payload should be a JSON object"),
        (("chat", "text"), 1, 'no choices for "text"; there are choices for: channel'),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(segue, workspace, arguments, code, said):
    result = segue("choices", *arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_what_the_destination_says_instead_is_told(segue, workspace):
    workspace.write_text(workspace.read_text().replace("T1", "T2"))
    result = segue("choices", "chat", "channel")
    assert result.exit_code == 1
    assert result.stderr.endswith(
        'segue: the choices of "channel" cannot be had: Chat answered 404 no such team\n'
    )


def test_the_page_of_an_action_shows_what_it_offers(segue):
    shown = segue("actions", "chat.post").output
    assert "Sync modes: add (default), mirror" in shown
    assert 'Sales  event = "Sold"\n    sync mode mirror\n    channel = "sales"' in shown


def test_the_page_of_an_action_is_json_for_scripts(segue):
    page = json.loads(segue("actions", "chat.post", "--json").stdout)
    assert (page["sync_modes"], page["choices"]) == (["add", "mirror"], ["channel"])
    assert [(one["name"], one["type"], one["trigger"]) for one in page["presets"]] == [
        ("Sales", "automatic", 'event = "Sold"'),
        ("Everything", "automatic", 'type = "track"'),
    ]


def test_a_workspace_begins_with_what_a_destination_offers(segue, tmp_path, monkeypatch):
    monkeypatch.setenv("CHAT_TEAM", "T1")
    assert segue("init", "chat").exit_code == 0
    checked = segue("check")
    assert "is valid: 1 source, 1 connection, 2 mappings\n" in checked.output
    assert "again" not in segue("init", "chat").output
    assert segue("init", "chat").exit_code == 1  # what is there is not written over


def test_a_destination_that_is_not_there_is_named(segue):
    result = segue("init", "chta")
    assert (result.exit_code, 'no destination is called "chta"' in result.stderr) == (2, True)
