"""The contract kit: each promise of a plugin's actions and destinations as one test."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final, Generic, TypeAlias, TypeVar

import pytest

from segue.destination import Settings
from segue.errors import AuthorError, EventError, suggest
from segue.http import Response
from segue.json import JsonObject
from segue.testing import (
    answering,
    batches,
    checks,
    functions,
    hiding,
    hints,
    openapi,
    performing,
    snapshots,
)
from segue.testing.breaking import BrokenError
from segue.testing.finding import find
from segue.testing.functions import FunctionSubject
from segue.testing.subject import FINISHES, ActionSubject, DestinationSubject, Plan


S = TypeVar("S")
Record: TypeAlias = Callable[[str, object], None]

_NO_ANSWERS: Final[Mapping[str, Sequence[Response]]] = {}
_NO_SETTINGS: Final[Mapping[str, Settings]] = {}
_NO_SKIPS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """A promise: what it says, how it is tried, and to what it applies."""

    title: str
    run: Callable[[S], None]
    applies: Callable[[S], bool] = lambda _: True


def _runs(subject: ActionSubject) -> bool:
    return subject.action.kind != "async"


def _answered(subject: ActionSubject) -> bool:
    return subject.action.kind == "generator"


def _batched(subject: ActionSubject) -> bool:
    return _runs(subject) and subject.action.batches is not None


def _documented(subject: ActionSubject) -> bool:
    return _runs(subject) and subject.action.destination.openapi is not None


def _open(subject: ActionSubject) -> bool:
    return _runs(subject) and subject.action.destination.open_url


def _fixed(subject: ActionSubject) -> bool:
    return _runs(subject) and not subject.action.destination.open_url


def _has_type(subject: ActionSubject) -> bool:
    return hints.payload_type(subject.action) is not None


SOUND: Final = "its declaration is sound"
RECORDED: Final = "its requests are as recorded"

ACTION_CHECKS: Final[tuple[Check[ActionSubject], ...]] = (
    Check(SOUND, checks.sound),
    Check("it says what it is", checks.named),
    Check("some event can trigger it", checks.reachable),
    Check("its presets can be used", checks.offers, lambda subject: bool(checks.presets(subject))),
    Check("its default mapping resolves on every sample event", checks.resolves),
    Check("a sample event gives a valid payload", checks.valid),
    Check("its TypedDict matches its fields", hints.matches, _has_type),
    Check("any valid payload makes a request", performing.takes, _runs),
    Check(FINISHES, performing.finishes, _runs),
    Check("it is pure", performing.pure, _runs),
    Check("the same payload makes the same request", performing.repeats, _runs),
    Check("it leaves what it is given unchanged", performing.keeps, _runs),
    Check("its URL stays under the destination's base", performing.stays, _fixed),
    Check("its URL is public, of http or https", performing.open_urls, _open),
    Check("its requests can be sent", performing.sendable, _runs),
    Check("it copes with any answer", answering.copes, _answered),
    Check("its batch carries what single requests carry", batches.agrees, _batched),
    Check("no secret shows in what it makes", hiding.hides, _runs),
    Check("its requests fit the OpenAPI document", openapi.fits, _documented),
)
"""What an action promises. Each but the first is tried only if the declaration is sound."""

DESTINATION_CHECKS: Final[tuple[Check[DestinationSubject], ...]] = (
    Check(SOUND, checks.sound_destination),
    Check("it says what it is", checks.named_destination),
    Check("no credential shows in a signed request", hiding.hides_signed),
    Check(
        "its own requests stay under its base",
        hiding.stays_home,
        lambda subject: not subject.destination.open_url,
    ),
)
"""What a destination promises."""


FUNCTION_CHECKS: Final[tuple[Check[FunctionSubject], ...]] = (
    Check("it says what it is", functions.described),
    Check("any good event is taken, or refused in a word", functions.takes, functions.runs),
    Check(FINISHES, functions.finishes, functions.runs),
    Check("the same event makes the same request", functions.repeats, functions.yields),
    Check("its requests can be sent", functions.sendable, functions.runs),
    Check("it copes with any answer", functions.copes, functions.yields),
)
"""What a handler of a function promises."""


@dataclass(frozen=True, slots=True)
class Case:
    """One promise of one declaration, as one test."""

    id: str
    run: Callable[["Surroundings"], None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a test runs: the folder of its file, whether to write what is recorded, whom to tell."""

    folder: Path
    update: bool
    guarded: bool
    tell: Record


def contract(
    *plugins: ModuleType | Path,
    events: Iterable[JsonObject] = (),
    settings: Mapping[str, Settings] = _NO_SETTINGS,
    answers: Mapping[str, Sequence[Response]] = _NO_ANSWERS,
    skip: Mapping[str, str] = _NO_SKIPS,
    limit: float = 3.0,
) -> Callable[..., None]:
    """A test function with one case for each promise of each action and destination of a plugin.

    ``plugins`` are modules, or folders of loose files or of functions. ``events`` are sample events of your own;
    those that match an action's trigger have to give it a valid payload. ``settings`` are those of a
    connection, by the destination's slug, where none can be made of its schema. ``answers`` are what
    a generator is answered, by the action's name; without any only its first request is looked at.
    ``skip`` leaves out cases, by id, each with the reason. A call may take ``limit`` seconds.

    Raises AuthorError when there is nothing to test, or a name is not known.
    """
    plan = Plan(find(*plugins), tuple(events), settings, answers, limit)
    cases = [*_cases(plan)]
    _known("skip", skip, [one.id for one in cases])
    _known("settings", settings, [str(one.slug) for one in plan.shipped.homes])
    _known("answers", answers, [str(one.name) for one in plan.shipped.offered])
    try:
        _ = plan.samples
    except EventError as error:
        raise AuthorError(f"contract(events=…): {error}") from None

    @pytest.mark.parametrize("case", [_parameter(one, skip) for one in cases])
    def test(
        case: Case, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
    ) -> None:
        update = bool(request.config.getoption("segue_update", default=False))
        folder = request.path.parent
        where = Surroundings(folder, update, snapshots.guarded(os.environ), record_property)
        broken = _broken(case, where)
        if broken is not None:
            pytest.fail(f"{case.id}\n\n{broken}", pytrace=False)

    return test


def _broken(case: Case, where: Surroundings) -> Exception | None:
    try:
        case.run(where)
    except (BrokenError, AuthorError) as error:
        return error
    return None


def _parameter(case: Case, skip: Mapping[str, str]) -> object:
    marks = [pytest.mark.skip(reason=skip[case.id])] if case.id in skip else []
    return pytest.param(case, id=case.id, marks=marks)


def _known(argument: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            hint = suggest(name, known) or "a failing test shows its id in brackets"
            raise AuthorError(f'contract({argument}=…): there is no "{name}"; {hint}')


def _cases(plan: Plan) -> Iterator[Case]:
    for destination in plan.shipped.destinations:
        home = DestinationSubject(destination, plan)
        for check in DESTINATION_CHECKS:
            if check.applies(home):
                yield Case(f"{home.name}: {check.title}", partial(_run_home, check, home))
    for action in plan.shipped.actions:
        subject = ActionSubject(action, plan)
        for one in ACTION_CHECKS:
            if one.applies(subject):
                yield Case(f"{subject.name}: {one.title}", partial(_run, one, subject))
        if _runs(subject):
            yield Case(f"{subject.name}: {RECORDED}", partial(_recorded, subject))
    yield from _function_cases(plan)


def _function_cases(plan: Plan) -> Iterator[Case]:
    for action in plan.shipped.functions:
        slug, name = action.destination.slug, action.name
        told = plan.answers.get(name, ())
        subject = FunctionSubject(action, plan.events, plan.settings.get(slug), told, plan.limit)
        for check in FUNCTION_CHECKS:
            if check.applies(subject):
                yield Case(f"{name}: {check.title}", partial(_run_function, check, subject))


def _run_function(check: Check[FunctionSubject], subject: FunctionSubject, _: Surroundings) -> None:
    check.run(subject)


def _run_home(
    check: Check[DestinationSubject], subject: DestinationSubject, _: Surroundings
) -> None:
    if check.title != SOUND and subject.destination.check():
        pytest.skip(f'nothing is tried before "{subject.name}: {SOUND}" holds')
    check.run(subject)


def _run(check: Check[ActionSubject], subject: ActionSubject, _: Surroundings) -> None:
    if check.title != SOUND:
        _sound(subject)
    check.run(subject)


def _recorded(subject: ActionSubject, where: Surroundings) -> None:
    _sound(subject)
    made = snapshots.record(subject)
    if not made:
        pytest.skip("no sample event makes it a request")
    file = snapshots.file_of(subject, where.folder)
    if snapshots.compare(made, file, update=where.update, guarded=where.guarded):
        where.tell("segue_recorded", str(file))


def _sound(subject: ActionSubject) -> None:
    if not subject.sound:
        pytest.skip(f'nothing is tried before "{subject.name}: {SOUND}" holds')
