"""Functions at the command line: every command knows them."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from server import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


FUNCTIONS = {
    "crm": '''
        """Our CRM."""
        from segue import Request

        SETTINGS = {
            "type": "object",
            "required": ["token"],
            "properties": {"token": {"type": "string", "title": "Token", "writeOnly": True}},
        }

        def on_track(event, settings):
            """Note an event."""
            print("noting with", settings["token"])
            headers = {"X-Token": settings["token"]}
            return Request.post("/events", json={"name": event["event"]}, headers=headers)

        async def on_page(event):
            pass
    ''',
    "cleanup": """
        from segue import DropEvent

        def on_track(event):
            if event["event"] == "Secret":
                raise DropEvent("internal")
            event["event"] = event["event"].upper()
            return event
    """,
    "broken": "1 / 0",
}
WORKSPACE = """
version: 1
functions: ./functions
sources: {web: {write_key: wk}}
connections:
  crm:
    destination: crm
    base_url: ${CRM_URL:-https://crm.test}
    settings: {token: "${TOKEN:-s3cret}"}
    sources: [web]
    functions: [cleanup]
"""
BROKEN = "broken.py is left out: it does not load: line 1: ZeroDivisionError: division by zero"


@pytest.fixture
def segue(tmp_path):
    """``segue("check")`` runs the command beside a workspace with functions."""
    (tmp_path / "functions").mkdir()
    for name, source in FUNCTIONS.items():
        (tmp_path / "functions" / f"{name}.py").write_text(textwrap.dedent(source))
    (tmp_path / "segue.yaml").write_text(WORKSPACE)
    inherited = {key: value for key, value in os.environ.items() if key == "PATH" or "COVER" in key}

    def run(*arguments, input="", **environ):  # noqa: A002
        return subprocess.run(
            [sys.executable, "-m", "segue", *arguments],
            cwd=tmp_path,
            input=input,
            env={**inherited, "COLUMNS": "200", **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def crm():
    """A server for the function to ask; what it was asked, and where it is."""
    asked = []

    async def note(request: Request) -> JSONResponse:
        asked.append((request.headers["x-token"], await request.json()))
        return JSONResponse({})

    with served(Starlette(routes=[Route("/events", note, methods=["POST"])])) as url:
        yield asked, url


def lines(*names):
    events = ({"type": "track", "event": name, "userId": "u", "messageId": name} for name in names)
    return "\n".join(map(json.dumps, events))


def test_check_counts_the_mappings_that_go_without_saying_and_says_what_is_left_out(segue):
    done = segue("check")
    first, found = done.stdout.splitlines()
    assert first == "segue.yaml is valid: 1 source, 1 connection, 2 mappings"
    assert found.startswith("no event was found that goes wrong")
    assert BROKEN in done.stderr


def test_actions_lists_handlers(segue):
    done = segue("actions", "--json")
    told = {one["name"]: one["trigger"] for one in json.loads(done.stdout)}
    assert told["crm.onTrack"] == 'type = "track"'
    assert 'plugin "broken"' in done.stderr
    assert "Note an event." in segue("actions", "crm.onTrack").stdout


def test_the_schema_of_the_workspace_has_functions(segue):
    schema = json.loads(segue("schema", "workspace").stdout)
    assert "crm" in schema["$defs"]["connection"]["properties"]["destination"]["enum"]


def test_an_event_is_tried_and_what_the_function_prints_is_shown_without_secrets(segue):
    done = segue("test", "crm.onTrack", "--dry-run")
    assert "POST https://crm.test/events" in done.stdout
    assert "noting with [redacted]" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_an_event_is_sent_through_the_function(segue, crm):
    asked, url = crm
    assert segue("test", "crm.onTrack", CRM_URL=url).returncode == 0
    assert asked == [("s3cret", {"name": "USER REGISTERED"})]


def test_an_async_handler_has_nothing_to_preview(segue):
    done = segue("test", "crm.onPage", "--dry-run", "--json")
    assert json.loads(done.stdout)["attempts"] == []


def test_a_dry_run_prints_each_request(segue):
    done = segue("send", "-", "--dry-run", "--json", input=lines("Sign Up", "Secret"))
    (request,) = map(json.loads, done.stdout.splitlines())
    assert request["mapping"] == "crm.onTrack"
    assert "FILTERED_AT_INSERT_FUNCTION" in done.stderr


@pytest.mark.parametrize("options", [[], ["--now"]], ids=["through the store", "now"])
def test_events_are_sent(segue, crm, options):
    asked, url = crm
    done = segue("send", "-", *options, input=lines("Sign Up", "Secret"), CRM_URL=url)
    assert asked == [("s3cret", {"name": "SIGN UP"})], done.stderr


def test_no_secret_lies_in_the_store(segue, tmp_path):
    segue("send", "-", "--retry-for", "1", input=lines("Sign Up"), CRM_URL="http://127.0.0.1:9")
    stored = {
        one.name: one.read_bytes() for one in (tmp_path / ".segue").iterdir() if one.is_file()
    }
    assert any(b"${settings.token}" in one for one in stored.values())
    assert [name for name, one in stored.items() if b"s3cret" in one] == []
