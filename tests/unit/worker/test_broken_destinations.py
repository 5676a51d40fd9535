"""A destination whose own functions fail ends its deliveries with a reason, and holds nobody up."""

import pytest
import virtual_time

from segue import Destination, Request, Response, action
from segue.json import encode
from segue.store import Arrival, MemoryStore, NewDelivery, Query
from segue.worker import Worker
from segue.workspace.model import ActionMapping, Connection


FIELDS = {"type": "object", "properties": {}}


def fails(*_):
    raise KeyError("region")


def exits(*_):
    raise SystemExit(3)


@pytest.fixture
def deliver(workspace):
    """``deliver(url, authenticate)`` is what became of a delivery to such a destination."""

    def deliver(url, authenticate):
        desk = Destination("desk", title="Desk", url=url)
        desk.authenticate(authenticate)
        put = action(desk, "put", trigger="all", fields=FIELDS)(lambda: Request.post("/put"))
        connection = Connection("desk", desk, {}, ("web",), (ActionMapping.of(put),))

        async def send(request):
            return Response(200)

        async def go(clock):
            store = MemoryStore(clock=clock.now)
            event = encode({"type": "track", "userId": "ann", "messageId": "m1"})
            arrival = Arrival("web", "ann", "m1", event, (NewDelivery("desk", "put"),))
            await store.queue.append([arrival])
            sender = type("Vendor", (), {"send": staticmethod(send)})()
            async with Worker(store, workspace(connection), sender, clock=clock):
                for _ in range(10):
                    await clock.sleep(60.0)
            (found,) = (await store.history.search(Query())).items
            return found

        return virtual_time.run(go)

    return deliver


@pytest.mark.parametrize(
    ("url", "authenticate", "said"),
    [
        (fails, None, "KeyError: 'region' (test_broken_destinations.py:"),
        (lambda settings: None, None, "the url of desk is NoneType, not text"),
        (
            lambda settings: "ftp://x",
            None,
            "ValueError: the URL 'ftp://x/put' is not http or https",
        ),
        ("https://desk.test", fails, "KeyError: 'region' (test_broken_destinations.py:"),
        ("https://desk.test", exits, "SystemExit: 3 (test_broken_destinations.py:"),
        (
            "https://desk.test",
            lambda request, settings: "signed",
            "authenticate of desk returned str, not a Request",
        ),
    ],
    ids=["url fails", "no url", "odd url", "authenticate fails", "exits", "no request"],
)
def test_a_destination_that_fails_makes_dead_letters_that_say_why(deliver, url, authenticate, said):
    found = deliver(url, authenticate or (lambda request, settings: request))
    assert (found.state, found.code) == ("dead", "INTERNAL")
    assert found.why.startswith(f"desk.put failed: {said}")
