"""What only a team in Loops knows: its mailing lists, its contact properties, its events."""

from collections.abc import Iterator, Mapping, Sequence

from segue import Choice, Choices, ChoiceSteps, JsonObject, JsonValue, Request
from segue_actions.loops._destination import LOOPS


@LOOPS.choices("mailingLists.__keys__")
def mailing_lists() -> ChoiceSteps:
    """Mailing lists, by ID."""
    found = yield Request.get("/lists")
    return Choices([choice(one, "id", "name") for one in objects(found.json())])


@LOOPS.choices("customAttributes.__keys__")
@LOOPS.choices("contactProperties.__keys__")
def contact_properties() -> ChoiceSteps:
    """The properties that the team has added to those of Loops."""
    found = yield Request.get("/contacts/properties", params={"list": "custom"})
    return Choices([choice(one, "key", "label") for one in objects(found.json())])


@LOOPS.choices("eventName")
def events(page: str | None) -> ChoiceSteps:
    """The events that the team has, by name; a new one is added by the first that is sent."""
    found = yield Request.get("/event-patterns", params={"perPage": 50, "cursor": page or ""})
    body = found.json()
    answer = body if isinstance(body, Mapping) else {}
    paging = answer.get("pagination")
    following = paging.get("nextCursor") if isinstance(paging, Mapping) else None
    choices = [choice(one, "eventName", "eventName") for one in objects(answer.get("data"))]
    return Choices(choices, following if isinstance(following, str) else None)


def objects(value: JsonValue) -> Iterator[JsonObject]:
    """The objects of a list, none of anything else."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))


def choice(one: JsonObject, value: str, label: str) -> Choice:
    description = one.get("description") or one.get("type")
    return Choice(
        str(one.get(value, "")),
        str(one.get(label, "")),
        description if isinstance(description, str) else None,
    )
