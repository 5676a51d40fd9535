"""Its body holds itself."""

from segue import Destination, Request, action, path


DESK = Destination("endless-body", title="endless-body", url="https://endless-body.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    payload["self"] = payload
    return Request.post("/things", json=payload)
