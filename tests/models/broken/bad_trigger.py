"""A trigger with two equals signs."""

from segue import Destination, Request, action, path


DESK = Destination("bad-trigger", title="bad-trigger", url="https://bad-trigger.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type == "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)
