"""It writes to what it is given."""

from segue import Destination, Request, action, path


DESK = Destination("perform-mutates", title="perform-mutates", url="https://perform-mutates.test")
FIELDS = {
    "type": "object",
    "properties": {"all": {"type": "object", "mapping": path("$.properties")}},
}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    payload["all"]["spoilt"] = True
    return Request.post("/things", json=payload)
