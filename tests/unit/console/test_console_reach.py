"""Whoever signed in edits connections, and gets hold of nothing that the machine or the vault holds."""

import re
from dataclasses import replace

import pytest
from console_site import WORKSPACE, site
from starlette.middleware import Middleware

from segue.console.app import create_app
from segue.console.visit import Who


TEXT = WORKSPACE.replace("s3cret-of-loops", "${LOOPS_KEY}")
SETTINGS = "/connections/loops/settings"
HERE = "http://127.0.0.1:9/api/v1"


class Signed:
    """Everybody is ann, who signed in as an editor."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        scope.setdefault("state", {})["who"] = Who("ann")
        await self.app(scope, receive, send)


@pytest.fixture
def ann(tmp_path):
    with site(tmp_path, TEXT, LOOPS_KEY="k3y", OF_THE_MACHINE="s3cret") as found:
        yield replace(found, app=create_app(found.desk, middleware=[Middleware(Signed)]))


def change(ann, **more):
    revision = ann.run(ann.desk.read).revision
    return ann.post(SETTINGS, {"revision": revision, "base_url": HERE, "setting-0": "", **more})


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("setting-0", "${OF_THE_MACHINE}"),
        ("setting-0", "${secret:of-another}"),
        ("base_url", "http://127.0.0.1:9/${OF_THE_MACHINE}"),
        ("base_url", "http://169.254.169.254/latest"),
        ("base_url", ""),
    ],
)
def test_neither_an_address_nor_what_the_machine_holds_can_be_given(ann, field, text):
    before = ann.file.read_text()
    answer = change(ann, **{field: text})
    assert (answer.status_code, ann.file.read_text()) == (422, before)
    assert "whoever writes the workspace file" in answer.text
    assert "s3cret" not in answer.text


def test_what_the_file_names_already_stays(ann):
    assert change(ann, rate_limit="5/s").status_code == 303
    assert "${LOOPS_KEY}" in ann.file.read_text()


def test_a_value_typed_in_its_place_is_kept(ann):
    change(ann, **{"setting-0": "n3w"})
    loops = ann.run(ann.desk.read).workspace.connections["loops"]
    assert loops.settings["apiKey"] == "n3w"


@pytest.mark.parametrize(
    "more", [{"setting-0": "${OF_THE_MACHINE}"}, {"setting-0": "k", "base_url": "http://10.0.0.1"}]
)
def test_nor_for_a_new_connection(ann, more):
    before = ann.file.read_text()
    answer = ann.post("/catalogue/loops/add", {"name": "mail", "source": "website", **more})
    assert (answer.status_code, ann.file.read_text()) == (422, before)


@pytest.mark.parametrize("text", ["${OF_THE_MACHINE}", "${secret:loops}"])
def test_a_mapping_sends_what_it_says_and_fills_nothing_in(ann, text):
    added = f'{{action: sendEvent, override: {{eventName: {{"@literal": "{text}"}}}}}}'
    ann.file.write_text(TEXT.replace("{action: sendEvent}", added))
    page = ann.get("/connections/loops/mappings/events").text
    assert text in page
    assert "s3cret" not in page


HOOK = """\
version: 1
sources:
  website: {write_key: wk_website}
connections:
  hook:
    destination: webhook
    settings:
      url: https://ours.example/in
      sharedSecret: ${LOOPS_KEY}
    sources: [website]
    mappings: {}
"""


@pytest.fixture
def hook(ann):
    ann.file.write_text(HOOK)
    return ann


def rewire(hook, **more):
    """The settings of a webhook as a form sends them, with some of them changed."""
    page = hook.get("/connections/hook/settings").text
    known = dict(re.findall(r'<label for="field-(setting-\d)">([\w ]+)', page))
    names = {label.strip(): name for name, label in known.items()}
    given = {"URL": "https://ours.example/in", **more}
    form = {names[label]: text for label, text in given.items()}
    revision = hook.run(hook.desk.read).revision
    return hook.post(
        "/connections/hook/settings", {"revision": revision, "sources_shown": "yes", **form}
    )


@pytest.mark.parametrize("text", ["https://evil.example/", "https://ours.example/in?x", ""])
def test_what_is_secret_is_not_sent_elsewhere_by_whoever_does_not_know_it(hook, text):
    before = hook.file.read_text()
    answer = rewire(hook, URL=text)
    assert (answer.status_code, hook.file.read_text()) == (422, before)
    assert "type it again" in answer.text


def test_whoever_knows_a_secret_may_have_it_sent_elsewhere(hook):
    answer = rewire(hook, URL="https://new.example/", **{"Shared Secret": "known"})
    assert answer.status_code == 303
    assert "url: https://new.example/" in hook.file.read_text()
    assert "LOOPS_KEY" not in hook.file.read_text()


def test_what_leads_nowhere_else_is_changed_without_a_secret(hook):
    assert rewire(hook).status_code == 303
