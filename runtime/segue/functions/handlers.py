"""A function file, loaded: what it offers, and calling it. Runs in the child."""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final, Literal, TypeAlias, TypedDict, cast

from segue.arguments import bind
from segue.context import Context
from segue.errors import AuthorError, suggest
from segue.functions.cache import Cache
from segue.functions.frames import Frame


EVENTS: Final = ("track", "identify", "page", "screen", "group", "alias")
HANDLERS: Final = (*(f"on_{one}" for one in EVENTS), "on_delete", "on_batch")

OFFERED: Final = ("event", "settings", "context", "client")
BATCH_OFFERED: Final = ("events", "settings", "contexts", "client")

BATCH_SIZE: Final = 20
BATCH_WAIT: Final = 10.0
"""So many events go to on_batch at once, as at Segment; they wait up to so many seconds for others."""

Kind: TypeAlias = Literal["pure", "generator", "async"]
Handle: TypeAlias = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True, slots=True)
class FunctionContext(Context):
    """Where an event comes from, and the function's cache.

    The cache is that of one process: of one function in one connection. It is empty after a restart.
    """

    cache: Cache = field(default_factory=Cache)


class Told(TypedDict):
    """A context as the runtime tells it."""

    source: str
    connection: str
    mapping: str
    message_id: str
    received_at: str
    replay: int


@dataclass(frozen=True, slots=True)
class Module:
    """A function file, loaded. ``handles`` are its handlers, ready to be called by name."""

    path: str
    module: ModuleType
    handles: Mapping[str, Handle]
    cache: Cache

    @classmethod
    def load(cls, path: str, source: str) -> "Module":
        """Run the file, once. Raises whatever it raises, and AuthorError."""
        module = ModuleType(f"segue_function_{Path(path).stem}")
        module.__file__ = path
        sys.modules[module.__name__] = module
        exec(compile(source, path, "exec"), vars(module))  # noqa: S102 it is the user's own code, in a process of its own
        handles = {name: bind(*_signature(name, one)) for name, one in _handlers(module)}
        return cls(path, module, handles, Cache())

    def describe(self) -> Frame:
        """What the runtime needs to know of it."""
        document = inspect.getdoc(self.module) or ""
        title, _, rest = document.partition("\n")
        return {
            "title": title.rstrip("."),
            "description": " ".join(rest.split()),
            "settings": vars(self.module).get("SETTINGS"),
            "url": vars(self.module).get("URL"),
            "batch_size": vars(self.module).get("BATCH_SIZE", BATCH_SIZE),
            "batch_wait": vars(self.module).get("BATCH_WAIT", BATCH_WAIT),
            "handlers": {name: _description(one) for name, one in _handlers(self.module)},
            "problems": [*_problems(self.module)],
        }

    def call(self, name: str, arguments: Mapping[str, object]) -> object:
        """What a handler returns: a value, a generator or a coroutine."""
        return self.handles[name](self._offer(arguments))

    def where(self, error: BaseException, name: str) -> str:
        """The place in this file that an error of a handler is from: "crm.py:12 in on_track"."""
        causes = (error, error.__cause__)  # of a timeout, where it was cut short
        traces = [traceback.extract_tb(one.__traceback__) for one in causes if one is not None]
        own = [frame for trace in traces for frame in trace if frame.filename == self.path]
        if own:
            return place(self.path, own[-1].lineno, own[-1].name)
        code = getattr(vars(self.module)[name], "__code__", None)
        return place(self.path, getattr(code, "co_firstlineno", None), name)

    def _offer(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        offer: dict[str, object] = dict(arguments)
        if "context" in arguments:
            offer["context"] = self._context(arguments["context"])
        if "contexts" in arguments:
            several = cast("Sequence[object]", arguments["contexts"])
            offer["contexts"] = [self._context(one) for one in several]
        return offer

    def _context(self, data: object) -> FunctionContext:
        return FunctionContext(**cast("Told", data), cache=self.cache)


def place(path: str, line: int | None, function: str) -> str:
    """A place in a file, as messages name it."""
    return f"{Path(path).name}:{line} in {function}"


def why(error: BaseException) -> str:
    """An error in one line: its type, and what it says."""
    said = " ".join(str(error).split())[:500]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _handlers(module: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    for name in HANDLERS:
        found = vars(module).get(name)
        if callable(found):
            yield name, found


def _signature(
    name: str, handler: Callable[..., object]
) -> tuple[Callable[..., object], Sequence[str]]:
    if inspect.isasyncgenfunction(handler):
        raise AuthorError(f"{name}() is async and yields; it may do one of the two")
    return handler, BATCH_OFFERED if name == "on_batch" else OFFERED


def _description(handler: Callable[..., object]) -> Frame:
    code = getattr(handler, "__code__", None)
    return {
        "kind": _kind(handler),
        "line": getattr(code, "co_firstlineno", None),
        "about": inspect.getdoc(handler) or "",
    }


def _kind(handler: Callable[..., object]) -> Kind:
    if inspect.iscoroutinefunction(handler):
        return "async"
    return "generator" if inspect.isgeneratorfunction(handler) else "pure"


def _problems(module: ModuleType) -> Iterator[str]:
    """What is there and cannot be meant."""
    names = {name for name, one in vars(module).items() if callable(one) and name[:3] == "on_"}
    for name in sorted(names - {*HANDLERS}):
        hint = suggest(name, HANDLERS) or f"they are {', '.join(HANDLERS)}"
        yield f"{name}() is no handler; {hint}"
    if names.isdisjoint(HANDLERS):
        yield f"it has no handler; write one of {', '.join(HANDLERS[:3])}, …"
    elif names & {*HANDLERS} == {"on_batch"}:
        yield "on_batch alone is never called; write a handler for each type too, such as on_track"
