"""The Customer.io destination: its settings, authentication, credential test and deletion."""

from typing import Final

from segue import Destination, Person, RateLimit, Request, Settings
from segue_actions.customerio._entity import entity, single


HOSTS: Final = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}

CUSTOMERIO = Destination(
    "customerio",
    title="Customer.io",
    names=["Customer.io (Actions)", "actions-customerio"],
    description="Keep people up to date, and send the events that start campaigns.",
    url=lambda settings: HOSTS[str(settings.get("region", "us"))],
    docs="https://docs.customer.io/integrations/api/track/",
    rate_limit=RateLimit(1000, per=1.0),
    settings={
        "type": "object",
        "required": ["siteId", "apiKey"],
        "additionalProperties": False,
        "properties": {
            "siteId": {
                "type": "string",
                "title": "Site ID",
                "description": "In Customer.io under Settings → API Credentials → Track API Keys.",
                "minLength": 1,
            },
            "apiKey": {
                "type": "string",
                "title": "API Key",
                "description": "The key beside the site ID.",
                "minLength": 1,
                "writeOnly": True,
            },
            "region": {
                "type": "string",
                "title": "Region",
                "description": "Where the account is: us unless told otherwise.",
                "enum": ["us", "eu"],
            },
        },
    },
)


@CUSTOMERIO.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_basic(str(settings["siteId"]), str(settings["apiKey"]))


@CUSTOMERIO.test
def test() -> Request:
    return Request.get("/auth")


@CUSTOMERIO.on_delete
def forget(user: Person) -> Request:
    """Customer.io answers 200 for a person it does not know, too."""
    return single(entity("delete", {"id": user.user_id, "anonymous_id": user.anonymous_id}))
