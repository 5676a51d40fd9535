"""It counts on a field that may be missing."""

from segue import Destination, Request, action, path


DESK = Destination("perform-raises", title="perform-raises", url="https://perform-raises.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post(f"/things/{payload['email']}")
