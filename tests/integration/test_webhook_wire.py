"""A webhook as its receiver meets it, over a socket."""

import asyncio
import json
import re
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from server import served

import segue_actions.webhook
from segue import Delivered, load_plugins
from segue.delivery import Courier
from segue.dispatch import Delivery
from segue.senders.aiohttp import open_sender
from segue.workspace.model import ActionMapping, Connection
from segue_actions.webhook._receiver import SECRET


README = Path(segue_actions.webhook.__file__).with_name("README.md").read_text()


def deliver_to(settings):
    """What became of an event."""
    catalogue = load_plugins()
    send = ActionMapping.of(catalogue.action("webhook.send"))
    home = (ip_network("127.0.0.1"),)
    webhook = catalogue.destination("webhook")
    connection = Connection("hooks", webhook, settings, ("web",), allow_private=home)
    event = {"type": "track", "event": "Zoé\u2028", "userId": "u1", "messageId": "m1"}

    async def go():
        async with open_sender(environ={}) as sender:
            courier = Courier(sender, settled=lambda _: None)
            return await courier.carry(Delivery(event, "web", connection, send))

    return asyncio.run(go())


def receive(status, **settings):
    """What became of an event, and the requests that the receiver heard."""
    heard = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            body = (await receive())["body"]
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            heard.append((f"{scope['path']}?{scope['query_string'].decode()}", headers, body))
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with served(app, lifespan="off") as url:
        return deliver_to({"url": f"{url}/in?key=s3cret", **settings}), heard


def test_the_body_that_arrives_is_the_one_that_is_signed():
    names = {}
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, names)
    settled, ((target, headers, body),) = receive(204, sharedSecret="k", headers={"X-Team": "a"})
    assert settled.outcome == Delivered(204)
    assert names["verify"](body, headers["x-signature"], "k")
    assert (target, headers["x-team"]) == ("/in?key=s3cret", "a")


def test_what_is_kept_of_the_request_holds_nothing_private():
    settled, _ = receive(204, sharedSecret="k", headers={"X-Team": "t0ken"})
    kept = settled.attempts[0].request
    assert "s3cret" not in kept.url
    assert "t0ken" not in str(dict(kept.headers))


@pytest.mark.parametrize(
    ("secret", "signed"),
    [(SECRET, True), ("another", False), (None, None)],
    ids=["good", "another", "none"],
)
def test_the_sandbox_lists_what_it_got_and_judges_its_signature(secret, signed):
    opened = load_plugins().destination("webhook").stand_in.open()
    with served(opened) as url:
        settings = {"url": f"{url}/in?a=1"} | ({"sharedSecret": secret} if secret else {})
        assert deliver_to(settings).outcome == Delivered(204)
        (shown,) = httpx.get(f"{url}/requests", trust_env=False).json()
    assert (shown["method"], shown["url"], shown["signed"]) == ("POST", "/in?a=1", signed)
    assert json.loads(shown["body"])["userId"] == "u1"


def test_the_sandbox_has_no_faults():
    with pytest.raises(ValueError, match="no file, faults or switches"):
        load_plugins().destination("webhook").stand_in.open(faults="5xx=1")
