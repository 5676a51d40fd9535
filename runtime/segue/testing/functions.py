"""The promises of function files: what their handlers make of any good event, run as the runtime runs them."""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Final, TypeAlias

import pytest

from segue import samples
from segue.context import Context
from segue.destination import Settings
from segue.errors import DeliveryError
from segue.functions.host import Call, Host, Role
from segue.functions.launch import Limits
from segue.functions.offering import FunctionAction, context_data
from segue.functions.process import CRASHED
from segue.functions.results import BAD, MEMORY, TIMEOUT
from segue.http import Request, Response
from segue.json import JsonObject, script
from segue.outcome import Outcome, fault
from segue.testing.answering import STEPS, answers
from segue.testing.breaking import BrokenError
from segue.testing.drawing import draw, search
from segue.testing.strategies.events import events
from segue.testing.subject import FINISHES, made_settings, settled


OWNER: Final = "crm"
FEW: Final = 4

STUCK: Final = frozenset({TIMEOUT, MEMORY, CRASHED})

Trial: TypeAlias = Callable[["Bench", JsonObject], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """What one call made: requests, an event, or what became of it otherwise."""

    requests: tuple[Request, ...] = ()
    event: JsonObject | None = None
    outcome: Outcome | None = None

    @property
    def code(self) -> str:
        """The code of an outcome that the handler did not reach by returning."""
        return "" if self.outcome is None else self.outcome.code


@dataclass(frozen=True)
class FunctionSubject:
    """A handler, with events to try it with; ``own`` are the author's."""

    action: FunctionAction
    own: Sequence[JsonObject]
    given: Settings | None
    answers: Sequence[Response]
    limit: float
    _roles: list[Role] = field(default_factory=list[Role], repr=False, compare=False)

    @property
    def name(self) -> str:
        """What the checks are called after."""
        return str(self.action.name)

    @property
    def type(self) -> str:
        """The type of its events."""
        return self.action.handler.name.removeprefix("on_")

    @cached_property
    def settings(self) -> Settings:
        """The author's settings, else some that are made."""
        return made_settings(self.action.destination) if self.given is None else self.given

    @cached_property
    def pool(self) -> list[JsonObject]:
        """Events of its type: the author's, a sample, then any, as they arrive."""
        known = [*map(settled, [*self.own, *samples.by_type().values()])]
        mine = [one for one in known if one["type"] == self.type]
        return [*mine, *map(settled, draw(events(self.type)))]

    def role(self, bench: "Bench") -> Role:
        """Whether it delivers events, or makes others of them: that is what it returns for one of them."""
        if not self._roles:
            made = (bench.run(one, role="transform") for one in self.pool[:FEW])
            self._roles.append(
                "transform" if any(one.event is not None for one in made) else "deliver"
            )
        return self._roles[0]


class Bench:
    """A process for a function, in which one event after the other is tried."""

    def __init__(self, subject: FunctionSubject, runner: asyncio.Runner, host: Host) -> None:
        self._subject, self._runner, self._host = subject, runner, host

    def run(
        self,
        event: JsonObject,
        *,
        role: Role | None = None,
        answers: Sequence[Response] | None = None,
        process: str = "",
    ) -> Ran:
        """What the handler makes of an event; of a generator as far as there are answers.

        ``process`` names another one than usual. Skips the check if it hangs.
        """
        made = self.ask(event, role=role, answers=answers, process=process)
        if made.code in STUCK:
            pytest.skip(f'it hangs; see the check "{FINISHES}"')
        return made

    def ask(
        self,
        event: JsonObject,
        *,
        role: Role | None = None,
        answers: Sequence[Response] | None = None,
        process: str = "",
    ) -> Ran:
        """What it makes of an event, or that it hangs."""
        subject, action = self._subject, self._subject.action
        context = Context(
            source="web",
            connection=OWNER,
            mapping=str(action.slug),
            message_id=str(event.get("messageId")),
            received_at=str(event.get("receivedAt")),
        )
        arguments: JsonObject = {
            "event": event,
            "settings": subject.settings,
            "context": context_data(context),
        }
        known = role or subject.role(self)
        call = Call(action.file, action.handler, OWNER + process, arguments, role=known)
        return self._runner.run(self._ask(call, subject.answers if answers is None else answers))

    async def _ask(self, call: Call, answers: Sequence[Response]) -> Ran:
        made, told = self._host.script(call), iter(answers)
        requests: list[Request] = []
        answer: Response | None = None
        try:
            while (request := await made.ask(answer)) is not None:
                requests.append(request)
                answer = next(told, None)
                if answer is None or not (answer.ok or answer.status in request.accept):
                    break
        except DeliveryError as error:
            return Ran(tuple(requests), outcome=fault(error))
        finally:
            made.close()
        return Ran(tuple(requests), made.event)


@contextmanager
def bench(subject: FunctionSubject) -> Generator[Bench]:
    """Processes for a function while the block runs."""
    with asyncio.Runner() as runner:
        host = Host(Limits(seconds=subject.limit))
        try:
            yield Bench(subject, runner, host)
        finally:
            runner.run(host.close())


def explore(subject: FunctionSubject, trial: Trial) -> None:
    """Try known events, then any; where one breaks a promise, look for a smaller one that does."""
    with bench(subject) as one:
        for event in subject.pool:
            try:
                trial(one, event)
            except BrokenError:
                search(events(subject.type).map(settled), lambda event: trial(one, event))
                raise


def runs(subject: FunctionSubject) -> bool:
    """Whether a handler can be run here: what is async sends by itself."""
    return subject.action.kind != "async"


def yields(subject: FunctionSubject) -> bool:
    """Whether it asks for one request after the other."""
    return subject.action.kind == "generator"


def described(subject: FunctionSubject) -> None:
    """The file says what it is."""
    title = subject.action.destination.title
    if title == subject.action.file.path.stem:
        name = subject.action.file.path.name
        raise BrokenError(f"{name} has no docstring", "Its first line is its title.")


def takes(subject: FunctionSubject) -> None:
    """Any event of its type is taken, or refused with one of the errors that are for it."""

    def trial(bench: Bench, event: JsonObject) -> None:
        made = bench.run(event)
        if made.code == BAD:
            assert made.outcome is not None
            raise BrokenError(made.outcome.why, _TAKES, ("event", event))

    explore(subject, trial)


_TAKES: Final = (
    "Events come as they were sent: look whether what you read is there, and raise InvalidEventPayload or "
    "EventNotSupported for what is of no use."
)


def finishes(subject: FunctionSubject) -> None:
    """No step takes longer than the limit, or ends the process. No smaller event is looked for: that takes long."""
    with bench(subject) as one:
        for event in subject.pool:
            made = one.ask(event, role="deliver")
            if made.code in STUCK:
                assert made.outcome is not None
                raise BrokenError(made.outcome.why, _FINISHES, ("event", event))


_FINISHES: Final = "The event would be tried again and again, and those behind it would wait."


def repeats(subject: FunctionSubject) -> None:
    """A generator asks the same again for the same event and answers, in another process too."""

    def trial(bench: Bench, event: JsonObject) -> None:
        first, *others = (bench.run(event, process=one) for one in ("", "", "-2"))
        for other in others:
            if [*map(_spelled, first.requests)] != [*map(_spelled, other.requests)]:
                what = "the same event makes another request a second time"
                raise BrokenError(what, _REPEATS, ("event", event))

    explore(subject, trial)


_REPEATS: Final = (
    "A retry runs it again. What it asks for may depend on nothing but its event, its settings and the "
    "answers: no state between calls, no clock, no random ids (context.idempotency_key is one)."
)


def sendable(subject: FunctionSubject) -> None:
    """Its requests have a URL that they can be sent to."""

    def trial(bench: Bench, event: JsonObject) -> None:
        for request in bench.run(event).requests:
            try:
                subject.action.destination.sign(request, subject.settings)
            except DeliveryError as error:
                raise BrokenError(str(error), _SENDABLE, ("event", event)) from None

    explore(subject, trial)


_SENDABLE: Final = 'Quote what you put into a path: urllib.parse.quote(value, safe="").'


def copes(subject: FunctionSubject) -> None:
    """A generator goes on, ends, or says what becomes of the event, whatever it is answered."""
    with bench(subject) as one:
        for answer, event in product(answers(), subject.pool[:FEW]):
            made = one.run(event, answers=(answer,) * STEPS)
            if made.code == BAD and made.requests:
                assert made.outcome is not None
                raise BrokenError(
                    f"{made.outcome.why} when it was answered {answer.status} {answer.text or 'without a body'}",
                    "Look whether what you read is there, and raise RetryError if it is not.",
                    ("event", event),
                )


def _spelled(request: Request) -> str:
    body = script(request.json) if request.json is not None else repr(request.body)
    return f"{request.method} {request.url} {dict(request.params)} {dict(request.headers)} {body}"
