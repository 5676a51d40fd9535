"""Slack over HTTP, as far as a workspace of our own behaves as it does."""

import asyncio
from itertools import chain

import pytest
from server import served
from slack import TOKEN, Slack

from segue import Delivered, Discarded, Held, load_plugins
from segue.delivery import Courier
from segue.delivery.choices import find_choices
from segue.dispatch import Delivery
from segue.errors import ChoicesError
from segue.retry import RetryPolicy
from segue.senders import Tokens
from segue.senders.aiohttp import open_sender
from segue.workspace.model import ActionMapping, Connection


POST = load_plugins().action("slack.postToChannel")


class Hours:
    """A clock that nobody waits for."""

    def __init__(self):
        self.time, self.slept = 0.0, []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def slack():
    return Slack()


@pytest.fixture
def address(slack):
    with served(slack.app()) as url:
        yield f"{url}/api"


@pytest.fixture
def connect(address):
    """``connect(token)`` is a connection to the workspace."""

    def connect(token=TOKEN, channel="room-1"):
        settings, mapping = {"botToken": token, "channel": channel}, ActionMapping.of(POST)
        slack = POST.destination
        return Connection("slack", slack, settings, ("web",), (mapping,), base_url=address)

    return connect


@pytest.fixture
def send():
    """``send(connection, *events)`` is what became of these, and how long it slept."""

    def send(connection, *events):
        done, clock = [], Hours()

        async def go():
            async with open_sender(environ={}) as sender:
                retry = RetryPolicy(window=3600.0)
                courier = Courier(sender, settled=done.append, clock=clock, retry=retry)
                for number, name in enumerate(events):
                    event = {
                        "type": "track",
                        "event": name,
                        "userId": "u",
                        "messageId": str(number),
                    }
                    delivery = Delivery(event, "web", connection, connection.mappings[0])
                    await courier.submit(delivery)
                await courier.finish()

        asyncio.run(go())
        return [one.outcome for one in done], clock.slept

    return send


def test_messages_are_posted_in_order(slack, connect, send):
    outcomes, _ = send(connect(), "Paid", "Shipped")
    assert outcomes == [Delivered(200), Delivered(200)]
    assert [one["text"] for one in slack.messages] == ["Paid", "Shipped"]


def test_a_token_that_was_revoked_holds_the_connection_and_nothing_is_lost(slack, connect, send):
    outcomes, _ = send(connect("xoxb-old"), "Paid", "Shipped")
    assert [type(one) for one in outcomes] == [Held, Held]
    assert outcomes[0].why.startswith("credentials are invalid: Slack says invalid_auth; that is")
    assert slack.calls == ["chat.postMessage", "auth.test"]


def test_a_doubt_about_one_message_is_not_one_about_the_token(slack, connect, send):
    slack.errors = ["access_denied"]
    outcomes, _ = send(connect(), "Paid", "Shipped")
    assert outcomes == [Discarded("Slack says access_denied", "UNAUTHORIZED"), Delivered(200)]


def test_what_passes_is_tried_again(slack, connect, send):
    slack.errors = ["internal_error", "service_unavailable", "ratelimited"]
    outcomes, _ = send(connect(), "Paid")
    assert outcomes == [Delivered(200)]
    assert slack.calls.count("chat.postMessage") == 4


def test_slack_is_given_the_pause_it_asks_for(slack, connect, send):
    slack.pauses = 1
    outcomes, slept = send(connect(), "Paid")
    assert outcomes == [Delivered(200)]
    assert sum(slept) >= 30


def test_a_channel_that_is_not_there_is_a_dead_letter(slack, connect, send):
    (outcome,), _ = send(connect(channel="gone"), "Paid")
    assert outcome.why.startswith("Slack says channel_not_found")
    assert len(slack.calls) == 1


def pages(connection):
    """All pages of the channels that there are to choose."""

    async def go():
        found, page = [], None
        async with open_sender(environ={}) as sender, Tokens(sender) as tokens:
            while not found or page:
                one = await find_choices(connection, [POST], "channel", tokens=tokens, page=page)
                found.append([choice.value for choice in one.choices])
                page = one.next_page
        return found

    return asyncio.run(go())


def test_all_channels_are_found_page_by_page(slack, connect):
    found = pages(connect())
    assert [len(one) for one in found] == [10, 10, 4]
    assert [*chain.from_iterable(found)] == [one["id"] for one in slack.channels]


def test_channels_an_app_may_not_see_are_left_out(slack, connect):
    slack.scopes = {"channels:read"}
    assert "C23" not in chain.from_iterable(pages(connect()))


def test_a_token_that_is_refused_finds_no_channels(connect):
    with pytest.raises(ChoicesError, match="Slack says invalid_auth"):
        pages(connect("xoxb-old"))
