"""One event through one mapping, to be looked at: prepared, and sent once if that is asked for."""

from typing import Final

import httpx

from segue.delivery.courier import Courier, Settled
from segue.delivery.run import Attempt
from segue.delivery.scripts import Scripts
from segue.dispatch import Delivery, Prepared
from segue.functions.host import Host
from segue.outcome import Delivered
from segue.retry import RetryPolicy
from segue.secrets import Secrets
from segue.senders import HttpxSender, Tokens


NOT_SENT: Final = Delivered(None, "not sent", "NOT_SENT")


async def attempt(delivery: Delivery, secrets: Secrets, *, send: bool) -> Settled:
    """Map, validate, make the request; then send it once, if asked to. The store knows nothing of it."""
    async with Host() as host:
        scripts = Scripts(host)
        prepared = await scripts.preview(delivery)
        if not isinstance(prepared, Prepared):
            return Settled(delivery, None, (), prepared)
        if send:
            return await _send(delivery, secrets, scripts)
        shown = Attempt(prepared.request, None, NOT_SENT, 0.0)
        return Settled(delivery, prepared.payload, (shown,), NOT_SENT)


async def _send(delivery: Delivery, secrets: Secrets, scripts: Scripts) -> Settled:
    async with httpx.AsyncClient() as client, Tokens(HttpxSender(client), secrets) as tokens:
        courier = Courier(
            HttpxSender(client),
            settled=lambda _: None,
            retry=RetryPolicy(window=0.0),
            tokens=tokens,
            scripts=scripts,
        )
        return await courier.carry(delivery)
