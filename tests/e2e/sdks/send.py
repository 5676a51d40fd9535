"""Tell the story with segment-analytics-python: send.py FOLDER URL KEY GZIP; prints what went wrong."""

import json
import sys
from pathlib import Path


folder, url, key, gzip = sys.argv[1:]
sys.path.insert(0, folder)

from segment.analytics import Client  # noqa: E402 from that folder


def said(error, _):
    sys.stdout.write(f"{getattr(error, 'status', '-')} {getattr(error, 'code', error)}\n")


CALLS = {
    "identify": lambda event: client.identify(event["userId"], event["traits"]),
    "track": lambda event: client.track(event["userId"], event["event"], event["properties"]),
    "page": lambda event: client.page(
        event["userId"], name=event["name"], properties=event["properties"]
    ),
    "group": lambda event: client.group(event["userId"], event["groupId"], event["traits"]),
    "alias": lambda event: client.alias(event["previousId"], event["userId"]),
}

client = Client(key, host=url, gzip=gzip == "gzip", on_error=said, upload_interval=0.2)
for event in json.loads(Path(__file__).with_name("story.json").read_text(encoding="utf-8")):
    CALLS[event["type"]](event)
client.shutdown()
