"""From the catalogue to a connection, and its settings afterwards."""

import html
import json
import re

import pytest
from console_site import site

from segue.console.pages.sources import snippets


EMPTY = "version: 1\n# nothing here yet\n"
NEW = {
    "name": "mail",
    "new_source": "shop",
    "setting-0": "k.3y",
    "start": "create-or-update-a-contact",
}


@pytest.fixture
def empty(tmp_path):
    with site(tmp_path, EMPTY) as found:
        yield found


def add(console, **more):
    form = {"base_url": "http://127.0.0.1:9", **NEW, **more}
    return console.post("/catalogue/loops/add", {key: text for key, text in form.items() if text})


def change(console, name="mail", **more):
    revision = console.run(console.desk.read).revision
    form = {"revision": revision, "base_url": "http://127.0.0.1:9", **more}
    return console.post(f"/connections/{name}/settings", form)


def connection(console, name="mail"):
    return console.run(console.desk.read).workspace.connections[name]


@pytest.mark.parametrize(("words", "there"), [("", True), ("CONTACT", True), ("nothing", False)])
def test_the_catalogue_finds_destinations_by_what_they_do(console, words, there):
    assert ('href="/catalogue/loops"' in console.get(f"/catalogue?q={words}").text) is there


def test_a_destination_has_its_reference(console):
    page = console.get("/catalogue/loops").text
    assert "Create or update a contact" in page
    assert 'href="/connections/loops"' in page


def test_a_destination_that_is_not_installed_is_a_near_miss(console):
    assert "Did you mean" in console.get("/catalogue/lops").text


def test_a_connection_is_written_into_an_empty_workspace(empty):
    answer = add(empty)
    assert answer.headers["location"] == "/connections/mail/mappings"
    made = connection(empty)
    assert (made.sources, made.enabled) == (("shop",), True)
    assert [(one.action.slug, one.enabled) for one in made.mappings] == [
        ("createOrUpdateContact", False)
    ]
    assert "# nothing here yet" in empty.file.read_text()


def test_a_secret_is_in_the_vault_and_nowhere_else(empty):
    add(empty)
    assert connection(empty).settings["apiKey"] == "k.3y"
    kept = b"".join(file.read_bytes() for file in empty.folder.rglob("*") if file.is_file())
    assert b"k.3y" not in kept
    assert "k.3y" not in empty.get("/connections/mail/settings").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "a b"}, "A name is made of"),
        ({"name": ""}, "A name is made of"),
        ({"setting-0": ""}, "is required, but it is missing"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"new_source": "", "source": "none"}, "none"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_written(empty, form, said):
    answer = add(empty, **form)
    assert answer.status_code == 422
    assert empty.file.read_text() == EMPTY
    assert said.lower() in answer.text.lower()
    assert empty.desk.vault.names() == []


def test_a_name_is_used_once(console):
    assert "There is a connection of this name already." in add(console, name="loops").text


def test_an_empty_secret_field_keeps_the_secret(empty):
    add(empty)
    change(empty, **{"setting-0": "", "source": "shop", "sources_shown": "yes"})
    assert connection(empty).settings["apiKey"] == "k.3y"


def test_a_new_secret_is_kept_under_a_new_name_so_that_the_file_is_another(empty):
    add(empty)
    before = empty.file.read_text()
    change(empty, **{"setting-0": "n.3w"})
    assert connection(empty).settings["apiKey"] == "n.3w"
    assert empty.file.read_text() != before


def test_a_secret_may_come_from_the_environment(tmp_path):
    with site(tmp_path, EMPTY, LOOPS_KEY="from-outside") as console:
        add(console, **{"setting-0": "${LOOPS_KEY}"})
        assert connection(console).settings["apiKey"] == "from-outside"
        assert "${LOOPS_KEY}" in console.file.read_text()


def test_what_is_left_empty_is_taken_out_of_the_file(empty):
    add(empty)
    change(empty, rate_limit="5/s", window="2h", concurrency="7")
    assert (connection(empty).concurrency, connection(empty).retry.window) == (7, 7200)
    change(empty, base_url="", rate_limit="", window="", concurrency="")
    text = empty.file.read_text()
    assert not [key for key in ("rate_limit", "retry", "concurrency", "base_url") if key in text]


def test_a_wrong_setting_is_said_at_its_field(empty):
    add(empty)
    answer = change(empty, rate_limit="fast")
    assert answer.status_code == 422
    assert 'value="fast"' in answer.text


def test_settings_of_a_file_that_has_changed_are_not_written(empty):
    add(empty)
    answer = empty.post("/connections/mail/settings", {"revision": "old", "rate_limit": "1/s"})
    assert "has changed meanwhile" in answer.text
    assert "rate_limit" not in empty.file.read_text()


def test_a_connection_is_switched_off_and_on(console):
    console.post("/connections/loops/disable")
    assert not connection(console, "loops").enabled
    console.post("/connections/loops/enable")
    assert connection(console, "loops").enabled


def test_a_connection_is_removed_with_what_is_in_it(console):
    revision = console.run(console.desk.read).revision
    console.post("/connections/loops/remove", {"revision": revision})
    assert dict(console.run(console.desk.read).workspace.connections) == {}


def test_a_source_has_a_write_key_that_nobody_guesses(console):
    revision = console.run(console.desk.read).revision
    console.post("/sources", {"name": "app", "revision": revision})
    key = console.run(console.desk.read).workspace.sources["app"].write_key
    assert len(key) > 20
    assert key in console.get("/sources").text


@pytest.mark.parametrize("name", ["", "website", "a:b"])
def test_a_source_that_cannot_be_is_not(console, name):
    before = console.file.read_text()
    answer = console.post("/sources", {"name": name, "revision": "x"})
    assert (answer.status_code, console.file.read_text()) == (422, before)


def test_a_snippet_holds_an_event_that_is_json():
    curl = dict(snippets("http://segue.test", "wk"))["curl"]
    assert json.loads(curl.split("-d '")[1].rstrip("'"))["userId"] == "ada"


def test_what_is_still_to_be_done_is_said_until_a_mapping_is_enabled(empty):
    add(empty)
    mappings = "/connections/mail/mappings"
    assert "Nothing is sent yet" in empty.get(mappings).text
    empty.post(f"{mappings}/create-or-update-a-contact/enable")
    assert "Nothing is sent yet" not in empty.get(mappings).text


def test_credentials_that_did_not_do_are_not_told_as_good_news(empty):
    page = empty.get(add(empty).headers["location"]).text
    assert "Saved. Loops could not be asked: " in page
    assert "Check the address under Settings" in page
    assert 'class="flash notice bad"' in page
    empty.post("/connections/mail/credentials")
    assert "Saved." not in empty.get("/connections/mail/settings").text


@pytest.mark.parametrize(
    "said", ["king%20All%20is%20well", "%22%3E%3Cb%3E%20x", "bad", "%0d%0abad%20x"]
)
def test_a_browser_can_say_what_it_likes_and_is_told_it_as_text(console, said):
    console.cookies.set("segue_said", said, domain="127.0.0.1")
    page = console.get("/connections").text
    assert "<b>" not in page
    assert "notice king" not in page


def test_the_overview_says_what_is_next_until_something_is_delivered(empty):
    add(empty)
    here = "/connections/mail"
    assert "no mapping is enabled" in empty.get(here).text
    empty.post(f"{here}/mappings/create-or-update-a-contact/enable")
    assert "Sources has what to put into it" in empty.get(here).text
    empty.post(f"{here}/disable")
    assert "while the connection is switched off" in empty.get(here).text


def test_the_overview_of_what_works_needs_no_advice(full):
    assert "What is next" not in full.get("/connections/loops").text


def test_what_somebody_else_has_saved_is_said_at_its_field_before_it_is_written_over(empty):
    add(empty)
    revision = empty.run(empty.desk.read).revision
    assert change(empty, rate_limit="5/s").status_code == 303
    answer = change(empty, revision=revision, concurrency="7", **{"setting-0": "n.3w"})
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert 'In the file this is "5/s" now.' in page
    assert "never put back into a page" in page
    assert 'value="7"' in page
    assert "n.3w" not in page


def test_a_secret_that_cannot_be_kept_changes_nothing_and_loses_nothing_else(empty):
    add(empty)
    before = empty.file.read_bytes()
    (empty.folder / "data" / "vault.json").write_text("[")
    answer = change(empty, concurrency="7", **{"setting-0": "n.3w"})
    assert answer.status_code == 422
    assert "cannot be kept" in answer.text
    assert 'value="7"' in answer.text
    assert empty.file.read_bytes() == before


def test_a_secret_whose_key_is_gone_is_named_on_every_page_with_its_line(empty):
    add(empty)
    key = empty.folder / "data" / "vault.key"
    kept = key.read_bytes()
    key.unlink()
    empty.file.write_text(f"{empty.file.read_text()}# looked at again\n")
    for path in ("/connections", "/connections/mail/settings", "/events", "/history"):
        page = html.unescape(empty.get(path).text)
        assert "/connections/mail/settings/apiKey" in page
        assert re.search(r'the secret "mail-apiKey-\w+" of \S+ cannot be opened', page)
        assert "bring back the key it was kept under" in page
    key.touch(0o600)
    key.write_bytes(kept)
    empty.file.write_text(f"{empty.file.read_text()}# and again\n")
    assert connection(empty).enabled
