"""Its path climbs out of the base URL."""

from segue import Destination, Request, action, path


DESK = Destination("wrong-url", title="wrong-url", url="https://wrong-url.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/../admin", json=payload)
