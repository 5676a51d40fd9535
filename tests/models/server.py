"""Applications on a local port, in a thread."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def served(app: Any, **options: Any) -> Iterator[str]:
    """The address of an application that is served by a thread for as long as this lasts.

    ``options`` are further ones of ``uvicorn.Config``.
    """
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()  # connections queue here until the server is up
        given = {"log_level": "error", "ws": "none", "timeout_graceful_shutdown": 1, **options}
        server = uvicorn.Server(uvicorn.Config(app, **given))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
