"""Function files under the contract kit: good ones keep their promises, each bad one is named."""

import textwrap

import pytest

from segue import AuthorError, Response
from segue.testing import contract
from segue.testing.breaking import BrokenError
from segue.testing.kit import FUNCTION_CHECKS, Surroundings


HEAD = '"""Our CRM."""\nfrom segue import Request, InvalidEventPayload, RetryError\n'
GOOD = """
    def on_track(event, settings, context):
        if "userId" not in event:
            raise InvalidEventPayload("nobody")
        return Request.post("https://crm.test/events", json=event)

    def on_identify(event):
        found = yield Request.get("https://crm.test/contacts", accept={404})
        contact = found.json()
        if not isinstance(contact, dict) or "id" not in contact:
            raise RetryError("no contact")
        yield Request.post("https://crm.test/notes", json=contact["id"])
"""
INSERT = """
    def on_track(event):
        event.get("properties", {}).pop("card", None)
        return event
"""
BROKEN = {
    "takes": (
        'def on_track(event):\n    return Request.post("https://crm.test/", json=event["userId"])',
        "any good event is taken, or refused in a word",
        "KeyError: 'userId'",
    ),
    "finishes": (
        "def on_track(event):\n    while 'userId' in event: pass",
        "it finishes in time",
        "0.3 s",
    ),
    "repeats": (
        (
            "import itertools\nN = itertools.count()\ndef on_track(event):\n"
            '    yield Request.post("https://crm.test/", json=next(N))'
        ),
        "the same event makes the same request",
        "another request a second time",
    ),
    "sendable": (
        'def on_track(event):\n    return Request.post("/events")',
        "its requests can be sent",
        "URL =",
    ),
    "copes": (
        (
            'def on_track(event):\n    found = yield Request.get("https://crm.test/")\n'
            '    yield Request.post("https://crm.test/", json=found.json()["id"])'
        ),
        "it copes with any answer",
        "when it was answered 200",
    ),
}


@pytest.fixture
def failures(tmp_path):
    """``failures(text)``: what each check says of a function file that is broken."""

    def run(text, head=HEAD, only="", **more):
        (tmp_path / "crm.py").write_text(head + textwrap.dedent(text))
        (mark,) = contract(tmp_path, **more).pytestmark
        where, told = Surroundings(tmp_path, update=False, guarded=True, tell=lambda *_: None), {}
        for case in (one.values[0] for one in mark.args[1] if only in one.id):
            try:
                case.run(where)
                told[case.id] = None
            except (BrokenError, pytest.skip.Exception) as broken:
                told[case.id] = str(broken)
        return told

    return run


def test_a_function_that_keeps_its_promises_passes_each_check_that_applies(failures):
    told = failures(GOOD)
    assert set(told.values()) == {None}
    titles = {title for one in told for title in [one.partition(": ")[2]]}
    assert titles == {one.title for one in FUNCTION_CHECKS}


def test_a_function_that_changes_events_is_tried_as_one(failures):
    assert set(failures(INSERT).values()) == {None}


@pytest.mark.parametrize(("text", "check", "said"), BROKEN.values(), ids=BROKEN)
def test_a_function_that_breaks_a_promise_is_named_by_its_check(failures, text, check, said):
    assert said in failures(text, only=check, limit=0.3)[f"crm.onTrack: {check}"]


def test_a_function_without_a_docstring_does_not_say_what_it_is(failures):
    (told,) = failures(INSERT, head="", only="says what").values()
    assert "crm.py has no docstring" in told


def test_a_function_that_does_not_load_is_one_sentence(failures):
    with pytest.raises(AuthorError, match=r"crm\.py: it does not load: line 3: SyntaxError"):
        failures("def on_track(event:\n  pass")


def test_answers_of_the_author_lead_a_generator_on(failures):
    text = 'def on_track(event):\n    found = yield Request.get("https://crm.test/")\n    yield Request.post("/x")'
    (told,) = failures(text, only="sent", answers={"crm.onTrack": [Response(200)]}).values()
    assert "URL =" in told
