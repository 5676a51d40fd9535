"""Choices are asked for with the connection's settings; what goes wrong is said in words."""

import asyncio

import pytest

from segue import Choice, Choices, Destination, RefusedError, Request, Response, action
from segue.delivery.choices import find_choices
from segue.errors import ChoicesError
from segue.senders import Tokens
from segue.workspace.model import Connection


CHAT = Destination(
    "chat",
    title="Chat",
    url="https://chat.test/api",
    settings={
        "type": "object",
        "properties": {"token": {"type": "string", "writeOnly": True}},
    },
)
CHAT.authenticate(lambda request, settings: request.with_bearer(settings["token"]))
FIELDS = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("channel", "user", "team", "emoji")},
}


@action(CHAT, "post", trigger="all", fields=FIELDS)
def post(payload):
    return Request.post("/messages", json=payload)


@action(CHAT, "edit", trigger="all", fields=FIELDS)
def edit(payload):
    return Request.post("/edits", json=payload)


@post.choices("channel")
def channels(page, payload):
    pages = []
    for number in range(2):
        answer = yield Request.get("/channels", params={"page": page or "1", "part": number})
        pages += answer.json()
    return Choices([Choice(one) for one in (*pages, *payload.values())], next_page="2")


@edit.choices("channel")
def others(page):
    return Choices([Choice("other")])


@CHAT.choices("user")
def users():
    return Choices([Choice("ann")])


@post.choices("team")
def teams(settings):
    raise RuntimeError(f"no team with {settings['token']}")
    yield


@post.choices("emoji")
def endless():
    while True:
        yield Request.get("/emoji")


@edit.choices("emoji")
def refused():
    raise RefusedError("this account has none")


class Vendor:
    """Answers everything alike, and notes what it was asked."""

    def __init__(self, answer=None):
        self.answer, self.asked = answer or Response(200, body=b'["general"]'), []

    async def send(self, request):
        self.asked.append(request)
        return self.answer


def find(field, *actions, vendor=None, **options):
    connection = Connection("c", CHAT, {"token": "hush"}, ())
    tokens = Tokens(vendor or Vendor())
    return asyncio.run(find_choices(connection, actions, field, tokens=tokens, **options))


def test_a_page_is_made_of_signed_answers():
    vendor = Vendor()
    page = find("channel", post, vendor=vendor, payload={"user": "ann"}, page="7")
    assert [one.value for one in page.choices] == ["general", "general", "ann"]
    assert [one.header("authorization") for one in vendor.asked] == ["Bearer hush"] * 2
    assert vendor.asked[0].url == "https://chat.test/api/channels?page=7&part=0"


def test_what_the_destination_knows_serves_every_action():
    assert find("user", post, edit).choices == [Choice("ann")]


@pytest.mark.parametrize(
    ("field", "actions", "answer", "reason"),
    [
        (
            "chanel",
            (post,),
            None,
            'chat.post has no choices for "chanel"; did you mean "channel"?',
        ),
        (
            "zzz",
            (edit, post),
            None,
            (
                'the destination has no choices for "zzz"; there are choices for: channel, emoji, team, '
                "user"
            ),
        ),
        (
            "channel",
            (post, edit),
            None,
            '"channel" is a field of chat.post, chat.edit; say which',
        ),
        (
            "channel",
            (post,),
            Response(401, body=b'{"error": "hush is revoked"}'),
            'the choices of "channel" cannot be had: Chat answered 401 [redacted] is revoked',
        ),
        (
            "team",
            (post,),
            None,
            'the choices of "team" cannot be had: RuntimeError: no team with [redacted]',
        ),
        (
            "emoji",
            (post,),
            None,
            'the choices of "emoji" cannot be had: 50 requests and there is no end',
        ),
        (
            "emoji",
            (edit,),
            None,
            'the choices of "emoji" cannot be had: this account has none',
        ),
    ],
    ids=["a slip", "nobody", "several", "refused", "broken", "endless", "an author's refusal"],
)
def test_what_goes_wrong_is_said_in_words(field, actions, answer, reason):
    with pytest.raises(ChoicesError) as caught:
        find(field, *actions, vendor=Vendor(answer))
    assert str(caught.value) == reason
