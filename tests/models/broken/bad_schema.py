"""The type of a field is misspelt."""

from segue import Destination, Request, action, path


DESK = Destination("bad-schema", title="bad-schema", url="https://bad-schema.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "strnig", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)
