"""Deliveries that share a request, on the worker."""

import virtual_time

from segue import Delivered, Request, Response, Retry
from segue.json import encode
from segue.store import Arrival, MemoryStore, NewDelivery, Query
from segue.worker import Worker


def worked(workspace, connection, users, send):
    async def go(clock):
        store = MemoryStore(clock=clock.now)
        for number, user in enumerate(users):
            event = {"type": "track", "event": "E", "userId": user, "messageId": f"m{number}"}
            way = NewDelivery("desk", "put")
            await store.queue.append([Arrival("web", user, f"m{number}", encode(event), (way,))])
        sender = type("Vendor", (), {"send": staticmethod(send)})()
        async with Worker(store, workspace(connection), sender, clock=clock):
            while await store.queue.backlog():
                await clock.sleep(1.0)
        found = await store.history.search(Query(), limit=100, oldest_first=True)
        return [(one.code, one.attempts) for one in found.items]

    return virtual_time.run(go)


def test_only_what_failed_in_a_batch_is_tried_again(workspace, connect, put):
    sent = []

    @put.batch(max_items=3, wait=2.0)
    def together(payloads):
        yield Request.post("/batch", json=payloads)
        bad = len(sent) == 1
        return [
            Retry("busy", "BUSY") if bad and one["id"] == "b" else Delivered() for one in payloads
        ]

    async def send(request):
        sent.append([one["id"] for one in request.json])
        return Response(200)

    assert worked(workspace, connect(put), ["a", "b", "c"], send) == [
        ("OK", 1),
        ("OK", 2),
        ("OK", 1),
    ]
    assert sent == [["a", "b", "c"], ["b"]]
