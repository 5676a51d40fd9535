"""A plugin with one action for each promise that a plugin may break."""

import copy
import itertools
import logging
import os
import random
import socket
import subprocess
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NotRequired, TypedDict

from segue import (
    Context,
    Destination,
    JsonObject,
    Person,
    RefusedError,
    Request,
    Settings,
    Steps,
    action,
    path,
)


SETTINGS: JsonObject = {
    "type": "object",
    "required": ["token"],
    "properties": {"token": {"type": "string", "title": "Token", "writeOnly": True}},
}
OPENAPI: JsonObject = {
    "openapi": "3.1.0",
    "paths": {
        "/items/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer"}}],
            "put": {"parameters": [{"name": "mode", "in": "query", "required": True}]},
        },
        "/things": {"post": {"requestBody": {"content": {"application/json": {}}}}},
        "/items": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/Item"}}},
                }
            }
        },
    },
    "components": {
        "Item": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "maxLength": 5, "nullable": True}},
        }
    },
}

HOSTILE = Destination(
    "hostile",
    title="Hostile",
    url="https://api.hostile.example/v1",
    settings=SETTINGS,
    openapi=OPENAPI,
)
OPEN = Destination("open", title="Open", url="https://open.example", open_url=True)
UNTITLED = Destination(
    "untitled",
    title=" ",
    url="https://u.example",
    settings={"type": "object", "properties": {"region": {"type": "string"}}},
)
FRAGILE = Destination("fragile", title="Fragile", url="https://f.example")
UNSOUND = Destination("un sound", title="Unsound", url="https://u.example")


@HOSTILE.authenticate
def authenticate(request: Request, settings: Settings) -> Request:
    return request.with_headers({"X-Hostile": str(settings["token"])[::-1]})


@HOSTILE.on_delete
def forget(user: Person) -> Request:
    return Request.delete(f"/people/{user.user_id or user.anonymous_id}")


@FRAGILE.on_delete
def forget_some(user: Person) -> Request:
    return Request.delete("/people", params={"id": user.user_id.lower()})


FIELDS: JsonObject = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "title": "ID", "minLength": 1, "mapping": path("$.userId")},
        "note": {"type": "string", "title": "Note", "mapping": path("$.properties.plan")},
        "count": {"type": "integer", "title": "Count", "minimum": 0, "maximum": 9},
        "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}},
    },
}


def declare(slug, *, destination=HOSTILE, trigger='type = "track"', fields=FIELDS, title=None):
    return action(destination, slug, trigger=trigger, fields=fields, title=title)


def field(**keywords):
    """The fields, with other keywords in `note`."""
    properties = {**FIELDS["properties"], "note": {**FIELDS["properties"]["note"], **keywords}}
    return {**FIELDS, "properties": properties}


def post(payload: JsonObject) -> Request:
    return Request.post("/items", json=dict(payload))


# What can be seen without running anything


@declare("misspelt", fields=field(maxLenght=5))
def misspelt(payload):
    """A keyword that is none."""
    return post(payload)


@declare("bad slug")
def bad_slug(payload):
    """A slug with a space."""
    return post(payload)


@declare("badTrigger", trigger='type == "track"')
def bad_trigger(payload):
    """A trigger that does not parse."""
    return post(payload)


@declare("badMapping", fields=field(mapping={"@pth": "$.event"}))
def bad_mapping(payload):
    """A directive that is none."""
    return post(payload)


@declare("asksForMore")
def asks_for_more(payload, contxt):
    """A parameter that nobody offers."""
    return post(payload)


@declare("unexplained")
def unexplained(payload):
    return post(payload)


@declare("untitledField", fields=field(title=""))
def untitled_field(payload):
    """A field without a title."""
    return post(payload)


@declare("untitled", title=" ")
def untitled(payload):
    """An empty title."""
    return post(payload)


@declare("unreachable", trigger='type = "Track" or (event = "A" and event = "B")')
def unreachable(payload):
    """A trigger that nothing matches."""
    return post(payload)


@declare("readsNothing", fields=field(mapping=path("$.propertis.plan")))
def reads_nothing(payload):
    """A mapping of what no event has."""
    return post(payload)


@declare("unmapped", fields={**FIELDS, "required": ["id", "count"]})
def unmapped(payload):
    """A required field that nothing is mapped to."""
    return post(payload)


class Payload(TypedDict):
    id: NotRequired[str]
    note: str
    count: NotRequired[str]
    tgas: NotRequired[list[str]]


@declare("mistyped")
def mistyped(payload: Payload) -> Request:
    """A TypedDict that says something else."""
    return post(payload)


@declare("preset")
def preset(payload):
    """A preset that nothing triggers."""
    return post(payload)


preset.preset("Vips", trigger="false")


# What happens with some payloads


@declare("demanding")
def demanding(payload):
    """Reads a field that may be missing."""
    return Request.post("/items", json={"note": payload["note"]})


@declare("makesNone")
def makes_none(payload):
    """Returns something else."""
    return {"url": "/items"}


@declare("makesNothing")
def makes_nothing(payload) -> Steps:
    """Yields nothing for some."""
    if "tags" not in payload:
        yield post(payload)


@declare("trusting")
def trusting(payload) -> Steps:
    """Takes for granted what it is answered."""
    found = yield post(payload)
    yield post({"id": found.json()["id"]})


@declare("refuses")
def refuses(payload):
    """Refuses what the fields allow."""
    if payload.get("count", 0) > 4:
        raise RefusedError("at most 4")
    return post(payload)


@declare("endless")
def endless(payload):
    """Does not end for some."""
    left = payload.get("count", 0)
    while left > 2:
        left = left * 1
    return post(payload)


@declare("clock")
def clock(payload):
    """Looks at the clock."""
    return post({**payload, "at": datetime.now(UTC).isoformat()})


@declare("chance")
def chance(payload):
    """Draws a random id."""
    return post({**payload, "at": str(uuid.uuid4())})


@declare("dice")
def dice(payload):
    """Draws a random number."""
    return post({**payload, "at": random.random()})


@declare("file")
def file(payload):
    """Reads a file."""
    return post({**payload, "at": Path("/etc/hostname").read_text()})


@declare("network")
def network(payload):
    """Opens a connection, and hides that it was not allowed to."""
    with suppress(Exception):
        socket.create_connection(("127.0.0.1", 9))
    return post(payload)


@declare("environment")
def environment(payload):
    """Reads the environment."""
    return post({**payload, "at": os.environ.get("HOME")})


@declare("process")
def process(payload):
    """Starts a process."""
    return post({**payload, "at": subprocess.check_output(["id"])})


@declare("thread")
def thread(payload):
    """Starts a thread."""
    threading.Thread(target=print).start()
    return post(payload)


@declare("sleeper")
def sleeper(payload):
    """Sleeps."""
    time.sleep(0.001)
    return post(payload)


@declare("chatty")
def chatty(payload):
    """Prints."""
    print(payload)  # noqa: T201 that is what is wrong with it
    return post(payload)


counter = itertools.count()


@declare("counting")
def counting(payload):
    """Keeps a state."""
    return post({**payload, "at": next(counter)})


@declare("unordered")
def unordered(payload):
    """Sends a set in the order in which it comes."""
    return post({**payload, "tags": list({"red", "green", "blue", "white"})})


@declare("scribbling")
def scribbling(payload):
    """Writes to its payload."""
    payload.pop("note", None)
    return post(payload)


@declare("scrawling")
def scrawling(payload, event, settings):
    """Writes to the event and the settings."""
    event["seen"] = settings["seen"] = True
    return post(payload)


@declare("elsewhere")
def elsewhere(payload):
    """Sends to somebody else."""
    return Request.post("https://api.hostile.example.evil.test/v1/items", json={})


@declare("climbing")
def climbing(payload):
    """Puts a value into the path as it is."""
    return Request.post(f"/items/{payload['id']}", json={})


@declare("anywhere", destination=OPEN)
def anywhere(payload):
    """Takes its URL from a field that may hold anything."""
    return Request.post(payload["id"], json={})


@declare("undated")
def undated(payload):
    """Sends a date as an object."""
    return post({**payload, "at": datetime(2026, 1, 1, tzinfo=UTC)})


@declare("notANumber")
def not_a_number(payload):
    """Sends what JSON cannot say."""
    return post({**payload, "at": float("nan")})


@declare("injected")
def injected(payload):
    """Puts a value into a header."""
    return Request.post("/items", json={}, headers={"X-Note": payload.get("note", "")})


@declare("half")
def half(payload):
    """Says JSON and sends something else."""
    return Request.post("/items", body=b"{", headers={"Content-Type": "application/json"})


@declare("disordered")
def disordered(payload):
    """Its batch is in another order."""
    return post(payload)


@disordered.batch(max_items=50)
def disordered_batch(payloads):
    return Request.post("/items", json={"items": list(reversed([dict(one) for one in payloads]))})


@declare("forgetful")
def forgetful(payload):
    """Its batch leaves out a field."""
    return post(payload)


@forgetful.batch(max_items=50)
def forgetful_batch(payloads):
    bodies = [{key: one[key] for key in one if key != "note"} for one in payloads]
    return Request.post("/items", json={"items": bodies})


@declare("endlessBatch")
def endless_batch(payload):
    """Its batch does not end."""
    return post(payload)


@endless_batch.batch(max_items=50)
def endless_batches(payloads):
    while payloads:
        pass


@declare("lumping")
def lumping(payload):
    """Its batch has no items."""
    return post(payload)


@lumping.batch(max_items=50)
def lumping_batch(payloads):
    return Request.post("/items", json={"count": len(payloads)})


@declare("faithful")
def faithful(payload, context: Context):
    """Keeps all its promises; it is in bad company."""
    return Request.post("/things", json={"version": 1, "item": {"name": payload["id"][:5]}})


@faithful.batch(max_items=50, keys=("count",))
def faithful_batch(payloads):
    items = [{"seq": 0, "data": {"name": one["id"][:5]}} for one in copy.deepcopy(payloads)]
    return Request.post(
        "/items", json={"version": 1, "batch": [{"item": one["data"]} for one in items]}
    )


@declare("leaking")
def leaking(payload, settings: Settings):
    """Puts a secret into the body."""
    return post({**payload, "token": settings["token"]})


@declare("telling")
def telling(payload, settings: Settings):
    """Logs a secret."""
    logging.getLogger("hostile").info("using %s", settings["token"])
    return post(payload)


@declare("undocumented")
def undocumented(payload):
    """Calls what the document does not know."""
    return Request.post("/itemz", json={})


@declare("wrongMethod")
def wrong_method(payload):
    """Calls it otherwise."""
    return Request.delete("/items")


@declare("wrongBody")
def wrong_body(payload):
    """Sends what the document refuses."""
    return Request.post("/items", json={"name": payload["id"]})


@declare("wrongParameter")
def wrong_parameter(payload):
    """Leaves out a parameter, and gives another the wrong type."""
    return Request.put("/items/first")


@declare("hooked", destination=OPEN, fields=field(format="uri", pattern="^https?://[^/ ]+/"))
def hooked(payload):
    """Keeps its promises where people choose the URL."""
    return Request.post(payload.get("note", "https://hooks.example/"), json={})
