"""The Loops actions: what they send, and what they will not."""

import pytest

from segue import Context, PayloadError, Person, Request, load_plugins


CATALOGUE = load_plugins()
LOOPS = CATALOGUE.destination("loops")
CONTACT = CATALOGUE.action("loops.createOrUpdateContact")
EVENT = CATALOGUE.action("loops.sendEvent")


def sent(action, **payload):
    return action.request(action.spec.coerce(payload)).json


def test_an_email_is_enough():
    assert sent(CONTACT, email="a@b.co") == {"email": "a@b.co", "mailingLists": {}}
    assert sent(EVENT, email="a@b.co", eventName="E") == {"email": "a@b.co", "eventName": "E"}


@pytest.mark.parametrize("action", [CONTACT, EVENT], ids=["contact", "event"])
def test_one_of_email_and_user_id_is_needed(action):
    with pytest.raises(PayloadError, match="Contact Email"):
        action.spec.coerce({"eventName": "E", "customAttributes": {"a": 1}})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, None), ("true", None), (1, None), (None, None), (False, False), ("false", False)],
    ids=repr,
)
def test_a_trait_never_subscribes_and_may_unsubscribe(value, expected):
    body = sent(CONTACT, userId="u", customAttributes={"subscribed": value})
    assert body.get("subscribed") is expected
    body = sent(EVENT, userId="u", eventName="E", contactProperties={"subscribed": value})
    assert body.get("subscribed") is expected


def test_the_mapped_field_may_subscribe():
    assert (
        sent(CONTACT, userId="u", subscribed=True, customAttributes={"subscribed": False})[
            "subscribed"
        ]
        is True
    )


def test_named_fields_win_over_custom_attributes():
    assert sent(
        CONTACT, userId="u", firstName="A", customAttributes={"firstName": "B", "x": 1}
    ) == {
        "userId": "u",
        "firstName": "A",
        "x": 1,
        "mailingLists": {},
    }


def test_mailing_lists_come_from_the_field_else_from_the_traits():
    traits = {"mailingLists": {"t": "true", "bad": "maybe", "one": 1}}
    assert sent(CONTACT, userId="u", customAttributes=traits)["mailingLists"] == {"t": True}
    own = sent(CONTACT, userId="u", customAttributes=traits, mailingLists={"f": False})
    assert own["mailingLists"] == {"f": False}


def test_an_event_may_carry_mailing_lists():
    assert sent(EVENT, userId="u", eventName="E", mailingLists={"l": "true"})["mailingLists"] == {
        "l": True
    }


@pytest.mark.parametrize(
    ("action", "where"),
    [
        (CONTACT, "firstName"),
        (CONTACT, "customAttributes"),
        (EVENT, "eventProperties"),
        (EVENT, "eventName"),
    ],
    ids=["named", "custom", "property", "name"],
)
def test_a_value_over_five_hundred_characters_with_its_quotes_is_refused(action, where):
    def payload(length):
        value = "x" * length
        nested = {"long": value} if where in {"customAttributes", "eventProperties"} else value
        return {"userId": "u", "eventName": "E", where: nested}

    assert action.spec.coerce(payload(498))
    with pytest.raises(PayloadError, match="498"):
        action.spec.coerce(payload(499))


def test_an_event_carries_the_idempotency_key_of_its_delivery():
    context = Context("web", "loops", "events", "m1")
    made = EVENT.request({"eventName": "E", "userId": "u"}, context=context)
    assert made.header("Idempotency-Key") == context.idempotency_key


def test_deleting_names_one_person():
    assert LOOPS.forget(Person("u1"), {}) == (
        Request.post("/contacts/delete", json={"userId": "u1"}, accept={404}),
    )
    assert LOOPS.forget(Person(None, "anon"), {}) == ()


@pytest.mark.parametrize("key", ["", None], ids=repr)
def test_a_blank_api_key_is_refused(key):
    with pytest.raises(PayloadError, match="API Key"):
        LOOPS.fields.coerce({"apiKey": key})


def test_the_rate_limit_is_ten_a_second():
    assert (LOOPS.rate_limit.requests, LOOPS.rate_limit.per) == (10, 1.0)
