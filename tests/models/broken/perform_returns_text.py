"""It makes a URL instead of a request."""

from segue import Destination, action, path


DESK = Destination(
    "perform-returns-text", title="perform-returns-text", url="https://perform-returns-text.test"
)
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    return "/things"
