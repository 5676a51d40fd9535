"""The Slack destination: its settings, authentication and credential test."""

from segue import Destination, RateLimit, Request, Settings
from segue_actions.slack._answers import Answered, judge


SLACK = Destination(
    "slack",
    title="Slack",
    names=["Slack (Actions)", "actions-slack"],
    description="Tell a channel what happens.",
    url="https://slack.com/api",
    docs="https://docs.slack.dev/reference/methods/chat.postMessage",
    rate_limit=RateLimit(1, per=1.0),
    settings={
        "type": "object",
        "required": ["botToken", "channel"],
        "additionalProperties": False,
        "properties": {
            "botToken": {
                "type": "string",
                "title": "Bot Token",
                "description": "Of an app with the scope chat:write; it begins with xoxb-.",
                "minLength": 1,
                "writeOnly": True,
            },
            "channel": {
                "type": "string",
                "title": "Channel",
                "description": "Where messages go unless a mapping says otherwise: an ID, or a name.",
                "minLength": 1,
                "maxLength": 80,
            },
        },
    },
)


@SLACK.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_bearer(str(settings["botToken"]))


@SLACK.test
def test() -> Answered:
    return judge((yield Request.post("/auth.test")))
