"""The Loops sandbox: events, idempotency keys and event patterns."""

import pytest


DAY = 86_400


def test_an_event_leaves_a_receipt(loops):
    sandbox = loops()
    response = sandbox.event(
        key="k1",
        email="phil@x.io",
        userId="u1",
        eventName="User Registered",
        eventProperties={"plan": "Pro Annual", "seats": 3},
    )
    [receipt] = sandbox.team.receipts
    assert response.json() == {"success": True}
    assert (receipt.event, receipt.email, receipt.key) == ("User Registered", "phil@x.io", "k1")
    assert receipt.properties == {"plan": "Pro Annual", "seats": 3}
    assert receipt.contact == sandbox.contact("phil@x.io").id


def test_other_keys_of_an_event_update_the_contact(loops):
    sandbox = loops()
    sandbox.event(email="a@x.io", eventName="e", firstName="Ada", shoe=1)
    contact = sandbox.contact("a@x.io")
    assert (contact.values["firstName"], [*contact.ignored]) == ("Ada", ["/shoe"])


@pytest.mark.parametrize("name", [None, "", "  ", 5, ["e"]])
def test_an_event_needs_a_name(loops, name):
    response = loops().event(email="a@x.io", eventName=name)
    assert (response.status_code, response.json()["message"]) == (400, "eventName is required.")


def test_event_properties_that_cannot_be_kept_are_noted(loops):
    sandbox = loops()
    properties = {" plan ": "Pro", "plan": "Free", "cart": [1], "who": {"a": 1}, "none": None}
    sandbox.event(email="a@x.io", eventName="e", eventProperties=properties)
    [receipt] = sandbox.team.receipts
    assert receipt.properties == {"plan": "Pro"}
    assert [note.split()[0] for note in receipt.notes] == [
        f"/eventProperties/{key}" for key in ("plan", "cart", "who", "none")
    ]


@pytest.mark.parametrize(
    "body",
    [{"eventProperties": {"a": None}}, {"eventProperties": []}, {"eventName": "stripe:paid"}],
    ids=["null", "no object", "a colon in the name"],
)
def test_strict_mode_refuses_events_outside_the_published_shape(loops, body):
    sandbox = loops(strict=True)
    assert sandbox.event(email="a@x.io", **{"eventName": "e", **body}).status_code == 400
    assert (len(sandbox.team.receipts), len(sandbox.team.audience)) == (0, 0)


def test_a_used_key_is_refused_for_a_day(loops):
    sandbox = loops()
    statuses = []
    for wait in (0, 1, DAY - 2, 2):
        sandbox.clock.now += wait
        statuses.append(sandbox.event(key="k", email="a@x.io", eventName="e").status_code)
    assert statuses == [200, 409, 409, 200]
    assert len(sandbox.team.receipts) == 2


def test_only_events_look_at_the_key(loops):
    sandbox = loops()
    body, headers = {"email": "a@x.io"}, {"idempotency-key": "k"}
    answers = [sandbox.send("PUT", "/contacts/update", body, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]


def test_a_key_is_at_most_100_characters(loops):
    sandbox = loops()
    statuses = [
        sandbox.event(key="k" * length, email="a@x.io", eventName="e").status_code
        for length in (100, 101)
    ]
    assert statuses == [200, 400]


@pytest.mark.parametrize(("burn", "second"), [(False, 200), (True, 409)])
def test_whether_a_failed_request_burns_its_key_is_a_switch(loops, burn, second):
    sandbox = loops(burn=burn)
    failed = sandbox.event(key="k", userId="nobody", eventName="e")
    sandbox.update(email="a@x.io", userId="nobody")
    again = sandbox.event(key="k", userId="nobody", eventName="e")
    assert (failed.status_code, again.status_code) == (400, second)


def test_the_other_reading_of_idempotency_refuses_another_body_only(loops):
    sandbox = loops(idempotency="body")
    bodies = [{"eventName": "e", "email": "a@x.io"}, {"email": "a@x.io", "eventName": "e"}]
    answers = [sandbox.event(key="k", **body) for body in [*bodies, {**bodies[0], "plan": "Pro"}]]
    assert [one.status_code for one in answers] == [200, 200, 409]
    assert len(sandbox.team.receipts) == 1


def test_the_other_reading_never_calls_a_failure_a_success(loops):
    sandbox = loops(idempotency="body", burn=True)
    answers = [sandbox.event(key="k", userId="nobody", eventName="e") for _ in range(2)]
    assert [one.status_code for one in answers] == [400, 409]


def test_old_receipts_make_room_and_counts_stay(loops):
    sandbox = loops(history=3)
    for number in range(5):
        sandbox.event(email="a@x.io", eventName="e", eventProperties={"n": number})
    assert [receipt.id for receipt in sandbox.team.receipts] == [3, 4, 5]
    assert sandbox.team.events["e"].count == 5


def test_event_patterns_are_paged(loops):
    sandbox = loops()
    for number in range(12):
        sandbox.event(email="a@x.io", eventName=f"e{number}")
    first = sandbox.send("GET", "/event-patterns?perPage=10").json()
    cursor = first["pagination"]["nextCursor"]
    second = sandbox.send("GET", f"/event-patterns?perPage=10&cursor={cursor}").json()
    assert [one["eventName"] for one in second["data"]] == ["e10", "e11"]
    assert second["pagination"] == {
        "totalResults": 12,
        "returnedResults": 2,
        "perPage": 10,
        "totalPages": 2,
        "nextCursor": None,
        "nextPage": None,
    }


@pytest.mark.parametrize("query", ["perPage=9", "perPage=51", "perPage=x", "cursor=-1"])
def test_a_page_that_cannot_be_is_refused(loops, query):
    assert loops().send("GET", f"/event-patterns?{query}").status_code == 400


def test_an_event_pattern_is_found_by_its_exact_name_and_id(loops):
    sandbox = loops()
    sandbox.event(email="a@x.io", eventName="Plan/Changed", eventProperties={"seats": 3})
    by_name = sandbox.send("GET", "/event-patterns/by-name/Plan%2FChanged").json()
    by_id = sandbox.send("GET", f"/event-patterns/{by_name['id']}").json()
    assert by_name == by_id
    assert by_name["eventProperties"] == [{"name": "seats", "type": "number"}]
    assert sandbox.send("GET", "/event-patterns/by-name/plan").status_code == 404
