"""The Loops sandbox: keys, contacts, properties and lists."""

import pytest

from segue_actions.loops.sandbox.model import Property


PRODUCT, BETA = "clsandboxproductupdates01", "clsandboxinternalbeta0001"


def test_a_valid_key_names_its_team(loops):
    response = loops().send("GET", "/api-key")
    assert (response.status_code, response.json()) == (
        200,
        {"success": True, "teamName": "Sandbox"},
    )


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic loops_sandbox_key", ""])
def test_anything_but_a_valid_bearer_key_is_refused(loops, header):
    response = loops().send("GET", "/api-key", headers={"authorization": header})
    assert response.status_code == 401
    assert response.json() == {
        "success": False,
        "message": "Invalid API key",
        "error": "Invalid API key",
    }


def test_several_keys_are_valid_until_one_is_revoked(loops):
    sandbox = loops(keys=("one", "two"))
    [first, _] = sandbox.team.keys
    sandbox.team.keys.revoke(first.id)
    statuses = [sandbox.send("GET", "/lists", api_key=key).status_code for key in ("one", "two")]
    assert statuses == [401, 200]


def test_a_key_is_kept_as_a_hash_only(loops):
    sandbox = loops(keys=("a-very-secret-key",))
    sandbox.send("GET", "/lists", api_key="a-very-secret-key")
    assert "a-very-secret" not in repr([*sandbox.team.keys]) + repr(sandbox.last)


def test_an_update_of_an_unknown_email_creates_a_contact(loops):
    sandbox = loops()
    created = sandbox.update(
        email="adam@loops.so", userId="u1", firstName="Adam", favoriteNumber=42
    )
    found = sandbox.send("GET", "/contacts/find?email=adam@loops.so").json()
    assert created.json() == {"success": True, "id": found[0]["id"]}
    assert found == [
        {
            "id": found[0]["id"],
            "email": "adam@loops.so",
            "firstName": "Adam",
            "lastName": None,
            "userId": "u1",
            "optInStatus": None,
            "source": "API",
            "subscribed": True,
            "userGroup": "",
            "favoriteNumber": 42,
            "mailingLists": {},
        }
    ]


# email and userId of what is sent, with contacts (a@x.io, u1) and (b@x.io, no userId) there
MATCHES = {
    "email only, found": ({"email": "a@x.io"}, ("a@x.io", "u1")),
    "email only, new": ({"email": "c@x.io"}, ("c@x.io", None)),
    "userId only, found": ({"userId": "u1"}, ("a@x.io", "u1")),
    "both, found by email: takes the userId": (
        {"email": "b@x.io", "userId": "u2"},
        ("b@x.io", "u2"),
    ),
    "both, found by userId: takes the email": (
        {"email": "c@x.io", "userId": "u1"},
        ("c@x.io", "u1"),
    ),
    "both, the same contact": ({"email": "a@x.io", "userId": "u1"}, ("a@x.io", "u1")),
    "both, new": ({"email": "c@x.io", "userId": "u3"}, ("c@x.io", "u3")),
    "the email in capitals and spaces": ({"email": " A@X.io "}, ("A@X.io", "u1")),
}


@pytest.mark.parametrize("path", ["/contacts/update", "/events/send"])
@pytest.mark.parametrize(("names", "expected"), MATCHES.values(), ids=MATCHES)
def test_email_and_user_id_name_a_contact(loops, path, names, expected):
    sandbox = loops()
    sandbox.update(email="a@x.io", userId="u1")
    sandbox.update(email="b@x.io")
    method = "PUT" if path == "/contacts/update" else "POST"
    response = sandbox.send(method, path, {"eventName": "e", **names})
    contact = sandbox.contact(expected[0])
    assert (response.status_code, contact.email, contact.user_id) == (200, *expected)
    new = expected[0] == "c@x.io" and expected[1] != "u1"
    assert len(sandbox.team.audience) == 2 + new


REFUSALS = {
    "unknown userId": (
        {"userId": "u9"},
        "userId not found and cannot create a new contact without an email.",
        "Contact not found.",
    ),
    "neither": ({}, "email or userId is required.", "email or userId is required."),
    "empty both": (
        {"email": "", "userId": ""},
        "email or userId is required.",
        "email or userId is required.",
    ),
    "bad email": ({"email": "adam"}, "Invalid email address.", "Invalid email address."),
    "email of a wrong type": ({"email": 5}, "Invalid email address.", "Invalid email address."),
    "userId of a wrong type": (
        {"userId": ["u1"]},
        "userId must be a string.",
        "userId must be a string.",
    ),
    "two contacts": (
        {"email": "b@x.io", "userId": "u1"},
        "Email or userId is already on list.",
        "Email or userId is already on list.",
    ),
}


@pytest.mark.parametrize(("names", "update", "event"), REFUSALS.values(), ids=REFUSALS)
def test_names_that_mean_nobody_are_refused_without_effect(loops, names, update, event):
    sandbox = loops()
    sandbox.update(email="a@x.io", userId="u1")
    sandbox.update(email="b@x.io")
    updated, sent = sandbox.update(**names), sandbox.event(eventName="e", **names)
    assert (updated.status_code, updated.json()["message"]) == (400, update)
    assert (sent.status_code, sent.json()["message"]) == (400, event)
    assert (len(sandbox.team.audience), len(sandbox.team.receipts)) == (2, 0)


@pytest.mark.parametrize(
    ("clash", "status", "first", "second"),
    [
        ("400", 400, None, None),
        ("409", 409, None, None),
        ("email", 200, None, "Eve"),
        ("userId", 200, "Eve", None),
    ],
)
def test_what_happens_when_the_names_mean_two_contacts_is_a_switch(
    loops, clash, status, first, second
):
    sandbox = loops(clash=clash)
    sandbox.update(email="a@x.io", userId="u1")
    sandbox.update(email="b@x.io", userId="u2")
    response = sandbox.update(email="b@x.io", userId="u1", firstName="Eve")
    names = [sandbox.contact(email).values.get("firstName") for email in ("a@x.io", "b@x.io")]
    assert (response.status_code, *names) == (status, first, second)


def test_a_contact_is_found_under_its_new_names_only(loops):
    sandbox = loops()
    sandbox.update(email="old@x.io", userId="u1")
    sandbox.update(email="new@x.io", userId="u1")
    found = [
        sandbox.send("GET", f"/contacts/find?email={name}@x.io").json() for name in ("old", "new")
    ]
    assert [len(one) for one in found] == [0, 1]


def test_create_makes_a_contact_once(loops):
    sandbox = loops()
    bodies = [
        {"email": "a@x.io", "userId": "u1"},
        {"email": "A@x.io"},
        {"email": "b@x.io", "userId": "u1"},
    ]
    answers = [sandbox.send("POST", "/contacts/create", body) for body in bodies]
    assert [one.status_code for one in answers] == [200, 409, 409]
    assert answers[1].json()["message"] == "Email or userId is already on list."


def test_create_needs_an_email(loops):
    assert loops().send("POST", "/contacts/create", {"userId": "u1"}).status_code == 400


def test_delete_forgets_a_contact(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", userId="u1")
    deleted = sandbox.send("POST", "/contacts/delete", {"userId": "u1"})
    again = sandbox.send("POST", "/contacts/delete", {"email": "a@x.io"})
    assert deleted.json() == {"success": True, "message": "Contact deleted."}
    assert (again.status_code, again.json()["message"]) == (404, "Contact not found.")


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@x.io", "userId": "u1"}, {"userId": ["u1"]}, {"email": "nobody"}],
    ids=["neither", "both", "a list, as the reference implementation sends", "no address"],
)
def test_delete_takes_exactly_one_name(loops, body):
    sandbox = loops()
    sandbox.update(email="a@x.io", userId="u1")
    assert sandbox.send("POST", "/contacts/delete", body).status_code == 400
    assert len(sandbox.team.audience) == 1


@pytest.mark.parametrize("query", ["", "?email=a@x.io&userId=u1", "?email=nobody", "?email="])
def test_find_takes_exactly_one_name(loops, query):
    assert loops().send("GET", f"/contacts/find{query}").status_code == 400


def test_an_unknown_key_is_ignored_with_the_nearest_property(loops):
    sandbox = loops()
    response = sandbox.update(email="a@x.io", favouriteColor="blue")
    assert response.json()["success"]
    assert sandbox.contact("a@x.io").ignored == {
        "/favouriteColor": 'is not a property of this team; ignored; did you mean "favoriteColor"?'
    }
    assert [note.pointer for note in sandbox.last.notes] == ["/favouriteColor"]


def test_a_key_is_kept_once_its_property_is_declared(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", shoeSize=43)
    sandbox.send("POST", "/contacts/properties", {"name": "shoeSize", "type": "number"})
    sandbox.update(email="a@x.io", shoeSize=44)
    contact = sandbox.contact("a@x.io")
    assert (contact.values["shoeSize"], contact.ignored) == (44, {})


WRONG = {
    "number as text": {"favoriteNumber": "42"},
    "boolean as number": {"favoriteNumber": True},
    "number as name": {"firstName": 5},
    "list": {"favoriteColor": ["blue"]},
    "object": {"favoriteColor": {"name": "blue"}},
    "text as boolean": {"subscribed": "false"},
    "null as boolean": {"subscribed": None},
    "bad date": {"createdAt": "yesterday"},
    "lists as text": {"mailingLists": "all"},
    "membership as text": {"mailingLists": {PRODUCT: "true"}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_value_of_a_wrong_type_is_ignored_and_noted(loops, wrong):
    sandbox = loops()
    before = sandbox.update(email="a@x.io") and dict(sandbox.contact("a@x.io").values)
    response = sandbox.update(email="a@x.io", lastName="Kept", **wrong)
    contact = sandbox.contact("a@x.io")
    assert response.status_code == 200
    assert contact.values == {**before, "lastName": "Kept"}
    assert [note.pointer.split("/")[1] for note in sandbox.last.notes] == [*wrong]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_strict_mode_refuses_a_value_of_a_wrong_type(loops, wrong):
    sandbox = loops(strict=True)
    response = sandbox.update(email="a@x.io", **wrong)
    assert response.status_code == 400
    assert f"/{next(iter(wrong))}" in response.json()["message"]
    assert len(sandbox.team.audience) == 0


def test_strict_mode_lets_unknown_keys_pass(loops):
    assert loops(strict=True).update(email="a@x.io", shoeSize=43).status_code == 200


def test_null_resets_a_property(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", firstName="Ada", plan="Pro")
    sandbox.update(email="a@x.io", firstName=None, plan=None)
    [found] = sandbox.send("GET", "/contacts/find?email=a@x.io").json()
    assert (found["firstName"], found["plan"]) == (None, None)


def test_somebody_who_left_stays_away_until_subscribed_is_sent(loops):
    sandbox = loops()
    states = []
    for body in ({}, {"subscribed": False}, {"firstName": "Ada"}, {"subscribed": True}):
        sandbox.update(email="a@x.io", **body)
        states.append(sandbox.contact("a@x.io").subscribed)
    assert states == [True, False, False, True]
    assert sandbox.contact("a@x.io").history[-1].values == {"subscribed": [False, True]}


def test_mailing_lists_are_joined_and_left(loops):
    sandbox = loops()
    sandbox.update(email="a@x.io", mailingLists={PRODUCT: True, BETA: True, "unknown": True})
    sandbox.event(email="a@x.io", eventName="e", mailingLists={BETA: False})
    [found] = sandbox.send("GET", "/contacts/find?email=a@x.io").json()
    assert found["mailingLists"] == {PRODUCT: True}
    assert [*sandbox.contact("a@x.io").ignored] == ["/mailingLists/unknown"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (1700000000000, "2023-11-14T22:13:20.000Z"),
        ("1700000000123", "2023-11-14T22:13:20.123Z"),
        (1.7e12, "2023-11-14T22:13:20.000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z"),
        ("2024-02-29 10:20", "2024-02-29T10:20:00.000Z"),
        ("2024-02-29T10:20:30.5", "2024-02-29T10:20:30.500Z"),
        ("2024-02-29T10:20:30+02:00", "2024-02-29T08:20:30.000Z"),
        ("2024-02-29T10:20:30.123Z", "2024-02-29T10:20:30.123Z"),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("29.02.2024", None),
        ("0001-01-01T00:00:00+14:00", None),
        (9e18, None),
        (True, None),
        ("", None),
    ],
)
def test_dates_are_milliseconds_or_iso_8601(loops, given, kept):
    sandbox = loops()
    sandbox.team.add_property(Property("born", "Born", "date"))
    sandbox.update(email="a@x.io", born=given)
    assert sandbox.contact("a@x.io").values.get("born") == kept


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"firstName": "x" * 498}, 200),
        ({"firstName": "x" * 499}, 400),
        ({"k" * 499: "x"}, 400),
        ({"address": {"lines": ["x" * 499]}}, 400),
    ],
    ids=["498 characters", "499 characters", "a long key", "nested"],
)
def test_500_characters_with_the_quotes_are_the_limit(loops, body, status):
    response = loops().update(email="a@x.io", **body)
    assert response.status_code == status
    if status == 400:
        message = "Some body key or value is longer than allowable"
        assert response.json() == {"success": False, "message": message}


def test_properties_are_listed_with_labels(loops):
    sandbox = loops()
    everything = sandbox.send("GET", "/contacts/properties").json()
    custom = sandbox.send("GET", "/contacts/properties?list=custom").json()
    assert [one["key"] for one in everything][:3] == ["firstName", "lastName", "email"]
    assert custom == [
        {"key": "favoriteColor", "label": "Favorite Color", "type": "string"},
        {"key": "favoriteNumber", "label": "Favorite Number", "type": "number"},
        {"key": "plan", "label": "Plan", "type": "string"},
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "plan", "type": "string"}, "Property already exists."),
        ({"name": "teamId", "type": "string"}, "teamId is a reserved name."),
        (
            {"name": "shoeSize", "type": "integer"},
            "The type must be string, number, boolean or date.",
        ),
        (
            {"name": "Shoe size", "type": "string"},
            "The name must be in camelCase, letters and digits only.",
        ),
        ({}, "The name must be in camelCase, letters and digits only."),
    ],
    ids=["taken", "reserved", "unknown type", "not camelCase", "empty"],
)
def test_a_property_that_cannot_be_is_refused(loops, body, message):
    response = loops().send("POST", "/contacts/properties", body)
    assert (response.status_code, response.json()["message"]) == (400, message)


def test_lists_have_fixed_ids(loops):
    assert loops().send("GET", "/lists").json() == [
        {
            "id": PRODUCT,
            "name": "Product updates",
            "description": "What is new, once a month",
            "isPublic": True,
        },
        {"id": BETA, "name": "Internal beta", "description": None, "isPublic": False},
    ]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"[1]", 400),
        (b'{"a": NaN}', 400),
        (b'{"a":"\xff"}', 400),
        (b'{"email": "a@x.io", "deep": ' + b"[" * 100 + b"]" * 100 + b"}", 400),
        (b" " * 1_000_001, 413),
    ],
    ids=["cut", "empty", "a list", "NaN", "not UTF-8", "101 levels", "over 1 MB"],
)
def test_a_body_that_is_no_json_object_is_refused(loops, content, status):
    response = loops().send("PUT", "/contacts/update", content=content)
    assert response.status_code == status
    assert response.json()["success"] is False


def test_100_levels_of_nesting_are_read(loops):
    content = b'{"email": "a@x.io", "deep": ' + b"[" * 99 + b"]" * 99 + b"}"
    assert loops().send("PUT", "/contacts/update", content=content).status_code == 200


def test_a_wrong_method_is_told_the_right_one(loops):
    response = loops().send("POST", "/contacts/update", {})
    assert (response.status_code, response.headers["allow"]) == (405, "PUT")


def test_a_mistyped_path_is_told_the_nearest_one(loops):
    response = loops().send("PUT", "/contact/update", {})
    assert response.status_code == 404
    assert response.json()["message"].endswith('did you mean "/api/v1/contacts/update"?')
