"""Peers that are slow: senders that never finish, a destination that answers a byte at a time."""

import asyncio
import json
import socket
from base64 import b64encode
from contextlib import ExitStack

import httpx
import pytest
from running import KEY, WORKSPACE, until


SENDERS = 300


def track(name):
    context = {"traits": {"email": "ada@example.com"}}
    return {"type": "track", "userId": "u1", "event": name, "messageId": name, "context": context}


def posted(event):
    """A request as bytes, cut in the middle of its body."""
    body = json.dumps(event).encode()
    head = (
        "POST /v1/track HTTP/1.1\r\nHost: segue\r\nConnection: close\r\n"
        f"Authorization: Basic {b64encode(f'{KEY}:'.encode()).decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[:20], body[20:]


def received(team):
    return [one.event for one in team.receipts]


def test_senders_that_do_not_finish_keep_nobody_waiting_and_may_finish_later(start, team):
    running = start()
    url = httpx.URL(running.url)
    with ExitStack() as ends:
        for number in range(SENDERS):
            line = ends.enter_context(socket.create_connection((url.host, url.port), timeout=20))
            first, rest = posted(track(f"Slow {number}"))
            line.sendall(first)
        assert running.send(track("Quick")).status_code == 200
        until(lambda: received(team) == ["Quick"])
        line.sendall(rest)
        assert line.recv(4096).startswith(b"HTTP/1.1 200 ")
        until(lambda: received(team) == ["Quick", f"Slow {SENDERS - 1}"])
    assert running.http.get("/readyz").status_code == 200


async def dribble(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(0.05)


@pytest.fixture
def folder(folder, serve):
    """A second connection, to a destination that never finishes its answers."""
    _, _, loops = WORKSPACE.partition("connections:\n")
    slow = loops.replace("loops:\n", "slow:\n").replace("${LOOPS_URL}", serve(dribble))
    (folder / "segue.yaml").write_text(WORKSPACE + slow)
    return folder


def test_a_destination_that_dribbles_costs_another_nothing(start, team, ask):
    running = start()
    names = [f"Step {number}" for number in range(8)]
    running.send(*map(track, names))
    until(lambda: received(team) == names)
    stats = {one["connection"]: one for one in ask("stats")}
    assert (stats["loops"]["firstTry"], stats["slow"]["firstTry"]) == (8, 0)
