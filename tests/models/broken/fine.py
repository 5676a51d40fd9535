"""Nothing is wrong with this one."""

from segue import Destination, Request, action, path


DESK = Destination("fine", title="fine", url="https://fine.test")
FIELDS = {
    "type": "object",
    "properties": {"all": {"type": "object", "mapping": path("$.properties")}},
}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return Request.post("/things", json=payload)
