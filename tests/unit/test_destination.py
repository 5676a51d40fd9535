"""A destination knows where it is, how it is asked, and what must not be shown."""

import pytest

from segue import Destination, Person, Request
from segue.errors import AuthorError


SETTINGS = {
    "type": "object",
    "required": ["token"],
    "additionalProperties": False,
    "properties": {
        "token": {"type": "string", "writeOnly": True, "minLength": 1},
        "region": {"type": "string", "enum": ["eu", "us"]},
    },
}


@pytest.fixture
def desk():
    desk = Destination("desk", title="Desk", url="https://desk.test/api", settings=SETTINGS)

    @desk.authenticate
    def authenticate(request, settings):
        return request.with_bearer(settings["token"])

    @desk.test
    def test(settings):
        return Request.get("/me", params={"region": settings.get("region", "us")})

    @desk.on_delete
    def forget(user):
        return [Request.delete(f"/people/{user.user_id}")] if user.user_id else []

    return desk


def test_secrets_are_found_in_whatever_holds_them():
    inner = {"type": "object", "writeOnly": True}
    settings = {"type": "object", "properties": {"keys": inner, "n": {**inner, "type": "number"}}}
    vault = Destination("vault", title="Vault", url="https://vault.test", settings=settings)
    given = {"keys": {"a": ["k1", {"b": 7}], "c": None, "d": True, "e": ""}, "n": 12}
    assert vault.secrets(given) == ("k1", "7", "12")


def test_a_signed_request_is_absolute_and_authenticated(desk):
    signed = desk.sign(Request.get("/x"), {"token": "t"})
    assert (signed.url, signed.header("authorization")) == ("https://desk.test/api/x", "Bearer t")


def test_a_connection_may_point_elsewhere(desk):
    assert desk.sign(Request.get("/x"), {"token": "t"}, base="http://127.0.0.1:9/v1").url == (
        "http://127.0.0.1:9/v1/x"
    )


def test_the_base_may_depend_on_the_settings():
    regional = Destination(
        "r", title="R", url=lambda settings: f"https://{settings['region']}.r.test"
    )
    assert regional.base({"region": "eu"}) == "https://eu.r.test"


def test_the_probe_is_the_destinations_own_request(desk):
    assert desk.probe({"token": "t", "region": "eu"}).params == {"region": "eu"}
    assert Destination("none", title="None", url="https://n.test").probe({}) is None


def test_forgetting_takes_one_request_or_several_or_none(desk):
    assert [one.url for one in desk.forget(Person("u"), {})] == ["/people/u"]
    assert desk.forget(Person(None, "anon"), {}) == ()
    assert Destination("none", title="None", url="https://n.test").forget(Person("u"), {}) is None


def test_a_probe_that_makes_no_request_is_named():
    wrong = Destination("wrong", title="Wrong", url="https://w.test")
    wrong.test(lambda: "GET /")
    with pytest.raises(AuthorError, match="the credential test of wrong returned str"):
        wrong.probe({})


def test_a_test_that_reads_the_answer_shows_its_first_request():
    polite = Destination("polite", title="Polite", url="https://p.test")

    @polite.test
    def test():
        yield Request.get("/me")
        yield "GET /"

    assert polite.probe({}).url == "/me"
    with pytest.raises(AuthorError, match="the credential test of polite returned str"):
        list(polite.proof({}))


def test_secrets_are_the_write_only_settings(desk):
    assert desk.secrets({"token": "t0p", "region": "eu"}) == ("t0p",)


def test_a_destination_answers_to_its_title_slug_and_names():
    named = Destination("desk", title="Desk", url="https://d.test", names=["Desk (Actions)"])
    assert named.names == ("Desk", "desk", "Desk (Actions)")


def test_a_bad_slug_and_bad_settings_are_both_said():
    wrong = Destination("my desk", title="D", url="https://d.test", settings={"type": "string"})
    said = "\n".join(map(str, wrong.check()))
    assert "my desk" in said
    assert "a field spec" in said
