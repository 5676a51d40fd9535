"""A function file as a destination: one action for each handler, triggered by its type of event."""

from collections.abc import Mapping, Sequence
from typing import Final

from segue.actions import Action, Batch
from segue.context import Context
from segue.destination import Destination, Person, Settings
from segue.errors import AuthorError, RefusedError
from segue.functions.handlers import EVENTS
from segue.functions.host import Call
from segue.functions.masking import unmask
from segue.functions.model import FunctionFile, Handler
from segue.functions.results import BAD
from segue.http import Request
from segue.json import JsonObject, JsonValue


NO_FIELDS: Final[JsonObject] = {"type": "object", "additionalProperties": False, "properties": {}}

BYTES: Final = 4_000_000


class FunctionDestination(Destination):
    """A function file as a destination."""

    def __init__(self, file: FunctionFile) -> None:
        super().__init__(
            file.slug,
            title=file.title,
            url=file.url,
            description=file.description,
            settings=file.settings,
        )
        self.file = file

    @property
    def forgets(self) -> bool:
        """Whether it can delete a person."""
        return "on_delete" in self.file.handlers

    def forgetting(
        self, user: Person, connection: str, settings: Settings, secrets: tuple[str, ...]
    ) -> Call | None:
        """The call that deletes a person, None where the function cannot."""
        handler = self.file.handlers.get("on_delete")
        if handler is None:
            return None
        ids = {"userId": user.user_id, "anonymousId": user.anonymous_id}
        event = {"type": "delete", **{name: one for name, one in ids.items() if one is not None}}
        context = context_data(Context(connection=connection))
        arguments = {"event": event, "settings": settings, "context": context}
        return Call(self.file, handler, connection, arguments, secrets=secrets)

    def sign(
        self,
        request: Request,
        settings: Settings,
        *,
        base: str | None = None,
        token: str | None = None,
    ) -> Request:
        """The request as it is sent: absolute, with the settings' values where their names are.

        Raises RefusedError for one that cannot be sent.
        """
        try:
            return super().sign(unmask(request, settings), settings, base=base, token=token)
        except ValueError as error:
            hint = '; a path needs URL = "https://…" in the file, or base_url in the connection'
            why = f"{self.file.path.name}: {error}{hint if request.url.startswith('/') else ''}"
            raise RefusedError(why, code=BAD) from None


class FunctionAction(Action[[], object]):
    """A handler as an action. Its events come as they are; there is nothing to map."""

    def __init__(self, destination: FunctionDestination, event: str, handler: Handler) -> None:
        super().__init__(
            destination,
            f"on{event.capitalize()}",
            _elsewhere,
            fields=NO_FIELDS,
            trigger=f'type = "{event}"',
            title=f"On {event}",
        )
        self.file, self.handler = destination.file, handler
        self.kind = handler.kind
        self.description = handler.about
        self._many = self.file.handlers.get("on_batch")
        if self._many is not None:
            size, wait = self.file.batch_size, self.file.batch_wait
            self.batches = Batch(_elsewhere, size, BYTES, wait, (), ordered=False)

    @property
    def sends_together(self) -> bool:
        """Whether on_batch sends its requests itself."""
        return self._many is not None and self._many.kind == "async"

    def single(
        self, event: JsonObject, settings: Settings, context: Context, secrets: tuple[str, ...]
    ) -> Call:
        """The call for one event."""
        arguments = {"event": event, "settings": settings, "context": context_data(context)}
        return Call(self.file, self.handler, context.connection, arguments, secrets=secrets)

    def several(
        self,
        events: Sequence[JsonObject],
        settings: Settings,
        contexts: Sequence[Context],
        secrets: tuple[str, ...],
    ) -> Call:
        """The call of on_batch."""
        assert self._many is not None
        told = [context_data(one) for one in contexts]
        arguments: JsonObject = {"events": events, "settings": settings, "contexts": told}
        owner = contexts[0].connection
        return Call(self.file, self._many, owner, arguments, count=len(events), secrets=secrets)


def offer(file: FunctionFile) -> tuple[FunctionDestination, tuple[FunctionAction, ...]]:
    """The destination of a function file, and its actions."""
    destination = FunctionDestination(file)
    handlers = ((event, file.handlers.get(f"on_{event}")) for event in EVENTS)
    return destination, tuple(
        FunctionAction(destination, event, one) for event, one in handlers if one is not None
    )


def context_data(context: Context) -> Mapping[str, JsonValue]:
    """A context as it goes to the process."""
    return {
        "source": context.source,
        "connection": context.connection,
        "mapping": context.mapping,
        "message_id": context.message_id,
        "received_at": context.received_at,
        "replay": context.replay,
    }


def _elsewhere() -> Request:
    """What stands in for a handler where there is no process to run it."""
    raise AuthorError("a function runs in a process of its own, not here")
