"""Asking a destination whether credentials are good."""

import asyncio

import pytest

from segue.delivery import prove
from segue.destination import Destination
from segue.errors import UnreachableError
from segue.http import Request, Response
from segue.outcome import Delivered, Discarded, Held, Retry
from segue.senders import Tokens
from segue.workspace.model import Connection


class Vendor:
    """Gives the answers in turn, and raises those that are errors."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def send(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(*answer) if isinstance(answer, tuple) else Response(answer)


def proved(vendor, test=None):
    desk = Destination("desk", title="Desk", url="https://desk.test")
    if test is not None:
        desk.test(test)
    connection = Connection("desk", desk, {"key": "k"}, ())
    return asyncio.run(prove(connection, Tokens(vendor)))


def whoami(settings):
    return Request.get("/me", headers={"x-key": settings["key"]})


def two_steps(settings):
    yield Request.get("/me")
    answer = yield Request.get("/team")
    return None if answer.json() else Discarded("it has no team", "NO_TEAM")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (200, Delivered),
        (401, Held),
        (404, Discarded),
        (503, Retry),
        (UnreachableError("no"), Retry),
    ],
)
def test_what_the_destination_says_is_the_outcome(answer, outcome):
    assert isinstance(proved(Vendor(answer), whoami), outcome)


def test_a_destination_without_a_test_says_nothing():
    vendor = Vendor()
    assert proved(vendor) is None
    assert vendor.asked == []


def test_a_test_of_several_requests_ends_at_the_first_that_is_refused():
    vendor = Vendor(401, 200)
    assert isinstance(proved(vendor, two_steps), Held)
    assert len(vendor.asked) == 1


def test_who_makes_the_test_has_the_last_word():
    outcome = proved(Vendor(200, (200, {}, b"[]")), two_steps)
    assert outcome == Discarded("it has no team", "NO_TEAM")


def test_a_test_that_fails_is_an_outcome_too():
    outcome = proved(Vendor(), lambda settings: settings["missing"])
    assert "the credential test failed" in outcome.why
