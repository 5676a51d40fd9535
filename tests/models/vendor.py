"""The Loops sandbox in a process of its own, which says what it is asked and what it ends with.

    python vendor.py '{"rate": 400, "seed": 1, "faults": "5xx=0.1"}'

takes options of ``create_app``. On stdout comes its address, then a line for each request that has
ended, and at the end of its stdin all that it holds. What is asked below ``/7/`` is done like any
other, and told with the life 7.
"""

import asyncio
import json
import socket
import sys
from itertools import count

import uvicorn

from segue_actions.loops.sandbox import create_app


class Wire:
    """ASGI around the sandbox: numbers requests in the order in which they take effect."""

    def __init__(self, app):
        self.app, self.numbers = app, count()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        whole = [await receive()]
        while whole[-1].get("more_body"):
            whole.append(await receive())
        _, life, path = scope["path"].split("/", 2)
        exchange = {"number": next(self.numbers), "life": int(life), "status": None}
        exchange |= named(json.loads(b"".join(one.get("body", b"") for one in whole)))

        async def listen():
            return whole.pop(0) if whole else await receive()

        async def tell(message):
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                exchange["fault"] = headers.get(b"x-sandbox-fault", b"").decode()
                exchange["status"] = message["status"]
            await send(message)

        await self.app({**scope, "path": f"/{path}"}, listen, tell)
        say(exchange)


def named(body):
    """Whose request it is, and which of theirs."""
    step = body.get("favoriteNumber", body.get("eventProperties", {}).get("step"))
    return {"user": body["userId"], "step": step}


def held(team):
    """Contacts by user, but for ids and times, and events in the order in which they came."""
    contacts = {one.user_id: {**one.values, "createdAt": None} for one in team.audience.all()}
    events = [[one.email, one.event, one.properties] for one in team.receipts]
    counts = {one.name: one.count for one in team.events.values()}
    return {"contacts": contacts, "events": events, "counts": counts}


def say(value):
    print(json.dumps(value), flush=True)  # noqa: T201 it is spoken to by its output


async def main(**options):
    app = create_app(history=10**9, **options)
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Wire(app), log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    say(f"http://127.0.0.1:{door.getsockname()[1]}")
    serving = asyncio.create_task(server.serve(sockets=[door]))
    await asyncio.to_thread(sys.stdin.read)
    app.state.release()
    server.should_exit = True
    await serving
    say(held(app.state.team))


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
