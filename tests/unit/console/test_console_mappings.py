"""Mappings in the console: listed, made, edited, tried and saved, without a script in the browser."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from console_site import site
from forms import filled
from starlette.middleware import Middleware

from segue.console.app import create_app
from segue.console.visit import Who
from segue.control.operations import perform


TEXT = """\
version: 1
sources:
  website: {write_key: wk_website}
connections:
  loops:
    destination: loops
    base_url: http://127.0.0.1:9/api/v1
    settings: {apiKey: "s3cret-of-loops"}
    sources: [website]
    mappings:
      # people
      contacts:
        action: createOrUpdateContact
        override:
          source: website   # where they come from
      events:   # what they do
        action: sendEvent
        trigger: 'type = "track" and event in ["A", "B"]'
      whole:
        action: sendEvent
        fields:
          eventName: {"@path": "$.event"}
          userId: {"@path": "$.userId"}
        enabled: false
"""
MAPPINGS = "/connections/loops/mappings"
NEW = "/connections/loops/new"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with site(tmp_path_factory.mktemp("site"), TEXT) as found:
        yield found


@pytest.fixture
def console(found):
    """One console for all of these tests; each finds the file as it was."""
    found.file.write_text(TEXT)
    found.desk.reader.forget()
    return found


@pytest.fixture
def edit(console):
    """``edit("contacts", do, {name: value}, ...)``: the form of a page, changed and sent."""

    def edit(mapping, do, changes=None, form=None):
        url = f"{MAPPINGS}/{mapping}"
        form = form or filled(console.get(url).text)
        return console.post(url.partition("?")[0], {**form, **(changes or {}), "do": do})

    return edit


def row(form, key):
    """The name of the row of a field."""
    return next(
        name.removesuffix(".key")
        for name, value in form.items()
        if value == key and re.fullmatch(r"f\.\d+\.key", name)
    )


def form_of(console, mapping):
    return filled(console.get(f"{MAPPINGS}/{mapping}").text)


async def take(office, *events):
    await perform(office, "take", {"source": "website", "events": list(events)}, lambda _: None)


# The list


def test_the_list_shows_each_mapping_with_its_trigger_and_action(console):
    page = unescape(console.get(MAPPINGS).text)
    assert 'type = "track" and event in ["A", "B"]' in page
    assert "Create or update a contact" in page


def test_a_mapping_is_switched_on_and_off(console):
    console.post(f"{MAPPINGS}/contacts/disable")
    assert "enabled: false" in console.file.read_text().split("events:")[0]
    console.post(f"{MAPPINGS}/contacts/enable")
    assert console.file.read_text() == TEXT


def test_a_copy_is_switched_off_and_stands_beside_the_original(console):
    console.post(f"{MAPPINGS}/contacts/duplicate")
    console.post(f"{MAPPINGS}/contacts/duplicate")
    connection = console.desk.reader.read().workspace.connections["loops"]
    names = [one.name for one in connection.mappings]
    assert names == ["contacts", "contacts-copy-2", "contacts-copy", "events", "whole"]
    assert [one.enabled for one in connection.mappings] == [True, False, False, True, False]


@pytest.mark.parametrize("name", ["contacts", "events", "whole"])
def test_a_deleted_mapping_comes_back_byte_for_byte(console, name):
    page = console.post(f"{MAPPINGS}/{name}/delete").text
    assert name not in console.desk.reader.read().workspace.connections["loops"].mappings
    assert f"{name}:" not in console.file.read_text()
    console.post(f"{MAPPINGS}/{name}/undo", undoing(page))
    assert console.file.read_text() == TEXT


def test_a_deleted_mapping_comes_back_into_a_file_that_was_edited_since(console):
    page = console.post(f"{MAPPINGS}/events/delete").text
    console.file.write_text(console.file.read_text().replace("version: 1", "version: 1\n# new"))
    console.post(f"{MAPPINGS}/events/undo", undoing(page))
    mappings = console.desk.reader.read().workspace.connections["loops"].mappings
    assert [one.name for one in mappings] == ["contacts", "events", "whole"]


def test_a_deleted_mapping_comes_back_with_the_line_breaks_of_its_file(console):
    before = TEXT.replace("\n", "\r\n").encode()
    console.file.write_bytes(before)
    page = console.post(f"{MAPPINGS}/events/delete").text
    console.post(f"{MAPPINGS}/events/undo", undoing(page))
    assert console.file.read_bytes() == before


def undoing(page):
    found = re.search(r'<form class="post"[^>]*/undo"[^>]*>(.*?)</form>', page, re.DOTALL)
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', found[1])
    }


def test_a_long_list_is_searched_and_turned_over(console):
    many = "".join(f"      m{nth}: {{action: sendEvent}}\n" for nth in range(60))
    console.file.write_text(TEXT + many)
    first, second = console.get(MAPPINGS).text, console.get(f"{MAPPINGS}?page=2").text
    assert (first.count('role="switch"'), second.count('role="switch"')) == (50, 13)
    assert "m59" in second
    assert console.get(f"{MAPPINGS}?q=identify").text.count('role="switch"') == 1
    assert "No mapping has these words" in console.get(f"{MAPPINGS}?q=nothing").text


# The editor


@pytest.mark.parametrize("name", ["contacts", "events", "whole"])
def test_an_untouched_form_changes_not_one_byte(console, edit, name):
    answer = edit(name, "save")
    assert answer.status_code == 303
    assert console.file.read_text() == TEXT


def test_a_field_is_changed_and_the_comments_stay(console, edit):
    form = form_of(console, "contacts")
    answer = edit("contacts", "save", {f"{row(form, 'source')}.value": "newsletter"}, form)
    assert answer.status_code == 303
    assert console.file.read_text() == TEXT.replace("source: website ", "source: newsletter ")


def test_what_equals_the_default_is_taken_out_of_the_file(console, edit):
    form = form_of(console, "contacts")
    name = row(form, "source")
    default = {"@if": {"exists": {"@path": "$.traits.source"}, "then": {"@path": "$.traits.source"}, "else": "Segment"}}  # fmt: skip
    raw = {f"{name}.kind": "raw", f"{name}.was": "raw", f"{name}.value": json.dumps(default)}
    edit("contacts", "save", raw, form)
    assert "override" not in console.file.read_text()


def test_a_field_that_is_left_out_is_null_in_an_override(console, edit):
    form = form_of(console, "contacts")
    edit("contacts", "save", {f"{row(form, 'userGroup')}.kind": "out"}, form)
    assert "userGroup: null" in console.file.read_text()


def test_a_mapping_that_has_fields_keeps_having_them(console, edit):
    form = form_of(console, "whole")
    name = row(form, "email")
    edit(
        "whole",
        "save",
        {f"{name}.kind": "text", f"{name}.was": "text", f"{name}.value": "a@b.test"},
        form,
    )
    made = console.desk.reader.read().workspace.connections["loops"].mappings[2]
    assert made.fields["email"] == "a@b.test"
    assert "override" not in console.file.read_text().split("whole:")[1]


def test_rows_of_a_trigger_become_its_text(console, edit):
    form = form_of(console, "events")
    edit("events", "save", {"t.1.value": "A, C"}, form)
    assert """trigger: 'type = "track" and event in ["A", "C"]'""" in console.file.read_text()


def test_the_text_of_a_trigger_becomes_its_rows(console, edit):
    page = edit("events", "preview", {"trigger": "properties.total > 5 or event = X"}).text
    form = filled(page)
    assert (form["t.join"], form["t.0.subject"], form["t.0.path"], form["t.0.value"]) == (
        "any",
        "property",
        "total",
        "5",
    )


def test_a_trigger_that_says_nothing_is_shown_with_its_place_and_kept(console, edit):
    answer = edit("events", "save", {"trigger": "type = = 3"})
    assert answer.status_code == 422
    assert filled(answer.text)["trigger"] == "type = = 3"
    assert "at offset" in answer.text
    assert console.file.read_text() == TEXT


def test_of_a_trigger_that_cannot_be_read_nobody_says_that_it_matches(console, edit):
    page = edit("events", "preview", {"trigger": 'type = "track" and (event = 3'}).text
    assert "matches this event is not known" in page
    assert "The trigger matches this event." not in page
    assert "at offset 19\n" not in page


def test_conditions_are_added_and_removed_without_a_script(console, edit):
    more = filled(edit("events", "add:t").text)
    assert more["t.2.subject"] == "event"
    fewer = filled(edit("events", "remove:t.0", form=more).text)
    assert (fewer["t.0.subject"], "t.2.subject" in fewer) == ("event", False)


def test_a_number_that_is_none_is_a_problem_at_its_row(console, edit):
    form = form_of(console, "contacts")
    name = row(form, "createdAt")
    bad = {f"{name}.kind": "number", f"{name}.was": "number", f"{name}.value": "soon"}
    answer = edit("contacts", "save", bad, form)
    live = re.search(rf'id="{name.replace(".", "-")}-live"(.*?)</div>', answer.text, re.DOTALL)
    assert "this is no number" in live[1]
    assert filled(answer.text)[f"{name}.value"] == "soon"


def test_another_kind_keeps_what_it_can(console, edit):
    form = form_of(console, "contacts")
    name = row(form, "firstName")
    page = edit("contacts", "preview", {f"{name}.kind": "template"}, form).text
    assert filled(page)[f"{name}.value"] == "{{traits.firstName}}"


def test_an_object_is_edited_member_by_member(console, edit):
    form = form_of(console, "contacts")
    name = row(form, "customAttributes")
    form = filled(edit("contacts", "preview", {f"{name}.kind": "object"}, form).text)
    form = filled(edit("contacts", f"add:{name}", form=form).text)
    odd = 'a.b["c"] é'
    form |= {f"{name}.0.key": odd, f"{name}.0.value": "$.traits.plan"}
    assert edit("contacts", "save", form=form).status_code == 303
    made = console.desk.reader.read().workspace.connections["loops"].mappings[0]
    assert made.fields["customAttributes"] == {odd: {"@path": "$.traits.plan"}}


def test_the_preview_shows_payload_and_request_without_the_key(console):
    page = unescape(console.get(f"{MAPPINGS}/contacts").text)
    assert "PUT" in page
    assert "/api/v1/contacts/update" in page
    assert "••••" in page
    assert "s3cret" not in page


def test_the_preview_says_what_is_wrong_with_the_payload_at_the_field(console, edit):
    form = form_of(console, "contacts")
    name = row(form, "email")
    bad = {f"{name}.kind": "text", f"{name}.was": "text", f"{name}.value": "no address"}
    page = edit("contacts", "preview", bad, form).text
    live = re.search(rf'id="{name.replace(".", "-")}-live"(.*?)</div>', page, re.DOTALL)
    assert "email" in live[1]


def test_the_live_preview_is_a_part_that_brings_the_trigger_along(console):
    form = {**form_of(console, "events"), "t.1.value": "Z"}
    part = console.post(f"{MAPPINGS}/events/preview", form, HX_Request="true").text
    assert "<html" not in part
    assert 'id="trigger-text" hx-swap-oob="true"' in part
    assert unescape(part).count('event = "Z"') + unescape(part).count('event in ["Z"]') >= 1


def test_a_pasted_event_is_tried(console, edit):
    own = {"type": "identify", "userId": "u1", "traits": {"email": "me@here.test"}}
    page = edit("contacts", "preview", {"sample": "own", "own": json.dumps(own)}).text
    assert "me@here.test" in unescape(page).split("Request")[1]


def test_a_pasted_event_that_is_none_is_refused_in_words(console, edit):
    page = edit("contacts", "preview", {"sample": "own", "own": "{"}).text
    assert "This is no event" in page


def test_a_test_event_that_nobody_answers_says_so(console, edit):
    page = unescape(edit("contacts", "test").text)
    assert "Not delivered" in page


def test_a_review_tells_findings_and_changes_before_anything_is_saved(console, edit):
    form = form_of(console, "contacts")
    page = edit("contacts", "review", {f"{row(form, 'source')}.value": "shop"}, form).text
    assert 'id="review"' in page
    assert (
        "shop"
        in re.search(r'aria-label="What changes in the mapping"(.*?)</table>', page, re.DOTALL)[1]
    )
    assert console.file.read_text() == TEXT


# Suggestions


def test_a_field_that_gets_nothing_is_offered_what_events_have(console, edit):
    events = [
        {
            "type": "identify",
            "messageId": f"s{nth}",
            "userId": f"u{nth}",
            "traits": {"email": f"u{nth}@b.test", "created_at": "2026-01-01T00:00:00Z"},
            "timestamp": "2026-03-01T12:00:00.000Z",
            "receivedAt": "2026-03-01T12:00:00.000Z",
            "context": {},
            "integrations": {},
        }
        for nth in range(5)
    ]
    console.run(take, console.office, *events)
    page = console.get(f"{MAPPINGS}/contacts").text
    offered = re.search(r'value="(take:[^"]*)"[^>]*aria-label="Use \$\.traits\.created_at', page)
    form = filled(edit("contacts", offered[1]).text)
    assert form[f"{row(form, 'createdAt')}.value"] == "$.traits.created_at"


def test_every_value_of_an_event_is_text(console):
    hostile = "</textarea></script><script>alert(1)</script>\"'>{{7*7}}"
    event = {
        "type": "track",
        "event": hostile,
        "userId": hostile,
        "messageId": "hostile",
        "properties": {hostile: hostile},
        "timestamp": "2026-03-01T12:00:00.000Z",
        "receivedAt": "2026-03-01T12:00:00.000Z",
        "context": {},
        "integrations": {},
    }
    console.run(take, console.office, event)
    for page in (f"{MAPPINGS}/whole", f"{NEW}?action=sendEvent"):
        text = console.get(page).text
        assert hostile in unescape(text)
        assert "<script>alert" not in text


def test_a_function_is_not_run_while_one_types(tmp_path):
    (tmp_path / "functions").mkdir()
    source = 'def on_identify(event):\n    return {**event, "traits": {"firstName": "Changed"}}\n'
    (tmp_path / "functions" / "change.py").write_text(source)
    text = TEXT.replace("version: 1", "version: 1\nfunctions: functions")
    text = text.replace("    mappings:", "    functions: [change]\n    mappings:")
    with site(tmp_path, text) as console:
        page = console.get(f"{MAPPINGS}/contacts").text
        live = console.post(f"{MAPPINGS}/contacts/preview", filled(page), HX_Request="true").text
    assert '"firstName": "Changed"' in unescape(page)
    assert "press Preview" in live


# Readers and files that cannot be written


def test_a_reader_sees_everything_and_changes_nothing(console):
    class Reading:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            scope.setdefault("state", {})["who"] = Who("rita", "reader")
            await self.app(scope, receive, send)

    app = create_app(console.desk, middleware=[Middleware(Reading)])
    rita = replace(console, app=app)
    page = rita.get(f"{MAPPINGS}/contacts").text
    assert "You may look at everything here" in page
    assert 'name="do" value="save"' not in page
    assert rita.post(f"{MAPPINGS}/contacts", {"do": "save"}).status_code == 403
    assert 'role="switch"' not in rita.get(MAPPINGS).text


def test_a_file_that_cannot_be_written_is_shown_and_why(console):
    console.file.chmod(0o444)
    try:
        page = console.get(f"{MAPPINGS}/contacts").text
    finally:
        console.file.chmod(0o644)
    assert "cannot be written" in page
    assert 'name="do" value="save"' not in page


# Two editors


def test_a_conflict_shows_both_changes_and_loses_nothing(console, edit):
    form = form_of(console, "contacts")
    console.file.write_text(TEXT.replace("source: website", "source: shop"))
    mine = {f"{row(form, 'userGroup')}.value": "$.traits.team"}
    answer = edit("contacts", "save", mine, form)
    assert answer.status_code == 409
    both = re.search(r'id="conflict"(.*?)<form id="mapping"', answer.text, re.DOTALL)[1]
    assert "shop" in both
    assert "$.traits.team" in both
    assert filled(answer.text)[f"{row(form, 'userGroup')}.value"] == "$.traits.team"


def test_mine_goes_on_top_of_theirs(console, edit):
    form = form_of(console, "contacts")
    console.file.write_text(TEXT.replace("source: website", "source: shop"))
    answer = edit("contacts", "save", {f"{row(form, 'userGroup')}.value": "$.traits.team"}, form)
    assert edit("contacts", "mine", form=filled(answer.text)).status_code == 303
    text = console.file.read_text()
    assert "source: shop   # where they come from" in text
    assert "$.traits.team" in text


def test_what_was_typed_outlives_a_file_that_cannot_be_read(console, edit):
    form = form_of(console, "contacts")
    console.file.write_text("version: 1\nconnections: 3\n")
    typed = {f"{row(form, 'userGroup')}.value": "$.traits.team"}
    answer = edit("contacts", "save", typed, form)
    assert answer.status_code == 409
    console.file.write_text(TEXT)
    kept = filled(answer.text, None)
    assert console.post(f"{MAPPINGS}/contacts", kept).status_code == 303
    assert "$.traits.team" in console.file.read_text()


def test_what_would_make_the_file_wrong_is_refused_at_its_row(console, edit):
    form = form_of(console, "whole")
    answer = edit("whole", "save", {f"{row(form, 'eventName')}.kind": "out"}, form)
    assert answer.status_code == 422
    assert "put right first" in answer.text
    assert console.file.read_text() == TEXT


# A new one


def test_a_new_mapping_starts_from_the_defaults_and_switched_off(console):
    form = filled(console.get(f"{NEW}?action=sendEvent").text)
    assert form["name"] == "send-event"
    answer = console.post(f"{NEW}", {**form, "name": "orders", "do": "save"})
    assert answer.status_code == 303
    assert (
        console.file.read_text()
        == TEXT + "      orders:\n        action: sendEvent\n        enabled: false\n"
    )


@pytest.mark.parametrize("name", ["", "contacts", "-", "a b", "x" * 101])
def test_a_name_that_cannot_be_is_refused(console, name):
    form = filled(console.get(f"{NEW}?action=sendEvent").text)
    answer = console.post(f"{NEW}", {**form, "name": name, "do": "save"})
    assert answer.status_code == 422
    assert console.file.read_text() == TEXT


@pytest.mark.parametrize(
    "url",
    [f"{MAPPINGS}/nothing", "/connections/nothing/mappings", f"{NEW}?action=nothing"],
)
def test_what_is_not_there_is_said(console, url):
    assert console.get(url).status_code == 404
