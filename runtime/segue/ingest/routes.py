"""Finding the endpoint of a request. A path that is not there gets an answer, never a redirect."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from segue.errors import suggest
from segue.ingest.answers import Refusal


Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

Routes: TypeAlias = Mapping[str, Mapping[str, Endpoint]]
"""Path, as starlette writes them, to method to endpoint: ``{"/v1/track": {"POST": …}}``."""


class Table:
    """Routes, looked up: those without parameters in one step."""

    def __init__(self, routes: Routes) -> None:
        self._fixed = {path: methods for path, methods in routes.items() if "{" not in path}
        self._open = [
            (compile_path(path)[0], methods) for path, methods in routes.items() if "{" in path
        ]

    def find(self, request: Request) -> Endpoint:
        """The endpoint; raises Refusal with 404 or 405. A slash at the end of a path is nothing."""
        path = request.scope["path"].rstrip("/")
        methods = self._fixed.get(path) or self._match(request, path)
        found = methods.get("GET" if request.method == "HEAD" else request.method)
        if found is None:
            raise _unsuitable(request.method, methods)
        return found

    def _match(self, request: Request, path: str) -> Mapping[str, Endpoint]:
        for pattern, methods in self._open:
            if found := pattern.match(path):
                request.scope["path_params"] = found.groupdict()
                return methods
        hint = suggest(path, self._fixed)
        why = "there is nothing at this path" + (f"; {hint}" if hint else "")
        raise Refusal(404, "not_found", why)


def _unsuitable(method: str, methods: Mapping[str, Endpoint]) -> Refusal:
    allowed = ", ".join([*methods, "OPTIONS"])
    why = f"this path takes {allowed}, not {method}"
    return Refusal(405, "method_not_allowed", why, headers={"allow": allowed})
