"""A slug with a space."""

from segue import Destination, Request, action, path


DESK = Destination("bad slug", title="bad slug", url="https://bad-slug.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)
