"""Items of type "delete" in a batch."""

import pytest

from segue.ingest.answers import incomplete


class Eraser:
    """Whoever says "Bearer right" may forget anybody but "stuck"."""

    def __init__(self):
        self.done, self.intake = [], None

    def allows(self, authorization):
        return authorization == "Bearer right"

    async def erase(self, user, *, suppress):
        if user == "stuck":
            raise incomplete()
        self.done.append((user, suppress, len(self.intake.taken)))


@pytest.fixture
def eraser():
    return Eraser()


@pytest.fixture
def api(make, eraser):
    """The API with someone to forget for it."""
    api = make(erase=eraser)
    eraser.intake = api.intake
    return api


def delete(user="u1", **more):
    return {"type": "delete", "userId": user, **more}


def send(api, *items, token="right"):
    body = {"writeKey": "wk_web", "batch": items}
    return api.post("/v1/batch", body, key=None, authorization=f"Bearer {token}")


def test_a_user_is_forgotten_for_the_admin_token(api, eraser):
    assert send(api, delete(), delete("u2", suppress=True)).status == 200
    assert eraser.done == [("u1", False, 0), ("u2", True, 0)]


def test_what_comes_before_is_kept_before_and_what_comes_after_after(api, eraser, track):
    assert send(api, track(), delete(), track(), track(), delete()).status == 200
    assert [kept for _, _, kept in eraser.done] == [1, 3]


def test_a_write_key_gets_401_and_no_event_is_lost_by_it(api, eraser, track):
    answer = api.batch(track(event="a"), delete(), track(event="b"))
    assert (answer.status, answer.json["code"]) == (401, "unauthorized")
    assert [event["event"] for event in api.intake.events] == ["a", "b"]
    assert (api.intake.codes, eraser.done) == (["unauthorized"], [])


def test_a_wrong_token_gets_401(api, eraser):
    assert send(api, delete(), token="wrong").status == 401
    assert eraser.done == []


def test_a_deletion_that_is_not_done_is_to_be_asked_for_again(api, track):
    answer = send(api, track(), delete("stuck"))
    assert (answer.status, answer.json["code"]) == (502, "incomplete")
    assert len(api.intake.events) == 1


@pytest.mark.parametrize("item", [{"type": "delete"}, delete(7), delete("")])
def test_nobody_to_forget_is_refused_alone(api, eraser, track, item):
    assert send(api, item, delete("u2"), track()).status == 200
    assert (api.intake.codes, [user for user, *_ in eraser.done]) == (["bad_request"], ["u2"])


def test_nothing_of_whom_to_forget_is_shown(api):
    send(api, delete("u1"), token="wrong")
    assert [one.text for _, one in api.intake.refused] == [""]


def test_where_nobody_can_be_forgotten_it_is_an_unknown_type(make):
    api = make()
    assert api.batch(delete()).status == 200
    assert api.intake.codes == ["bad_request"]
