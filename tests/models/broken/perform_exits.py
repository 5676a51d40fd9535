"""It ends the program."""

import sys

from segue import Destination, action, path


DESK = Destination("perform-exits", title="perform-exits", url="https://perform-exits.test")
FIELDS = {"type": "object", "properties": {"id": {"type": "string", "mapping": path("$.userId")}}}


@action(DESK, "put", trigger='type = "track"', fields=FIELDS)
def put(payload: dict[str, object]):
    sys.exit(3)
