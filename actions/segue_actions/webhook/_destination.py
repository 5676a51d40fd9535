"""The webhook destination: where it is, what goes with every request, and the signature."""

import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final, cast
from urllib.parse import urlsplit

from segue import Destination, Request, Settings
from segue_actions.webhook._rules import ADDRESS, HEADERS, NAME


SIGNATURE: Final = "X-Signature"


def base(settings: Settings) -> str:
    """The URL of the settings without its query."""
    return str(settings["url"]).partition("?")[0]


WEBHOOK = Destination(
    "webhook",
    title="Webhook",
    names=["Webhooks (Actions)", "Webhook (Actions)", "actions-webhook"],
    description="Send events to any URL, signed.",
    url=base,
    open_url=True,
    settings={
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {
            "url": {
                "type": "string",
                "title": "URL",
                "description": "Where requests go. A query in it goes with every request there.",
                "pattern": ADDRESS,
                "examples": ["https://hooks.example.com/segue"],
                "maxLength": 2000,
            },
            "headers": {
                **HEADERS,
                "title": "Headers",
                "description": "Sent with every request to the host of the URL, and shown nowhere. "
                "Host, Content-Length and others that frame a request are not yours to give.",
                "writeOnly": True,
            },
            "sharedSecret": {
                "type": "string",
                "title": "Shared Secret",
                "description": "With it every request is signed; the README says how to verify that.",
                "minLength": 1,
                "writeOnly": True,
            },
            "signatureHeader": {
                "type": "string",
                "title": "Signature Header",
                "description": f"The header of the signature: {SIGNATURE} unless told otherwise.",
                "pattern": NAME,
            },
        },
    },
)


@WEBHOOK.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    """Add what is secret: to the host of the settings only, whatever URL a mapping gives."""
    if _origin(request.url) == _origin(str(settings["url"])):
        request = _private(request, settings)
    secret = str(settings.get("sharedSecret") or "")
    if not secret:
        return request
    signed = sign(request.content() or b"", secret, int(time.time()))
    return request.with_headers({str(settings.get("signatureHeader") or SIGNATURE): signed})


def sign(body: bytes, secret: str, now: int) -> str:
    """The signature of a body at a Unix time."""
    return f"t={now},v1={hmac.new(secret.encode(), b'%d.%b' % (now, body), sha256).hexdigest()}"


def _private(request: Request, settings: Settings) -> Request:
    query = str(settings["url"]).partition("?")[2]
    joint = "&" if "?" in request.url else "?"
    whole = request.at(f"{request.url}{joint}{query}") if query else request
    return whole.with_headers(cast("dict[str, str]", settings.get("headers") or {}))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port


@WEBHOOK.sandbox(
    settings={"url": "http://127.0.0.1:9000/in", "sharedSecret": "webhook_sandbox_secret"},
    base="/in",
    pages={"Requests": "/requests"},
)
def sandbox(
    *,
    db: str | None = None,
    faults: str | None = None,
    seed: int | None = None,  # noqa: ARG001 there are no faults to draw
    switches: Mapping[str, str] = MappingProxyType({}),
) -> Callable[..., object]:
    from segue_actions.webhook._receiver import open_receiver

    if db is not None or faults is not None or switches:
        raise ValueError("this sandbox takes any request: it has no file, faults or switches")
    return open_receiver()
