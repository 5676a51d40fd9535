"""The kit refuses what it should: a hostile plugin breaks every promise once."""

from pathlib import Path

import pytest

from segue.testing import contract
from segue.testing.breaking import BrokenError
from segue.testing.kit import ACTION_CHECKS, DESTINATION_CHECKS, RECORDED, Surroundings
from segue.testing.snapshots import FOLDER


PAGE = Path(__file__).parents[2] / "actions" / "README.md"
HOSTILE = Path(__file__).parent / "hostile"
DEFECTS = {
    "hostile.misspelt: its declaration is sound": '"maxLenght" is not a keyword of field specs; did you mean "maxLength"?',
    "hostile.bad slug: its declaration is sound": "the slug 'bad slug' should be letters, digits, _ or -",
    "hostile.badTrigger: its declaration is sound": "the trigger: ",
    "hostile.badMapping: its declaration is sound": "@pth",
    "hostile.asksForMore: its declaration is sound": 'asks for "contxt"; did you mean "context"?',
    "un sound: its declaration is sound": "the slug 'un sound' should be letters, digits, _ or -",
    "hostile.unexplained: it says what it is": "unexplained() has no docstring",
    "hostile.untitled: it says what it is": "the action has an empty title",
    "hostile.untitledField: it says what it is": "no title: the field note",
    "untitled: it says what it is": "the destination has an empty title",
    "hostile.unreachable: some event can trigger it": "no event can trigger it",
    "hostile.preset: its presets can be used": 'no event can trigger the preset "Vips": false',
    "hostile.readsNothing: its default mapping resolves on every sample event": 'no event has "propertis".\n\ndid you mean "properties"?',
    "hostile.unmapped: a sample event gives a valid payload": '"Count" is required, but it is missing',
    "hostile.mistyped: its TypedDict matches its fields": (
        'tgas: the fields have none of that name; did you mean "tags"?\n'
        "id: the fields require it; leave NotRequired out\n"
        "note: the fields do not require it; write NotRequired[…]\n"
        "count: it may hold a whole number, which the type str does not say\n"
        "tags: it is a field, and not in the TypedDict"
    ),
    "hostile.demanding: any valid payload makes a request": "perform raised KeyError: 'note' (hostile.py:",
    "hostile.makesNone: any valid payload makes a request": "hostile.makesNone made dict, not a Request",
    "hostile.makesNothing: any valid payload makes a request": "it made no request",
    "hostile.refuses: any valid payload makes a request": "perform raised RefusedError: at most 4",
    "hostile.endless: it finishes in time": "perform did not finish within 0.5 s; it was last seen at hostile.py:",
    "hostile.clock: it is pure": "perform looks at the clock (datetime.now) at hostile.py:",
    "hostile.chance: it is pure": "perform draws a random number (posix.urandom) at hostile.py:",
    "hostile.dice: it is pure": "perform draws a random number (Random.random) at hostile.py:",
    "hostile.file: it is pure": "perform uses files (open: /etc/hostname) at hostile.py:",
    "hostile.network: it is pure": "perform uses the network (socket.",
    "hostile.environment: it is pure": "perform reads the environment (os.environ) at hostile.py:",
    "hostile.process: it is pure": "perform starts a process (subprocess.Popen: id) at hostile.py:",
    "hostile.thread: it is pure": "perform starts a thread (_thread.start_new_thread) at hostile.py:",
    "hostile.sleeper: it is pure": "perform sleeps (time.sleep) at hostile.py:",
    "hostile.chatty: it is pure": "perform prints (print) at hostile.py:",
    "hostile.counting: the same payload makes the same request": "makes another request a second time",
    "hostile.unordered: the same payload makes the same request": "makes another request in another process",
    "hostile.scribbling: it leaves what it is given unchanged": "perform writes to the payloads it is given",
    "hostile.scrawling: it leaves what it is given unchanged": "perform writes to the event and the settings it is given",
    "hostile.elsewhere: its URL stays under the destination's base": "is not under the destination's https://api.hostile.example/v1",
    "hostile.climbing: its URL stays under the destination's base": "quote",
    "open.anywhere: its URL is public, of http or https": "should start with",
    "hostile.undated: its requests can be sent": "request 1: json/at is a datetime, which is not JSON",
    "hostile.notANumber: its requests can be sent": "request 1: json/at is nan, which JSON cannot say",
    "hostile.injected: its requests can be sent": "the header X-Note holds",
    "hostile.half: its requests can be sent": "the body says it is application/json, but",
    "hostile.trusting: it copes with any answer": "perform raised KeyError: 'id' (hostile.py:",
    "hostile.disordered: its batch carries what single requests carry": "item 1 of the batch does not hold",
    "hostile.forgetful: its batch carries what single requests carry": "of the batch does not hold",
    "hostile.endlessBatch: its batch carries what single requests carry": "the batch function did not finish within 0.5 s; it was last seen at hostile.py:",
    "hostile.lumping: its batch carries what single requests carry": "the batch of 2 payloads has no list of 2 items",
    "hostile.leaking: no secret shows in what it makes": "the secret setting token shows in the body of a request",
    "hostile.telling: no secret shows in what it makes": "the secret setting token shows in a log line",
    "hostile: no credential shows in a signed request": "the secret setting token shows in a signed request",
    "hostile: its own requests stay under its base": "on_delete for Person(",
    "fragile: its own requests stay under its base": "on_delete for Person(user_id=None, anonymous_id='../a b') raised AttributeError",
    "hostile.undocumented: its requests fit the OpenAPI document": "there is no path for /v1/itemz; there are /items/{id}, /things, /items",
    "hostile.wrongMethod: its requests fit the OpenAPI document": "/items knows no DELETE, but POST",
    "hostile.wrongBody: its requests fit the OpenAPI document": "body/name: ",
    "hostile.wrongParameter: its requests fit the OpenAPI document": (
        "path parameter id: 'first' is not of type 'integer'\nthe query parameter mode is missing"
    ),
}


@pytest.fixture(scope="module")
def cases():
    test = contract(HOSTILE, limit=0.5)
    (mark,) = test.pytestmark
    return {one.id: one.values[0] for one in mark.args[1]}


@pytest.fixture
def try_case(cases, tmp_path):
    """Runs a case as its test would; gives what it says when it fails."""

    def run(name, *, update=False, guarded=False):
        told = []
        where = Surroundings(tmp_path, update, guarded, lambda key, value: told.append(value))
        try:
            cases[name].run(where)
        except BrokenError as broken:
            return str(broken)
        return told

    return run


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_named_by_the_check_that_is_for_it(try_case, name):
    assert DEFECTS[name] in str(try_case(name))


def test_every_check_is_seen_to_fail():
    titles = {one.title for one in (*ACTION_CHECKS, *DESTINATION_CHECKS)}
    assert titles - {name.partition(": ")[2] for name in DEFECTS} == set()


def test_every_promise_is_on_the_authors_page():
    titles = [*(one.title for one in ACTION_CHECKS), RECORDED]
    assert [title for title in titles if f"\n| {title} | " not in PAGE.read_text()] == []


def test_an_action_in_bad_company_keeps_its_promises(cases, try_case):
    names = [name for name in cases if name.startswith("hostile.faithful: ")]
    assert len(names) == len(ACTION_CHECKS) - 4 + 1
    assert [name for name in names if RECORDED not in name and try_case(name)] == []


def test_a_url_that_people_choose_is_tried_with_private_addresses(try_case):
    assert try_case("open.hooked: its URL is public, of http or https") == []


def test_requests_are_recorded_once_and_then_held_to(try_case, tmp_path):
    case = f"hostile.faithful: {RECORDED}"
    file = tmp_path / FOLDER / "hostile.faithful.json"
    assert try_case(case) == [str(file)]
    assert '"url": "/things"' in file.read_text()
    assert try_case(case) == []


def test_another_request_is_shown_as_a_difference(try_case, tmp_path):
    case = f"hostile.faithful: {RECORDED}"
    (file,) = map(Path, try_case(case))
    file.write_text(file.read_text().replace("/things", "/thongs"))
    said = try_case(case)
    assert '-        "url": "/thongs"' in said
    assert '+        "url": "/things"' in said
    assert "pytest --segue-update" in said
    assert try_case(case, update=True) == [str(file)]
    assert try_case(case) == []


def test_a_guarded_run_records_nothing(try_case, tmp_path):
    said = try_case(f"hostile.faithful: {RECORDED}", guarded=True)
    assert said.startswith(
        "its requests are not recorded: there is no snapshots/hostile.faithful.json"
    )
    assert not (tmp_path / FOLDER).exists()


def test_a_secret_is_not_recorded(try_case, tmp_path):
    (file,) = try_case(f"hostile.leaking: {RECORDED}")
    assert '"token": "[redacted]"' in Path(file).read_text()


def test_an_action_that_makes_no_request_is_not_recorded(try_case, tmp_path):
    with pytest.raises(pytest.skip.Exception, match="no sample event makes it a request"):
        try_case(f"hostile.makesNone: {RECORDED}")
    assert not (tmp_path / FOLDER).exists()
