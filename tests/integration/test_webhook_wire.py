"""A webhook as its receiver meets it, over a socket."""

import asyncio
import re
from ipaddress import ip_network
from pathlib import Path

from raw_server import answer, serving

import segue_actions.webhook
from segue import Delivered, load_plugins
from segue.delivery import Courier
from segue.dispatch import Delivery
from segue.senders.aiohttp import open_sender
from segue.workspace.model import ActionMapping, Connection


README = Path(segue_actions.webhook.__file__).with_name("README.md").read_text()


def receive(act, **settings):
    """What became of an event, and the requests that the receiver heard."""
    catalogue = load_plugins()
    send = ActionMapping.of(catalogue.action("webhook.send"))

    async def go():
        async with serving(act) as server, open_sender(environ={}) as sender:
            connection = Connection(
                "hooks",
                catalogue.destination("webhook"),
                {"url": server.url("/in?key=s3cret"), **settings},
                ("web",),
                allow_private=(ip_network("127.0.0.1"),),
            )
            event = {"type": "track", "event": "Zoé\u2028", "userId": "u1", "messageId": "m1"}
            courier = Courier(sender, settled=lambda _: None)
            return await courier.carry(Delivery(event, "web", connection, send)), server.heard

    return asyncio.run(go())


def test_the_body_that_arrives_is_the_one_that_is_signed():
    names = {}
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, names)
    settled, (heard,) = receive(answer(204), sharedSecret="k", headers={"X-Team": "a"})
    assert settled.outcome == Delivered(204)
    assert names["verify"](heard.body, heard.headers["x-signature"], "k")
    assert (heard.target, heard.headers["x-team"]) == ("/in?key=s3cret", "a")


def test_what_is_kept_of_the_request_holds_nothing_private():
    settled, _ = receive(answer(204), sharedSecret="k", headers={"X-Team": "t0ken"})
    kept = settled.attempts[0].request
    assert "s3cret" not in kept.url
    assert "t0ken" not in str(dict(kept.headers))
