"""The channels of a workspace."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from segue import (
    Choice,
    Choices,
    ChoiceSteps,
    Delivered,
    JsonObject,
    JsonValue,
    RefusedError,
    Request,
)
from segue_actions.slack._answers import judge, said
from segue_actions.slack._destination import SLACK


PUBLIC: Final = "public_channel"
ALL: Final = f"{PUBLIC},private_channel"
PAGE: Final = 200


@SLACK.choices("channel")
def channels(page: str | None) -> ChoiceSteps:
    """Channels by ID; the private ones too, if the app may see them."""
    found = yield listing(ALL, page)
    if said(found).get("error") == "missing_scope":
        found = yield listing(PUBLIC, page)
    outcome = judge(found)
    if not isinstance(outcome, Delivered):
        raise RefusedError(outcome.why)
    body = said(found)
    return Choices([choice(one) for one in _objects(body.get("channels"))], _following(body))


def listing(types: str, page: str | None) -> Request:
    """The request for a page of channels."""
    params: dict[str, str | int] = {"types": types, "exclude_archived": True, "limit": PAGE}
    if page:
        params["cursor"] = page
    return Request.get("/conversations.list", params=params)


def choice(channel: JsonObject) -> Choice:
    """A channel to choose, by its ID: its name may change."""
    purpose = channel.get("purpose")
    told = purpose.get("value") if isinstance(purpose, Mapping) else None
    private = "private" if channel.get("is_private") is True else ""
    about = ": ".join(one for one in (private, told) if isinstance(one, str) and one)
    return Choice(str(channel.get("id", "")), f"#{channel.get('name', '')}", about or None)


def _following(body: JsonObject) -> str | None:
    about = body.get("response_metadata")
    cursor = about.get("next_cursor") if isinstance(about, Mapping) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))
