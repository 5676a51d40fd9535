"""Every way out of the program keeps to public addresses where people choose the URL."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network

import pytest
from raw_server import answer, serving

from segue import Choice, Choices, Destination, Discarded, OAuth2, Request, action
from segue.addresses import CODE
from segue.delivery import Courier
from segue.delivery.choices import find_choices
from segue.dispatch import Delivery
from segue.errors import ChoicesError, RefusedError
from segue.outcome import Delivered
from segue.privacy import Hasher
from segue.privacy.forgetting import forget
from segue.retry import RetryPolicy
from segue.senders import Tokens
from segue.senders.aiohttp import open_sender
from segue.store import MemoryStore
from segue.workspace.model import ActionMapping, Connection


FIELDS = {"type": "object", "properties": {"kind": {"type": "string", "title": "Kind"}}}
SETTINGS = {
    "type": "object",
    "properties": {
        "url": {"type": "string"},
        "clientId": {"type": "string"},
        "clientSecret": {"type": "string", "writeOnly": True},
    },
}
OPEN = Destination("open", title="Open", url="https://open.test", open_url=True, settings=SETTINGS)


@OPEN.test
def probe(settings) -> Request:
    return Request.get(settings["url"])


@OPEN.on_delete
def erase(settings) -> Request:
    return Request.delete(settings["url"])


@action(OPEN, "call", trigger="all", fields=FIELDS)
def call(settings) -> Request:
    """Call the URL."""
    return Request.post(settings["url"], json=1)


@action(OPEN, "callTwice", trigger="all", fields=FIELDS)
def call_twice(settings):
    """Call the URL twice."""
    yield Request.post(settings["url"], json=1)
    yield Request.post(settings["url"], json=2)


@action(OPEN, "callByHand", trigger="all", fields=FIELDS)
async def call_by_hand(settings, client) -> None:
    """Call the URL with a client, which follows redirects."""
    answered = await client.post(settings["url"], json=1, follow_redirects=True)
    answered.raise_for_status()


@call.choices("kind")
def kinds(settings):
    found = yield Request.get(settings["url"])
    return Choices([Choice(found.text)])


async def delivered(made, connection, sender):
    courier = Courier(sender, settled=lambda _: None, retry=RetryPolicy(window=0.0))
    event = {"type": "track", "userId": "u1", "messageId": "m1"}
    return (await courier.carry(Delivery(event, "web", connection, ActionMapping.of(made)))).outcome


@pytest.mark.parametrize("made", [call, call_twice, call_by_hand], ids=lambda one: one.kind)
def test_a_delivery_is_refused_for_good_and_one_that_is_allowed_goes_out(made):
    async def work():
        async with serving(answer(200)) as server, open_sender(environ={}) as sender:
            connection = closed(server.url())
            refused = await delivered(made, connection, sender), server.connections
            home = replace(connection, allow_private=(ip_network("127.0.0.1"),))
            return refused, await delivered(made, home, sender), len(server.heard)

    (outcome, connections), allowed, heard = asyncio.run(work())
    assert isinstance(outcome, Discarded)
    assert (outcome.code, connections) == (CODE, 0)
    assert isinstance(allowed, Delivered)
    assert heard == (2 if made is call_twice else 1)


def closed(url, destination=OPEN):
    settings = {"url": url, "clientId": "id", "clientSecret": "s3cret"}
    return Connection("c", destination, settings, ("web",))


async def choose(url, sender):
    async with Tokens(sender) as tokens:
        with pytest.raises(ChoicesError) as error:
            await find_choices(closed(url), [call], "kind", tokens=tokens)
    return str(error.value)


async def erase_one(url, sender):
    receipt = await forget(
        "ann",
        store=MemoryStore(clock=lambda: 0.0),
        hasher=Hasher(b"key"),
        connections=[closed(url)],
        sender=sender,
        clock=lambda: 0.0,
    )
    return str(receipt.data())


async def ask_for_a_token(url, sender):
    oauth = OAuth2(lambda settings: settings["url"], grant="client_credentials")
    made = Destination(
        "t", title="T", url="https://t.test", open_url=True, oauth=oauth, settings=SETTINGS
    )
    with pytest.raises(RefusedError) as error:
        await Tokens(sender).send(closed(url, made), Request.get("https://t.test/"))
    return str(error.value)


async def prove(url, sender):
    with pytest.raises(RefusedError) as error:
        await Tokens(sender).send(closed(url), OPEN.probe({"url": url}))
    return str(error.value)


@pytest.mark.parametrize("go", [choose, erase_one, ask_for_a_token, prove])
def test_what_is_no_delivery_is_refused_too(go):
    async def work():
        async with serving(answer(200)) as server, open_sender(environ={}) as sender:
            return await go(server.url(), sender), server.connections

    said, connections = asyncio.run(work())
    assert "127.0.0.1 is a loopback address" in said
    assert connections == 0


def test_the_client_of_an_async_action_follows_no_redirect_to_where_it_may_not_go():
    async def work():
        async def act(heard, writer):
            there = b"location: http://127.0.0.2:%d/" % places[0]
            await answer(307, b"", there)(heard, writer)

        places = []
        async with serving(act) as server, open_sender(environ={}) as sender:
            places.append(server.port)
            home = replace(closed(server.url()), allow_private=(ip_network("127.0.0.1"),))
            return await delivered(call_by_hand, home, sender), len(server.heard)

    outcome, heard = asyncio.run(work())
    assert (outcome.code, heard) == (CODE, 1)


def test_a_sender_that_cannot_check_is_not_used():
    class Blind:
        async def send(self, request):
            raise AssertionError("it was")

    with pytest.raises(RefusedError, match="Blind cannot tell public addresses from others"):
        asyncio.run(Tokens(Blind()).send(closed("http://x.test"), Request.get("http://x.test")))
