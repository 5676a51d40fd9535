"""The Loops destination: its settings, authentication, credential test and deletion."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from segue import Destination, Person, RateLimit, Request, Settings


LOOPS = Destination(
    "loops",
    title="Loops",
    names=["Loops (Actions)", "actions-loops"],
    description="Create and update contacts, and send the events that trigger emails.",
    url="https://app.loops.so/api/v1",
    docs="https://loops.so/docs/api-reference/intro",
    rate_limit=RateLimit(10, per=1.0),
    settings={
        "type": "object",
        "required": ["apiKey"],
        "additionalProperties": False,
        "properties": {
            "apiKey": {
                "type": "string",
                "title": "API Key",
                "description": "Generate one in Loops under Settings → API.",
                "minLength": 1,
                "writeOnly": True,
            },
        },
    },
)


@LOOPS.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_bearer(str(settings["apiKey"]))


@LOOPS.test
def test() -> Request:
    return Request.get("/api-key")


@LOOPS.on_delete
def forget(user: Person) -> list[Request]:
    """Loops knows people by user id only, and answers 404 for one it has not (or no longer)."""
    if user.user_id is None:
        return []
    return [Request.post("/contacts/delete", json={"userId": user.user_id}, accept={404})]


@LOOPS.sandbox(
    settings={"apiKey": "loops_sandbox_key"},
    base="/api/v1",
    pages={"Audience": "/audience", "Events": "/events"},
)
def sandbox(
    *,
    db: str | None = None,
    faults: str | None = None,
    seed: int | None = None,
    switches: Mapping[str, str] = MappingProxyType({}),
) -> Callable[..., object]:
    from segue_actions.loops.sandbox import open_app

    return open_app(db=db, faults=faults, seed=seed, switches=switches)
