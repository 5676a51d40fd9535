"""The destination is not at the top of a module."""

from segue import Destination, Request, action, path


DESK = Destination("lost", title="lost", url="https://lost.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)


DESK = None
