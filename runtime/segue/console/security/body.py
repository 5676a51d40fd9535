"""The body of a form: read whole, within bounds, and given on as if it had just come."""

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


LARGEST: Final = 4_000_000
SECONDS: Final = 30.0
FIELDS: Final = 10_000
FORM: Final = "application/x-www-form-urlencoded"


async def read(receive: Receive, largest: int = LARGEST, seconds: float = SECONDS) -> bytes:
    """The whole body. Raises HTTPException for one that is too large, or too slow to wait for."""
    parts: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise HTTPException(400, "The form did not arrive whole.")
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > largest:
                    raise HTTPException(413, f"A form has at most {largest:,} bytes here.")
    except TimeoutError:
        raise HTTPException(408, "The form took too long to arrive.") from None
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once more, then whatever really comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return pending.pop() if pending else await receive()

    return receiving


def fields(body: bytes) -> dict[str, str]:
    """The fields of a form, of several with one name the last. Raises HTTPException."""
    try:
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        raise HTTPException(400, f"A form has at most {FIELDS:,} fields here.") from None
