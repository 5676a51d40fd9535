"""Ways to carry requests out. aiohttp's, ``segue.senders.aiohttp``, is imported by who needs it."""

from segue.senders.httpx import HttpxSender, Signed, call, open_client, translated
from segue.senders.tokens import Tokens
from segue.senders.wire import AGENT, LARGEST


__all__ = [
    "AGENT",
    "LARGEST",
    "HttpxSender",
    "Signed",
    "Tokens",
    "call",
    "open_client",
    "translated",
]
