"""What type checkers must see in an author's tests. Never run; the ignore is a mistake they must find."""

from collections.abc import Callable
from pathlib import Path
from typing import assert_type

from hypothesis.strategies import SearchStrategy

import segue_actions
from segue import Destination, JsonObject, JsonValue, Outcome, Request, Response, Sender, action
from segue.errors import UnreachableError
from segue.testing import (
    FakeDestination,
    MemoryStore,
    Result,
    contract,
    deliver,
    events,
    mappings,
    matching,
    payloads,
    triggers,
)
from segue.trigger import Trigger


DESK = Destination(
    "desk", title="Desk", url="https://desk.test", open_url=True, openapi=Path("api.yaml")
)
FIELDS: JsonObject = {"type": "object"}


@action(DESK, "open", trigger='type = "track"', fields=FIELDS)
def open_ticket(payload: JsonObject) -> Request:
    return Request.post("/tickets", json=payload)


test_shipped = contract(
    segue_actions,
    Path("plugins"),
    events=[{"type": "track", "event": "Complaint"}],
    settings={"desk": {"token": "t"}},
    answers={"desk.open": [Response(404)]},
    skip={"desk.open: it is pure": "it is not"},
    limit=1,
)
assert_type(test_shipped, Callable[..., None])

result = deliver(open_ticket, {"type": "track"}, answers=[404, {"id": 1}, UnreachableError("gone")])
assert_type(result, Result)
assert_type(result.request, Request)
assert_type(result.outcome, Outcome)
deliver("desk.open", {"type": "track"})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

sender: Sender = FakeDestination(Response(200))
store = MemoryStore()

assert_type(payloads(FIELDS), SearchStrategy[dict[str, JsonValue]])
assert_type(mappings(FIELDS), SearchStrategy[dict[str, JsonValue]])
assert_type(events("track"), SearchStrategy[dict[str, JsonValue]])
assert_type(events(schema=FIELDS), SearchStrategy[dict[str, JsonValue]])
assert_type(matching('type = "track"'), SearchStrategy[dict[str, JsonValue]])
assert_type(triggers(), SearchStrategy[Trigger])
