"""Post a message to a Slack channel."""

from typing import Final, NotRequired, TypedDict, cast

from segue import JsonObject, Request, Settings, action, path
from segue_actions.slack._answers import Answered, judge
from segue_actions.slack._destination import SLACK


class Payload(TypedDict):
    channel: NotRequired[str]
    text: NotRequired[str]
    plain: NotRequired[bool]
    blocks: NotRequired[list[JsonObject]]
    thread_ts: NotRequired[str]
    username: NotRequired[str]
    icon_url: NotRequired[str]
    icon_emoji: NotRequired[str]
    unfurl_links: NotRequired[bool]


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["text"]}, {"required": ["blocks"]}],
    "properties": {
        "channel": {
            "type": "string",
            "title": "Channel",
            "description": "An ID, or a name without #; the connection's channel unless told otherwise.",
            "maxLength": 80,
            "ui": {"dynamic": True},
        },
        "text": {
            "type": "string",
            "format": "text",
            "title": "Message",
            "description": "The message in Slack's markup; beside blocks, what notifications show.",
            "maxLength": 40_000,
            "mapping": path("$.event"),
        },
        "plain": {
            "type": "boolean",
            "title": "No Links or Mentions",
            "description": "Unless false, <, > and & are only characters, so that no event can mention everyone.",
        },
        "blocks": {
            "type": "array",
            "title": "Blocks",
            "description": "Blocks of Slack's Block Kit, sent as they are.",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"type": "string", "title": "Type"}},
            },
        },
        "thread_ts": {
            "type": "string",
            "title": "Thread",
            "description": "The timestamp of the message to answer.",
            "pattern": r"^[0-9]{1,12}\.[0-9]{6}$",
        },
        "username": {
            "type": "string",
            "title": "User",
            "description": "Who it seems to be from; the app needs chat:write.customize.",
            "maxLength": 80,
        },
        "icon_url": {
            "type": "string",
            "format": "uri",
            "title": "Icon URL",
            "description": "The picture beside the user.",
        },
        "icon_emoji": {
            "type": "string",
            "title": "Icon Emoji",
            "description": "Such as :tada:, instead of the picture.",
            "pattern": "^:[^:\\s]+:$",
        },
        "unfurl_links": {
            "type": "boolean",
            "title": "Unfurl Links",
            "description": "Whether links are shown with what is behind them.",
        },
    },
}

JSON: Final = {"Content-Type": "application/json; charset=utf-8"}  # Slack warns without the charset


@action(SLACK, "postToChannel", title="Post Message", trigger='type = "track"', fields=FIELDS)
def post_to_channel(payload: Payload, settings: Settings) -> Answered:
    """Post a message to a channel."""
    return judge(
        (yield Request.post("/chat.postMessage", json=message(payload, settings), headers=JSON))
    )


def message(payload: Payload, settings: Settings) -> JsonObject:
    """The message as Slack takes it."""
    given = cast("JsonObject", payload)
    told = {key: value for key, value in given.items() if key != "plain"}
    text = payload.get("text")
    if text is not None and payload.get("plain", True):
        told["text"] = escape(text)
    return {"channel": settings["channel"], **told}


def escape(text: str) -> str:
    """Text in which nothing is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
