"""It sends 40 MB for one event."""

from segue import Destination, Request, action, path


DESK = Destination("giant-body", title="giant-body", url="https://giant-body.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json={"text": "x" * 40_000_000})
