"""The process in which a plugin's functions are run: killed when they loop, watched while they run.

Asked over standard input and output with pickles, by ``segue.testing.process`` and nobody else.
"""

import copy
import faulthandler
import io
import logging
import os
import pickle
import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, Final, cast

from segue.actions import Action
from segue.context import Context
from segue.http import Request, Response
from segue.testing.calls import Call, Fault, Made, Ready, Start
from segue.testing.finding import reopen
from segue.testing.guards import Guard, ImpureError
from segue.testing.places import of_error
from segue.testing.plain import plain


CONTEXT: Final = Context(
    source="web",
    connection="crm",
    mapping="mapping",
    received_at="2026-01-01T00:00:00.000Z",
)
_STEPS: Final = 100
"""Requests of one generator that are looked at."""


def main() -> None:
    """Serve calls until nobody asks any more."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a plugin prints may not be read as an answer
    start = cast("Start", pickle.load(asked))  # noqa: S301 who asks is our own parent
    actions, problem = _load(start)
    _tell(answers, Ready(problem))
    worker = Worker(actions)
    while (call := _next(asked)) is not None:
        faulthandler.dump_traceback_later(start.limit, exit=True)
        made = worker.run(call)
        faulthandler.cancel_dump_traceback_later()
        _tell(answers, made)


def _next(asked: BinaryIO) -> Call | None:
    try:
        return cast("Call", pickle.load(asked))  # noqa: S301 as above
    except EOFError:
        return None


def _tell(answers: BinaryIO, value: object) -> None:
    pickle.dump(value, answers, protocol=5)
    answers.flush()


def _load(start: Start) -> tuple[dict[str, Action[..., object]], str | None]:
    sys.path[:] = start.path
    try:
        found = [one for origin in start.origins for one in reopen(origin)]
    except BaseException as error:  # noqa: BLE001 a plugin may raise anything
        return {}, f"{type(error).__name__}: {error}"
    return {one.name: one for one in found if isinstance(one, Action)}, None


class Worker:
    """Runs calls of these actions, each watched."""

    def __init__(self, actions: Mapping[str, Action[..., object]]) -> None:
        self._actions = actions
        self._guard = Guard()
        self._log = io.StringIO()
        logging.basicConfig(stream=self._log, level=logging.DEBUG, force=True)

    def run(self, call: Call) -> Made:
        """What the call makes. Whatever goes wrong is part of the answer."""
        mine = copy.deepcopy(call)
        self._log.seek(0)
        self._log.truncate()
        requests: list[Request] = []
        fault: Fault | None = None
        with self._guard.watch() as seen:
            try:
                requests.extend(self._requests(mine))
            except (Exception, ImpureError) as error:  # noqa: BLE001 an author's code may raise anything
                fault = Fault(type(error).__name__, str(error), of_error(error))
        odd: list[str] = []
        made = tuple(plain(one, at, odd) for at, one in enumerate(requests))
        changed = tuple(
            name
            for name in ("payloads", "event", "settings")
            if repr(getattr(mine, name)) != repr(getattr(call, name))
        )
        return Made(made, fault, tuple(odd), tuple(seen), changed, self._log.getvalue())

    def _requests(self, call: Call) -> Iterator[Request]:
        steps = self._steps(call)
        answers = iter(call.answers)
        response: Response | None = None
        for _ in range(_STEPS):
            try:
                request = next(steps) if response is None else steps.send(response)
            except StopIteration:
                return
            yield request
            response = next(answers, None)
            if response is None or not _good(response, request):
                steps.close()
                return

    def _steps(self, call: Call) -> Generator[Request, Response, object]:
        action = self._actions[call.action]
        contexts = [
            replace(CONTEXT, message_id=f"message-{at}")
            for at, _ in enumerate(call.payloads, start=call.first)
        ]
        if call.mode == "batch":
            return action.batch_steps(
                list(call.payloads),
                settings=call.settings,
                contexts=contexts,
                events=[call.event for _ in call.payloads],
                sync_mode=call.sync_mode,
            )
        return action.steps(
            call.payloads[0],
            event=call.event,
            settings=call.settings,
            context=contexts[0],
            sync_mode=call.sync_mode,
        )


def _good(response: Response, request: Request) -> bool:
    """Whether the runtime would hand an answer on; any other ends the delivery's try."""
    return response.ok or response.status in request.accept


if __name__ == "__main__":
    main()
