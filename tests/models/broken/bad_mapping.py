"""The directive of a default mapping is misspelt."""

from segue import Destination, Request, action


DESK = Destination("bad-mapping", title="bad-mapping", url="https://bad-mapping.test")
FIELDS = {
    "type": "object",
    "properties": {"id": {"type": "string", "mapping": {"@pth": "$.userId"}}},
}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)
