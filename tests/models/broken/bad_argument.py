"""The function asks for what nobody offers."""

from segue import Destination, Request, action, path


DESK = Destination("bad-argument", title="bad-argument", url="https://bad-argument.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(paylod: dict[str, object]):
    return Request.post("/things", json=paylod)
