"""A console over a data directory of its own, asked page by page without a server."""

import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from segue.console.app import create_app
from segue.console.desk import Desk
from segue.console.reading import Reader
from segue.console.security.headers import HEADERS
from segue.control import Control, Office
from segue.control.client import Local
from segue.plugins import load_plugins
from segue.secrets import MemorySecrets
from segue.server.runtime import open_runtime
from segue.vault import Vault, find_secrets
from segue.workspace import parse_workspace
from segue.workspace.compiler import Compiler
from segue.workspace.versions import history


T = TypeVar("T")

WORKSPACE = """\
version: 1
sources:
  website: {write_key: wk_website}
connections:
  loops:
    destination: loops
    base_url: http://127.0.0.1:9/api/v1
    settings: {apiKey: "s3cret-of-loops"}   # the key of the team
    sources: [website]
    mappings:
      contacts: {action: createOrUpdateContact}
      events: {action: sendEvent}
"""


@dataclass
class Site:
    """A console and what is behind it. ``get`` and ``post`` are what a browser does."""

    folder: Path
    portal: BlockingPortal = field(repr=False)
    office: Office = field(repr=False)
    desk: Desk = field(repr=False)
    app: Any = field(repr=False)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @property
    def file(self) -> Path:
        return self.folder / "segue.yaml"

    def run(self, work: Callable[..., Awaitable[T]], *given: Any) -> T:
        """What an async function gives, in the console's event loop."""
        return self.portal.call(work, *given)

    def get(self, url: str, **headers: str) -> httpx.Response:
        return self.run(self._ask, "GET", url, None, headers)

    def post(self, url: str, form: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """The answer to a form; redirects are not followed."""
        return self.run(self._ask, "POST", url, form or {}, headers)

    async def _ask(self, method: str, url: str, form: Any, headers: dict[str, str]) -> Any:
        transport = httpx.ASGITransport(self.app)
        base = "http://127.0.0.1:8081"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, cookies=self.cookies
        ) as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            answer = await client.request(method, url, data=form, headers=named)
            self.cookies = client.cookies
            return answer


@cache
def installed() -> Any:
    return load_plugins()


@contextmanager
def site(folder: Path, text: str = WORKSPACE, **environ: str) -> Generator[Site]:
    """A console over this workspace and an empty store, while the block runs."""
    file, data = folder / "segue.yaml", folder / "data"
    file.write_text(text)
    catalogue, vault, compiler = installed(), Vault(data, {}), Compiler()

    def parse(text: Any) -> Any:
        values = {**os.environ, **environ}
        given = {"secrets": find_secrets(data, values), "compiler": compiler}
        return parse_workspace(text, catalogue, environ=values, folder=folder, **given)

    def load() -> Any:
        return replace(parse(file.read_text()), file=file)

    with start_blocking_portal() as portal:
        opened = portal.wrap_async_context_manager(open_runtime(data, load))
        with opened as runtime:

            @asynccontextmanager
            async def control() -> Any:
                here: Control = Local(runtime.office)
                yield here

            desk = Desk(
                data=data,
                catalogue=lambda: catalogue,
                reader=Reader(file, parse),
                past=lambda: runtime.store.history,
                control=control,
                tokens=MemorySecrets(),
                clock=runtime.clock.now,
                versions=history(file, data / "versions"),
                vault=vault,
            )
            yield Site(folder, portal, runtime.office, desk, create_app(desk))


def confined(app: Any) -> Any:
    """A console under the content policy that it is served with."""

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        await app(scope, receive, sent)

    return guarded
