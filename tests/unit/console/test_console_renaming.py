"""Another name for a mapping: what is said before, what the file gets, and having the old one back."""

import pytest
from console_site import WORKSPACE, site


TEXT = WORKSPACE.replace(
    "      contacts: {action: createOrUpdateContact}\n",
    "      # whom we know\n      contacts: {action: createOrUpdateContact} # all of them\n",
)
PAGE = "/connections/loops/mappings/contacts/rename"


@pytest.fixture
def console(tmp_path):
    with site(tmp_path, TEXT) as found:
        yield found


def call(console, name, revision=None):
    given = revision or console.run(console.desk.read).revision
    return console.post(PAGE, {"name": name, "revision": given})


def test_a_mapping_gets_another_name_and_its_lines_stay_as_they_are(console):
    answer = call(console, "people")
    assert answer.headers["location"] == "/connections/loops/mappings/people"
    assert console.file.read_text() == TEXT.replace("contacts:", "people:")
    assert console.get("/connections/loops/mappings/people").status_code == 200


def test_history_brings_the_old_name_back(console):
    call(console, "people")
    newest, before = console.desk.versions.versions()
    revision = console.run(console.desk.read).revision
    assert newest.message == "Rename mapping loops/contacts to people"
    console.post(f"/history/{before.id}/restore", {"revision": revision})
    assert console.file.read_text() == TEXT


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "begins with a letter"), ("a/b", "begins with a letter"), ("events", "already")],
)
def test_a_name_that_cannot_be_is_refused_and_stays_typed(console, name, said):
    answer = call(console, name)
    assert (answer.status_code, console.file.read_text()) == (422, TEXT)
    assert said in answer.text
    assert f'value="{name}"' in answer.text


def test_who_renames_what_somebody_else_has_changed_is_asked_again(console):
    revision = console.run(console.desk.read).revision
    console.file.write_text(f"{TEXT}# by hand\n")
    assert "changed meanwhile" in call(console, "people", revision).text
    assert call(console, "people").status_code == 303


def test_the_name_that_it_has_changes_nothing(console):
    assert call(console, "contacts").status_code == 303
    assert console.file.read_text() == TEXT


def test_it_is_said_before_what_waits_by_the_old_name(full):
    page = "/connections/loops/mappings/contacts/rename"
    assert "waits for it" not in full.get(page).text
    full.post("/deliveries/2/retry")
    assert "1 delivery waits for it by this name" in full.get(page).text


def test_a_delivery_of_a_name_that_nothing_has_is_not_offered_to_be_sent_again(full):
    assert "Send again" in full.get("/deliveries/2").text
    call(full, "people")
    text = full.get("/deliveries/2").text
    assert "no longer in the workspace" in text
    assert "Send again" not in text
