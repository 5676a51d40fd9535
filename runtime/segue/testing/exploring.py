"""Trying an action with many payloads, until one breaks a promise; the smallest such is reported."""

from collections.abc import Callable, Sequence
from typing import Final, cast

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from segue.errors import AuthorError, PayloadError
from segue.json import JsonObject, JsonValue
from segue.testing.breaking import BrokenError
from segue.testing.payloads import payloads
from segue.testing.subject import ActionSubject


# How hard it is to find payloads is not what is tested.
_UNSAID: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)

Judge = Callable[[Sequence[JsonObject]], None]


def explore(subject: ActionSubject, judge: Judge) -> None:
    """Judge single payloads: those of sample events, then any that the fields allow."""
    for _, payload in subject.shown:
        judge([payload])
    _explore(_singles(subject), judge)


def explore_batches(subject: ActionSubject, judge: Judge) -> None:
    """Judge several payloads that may share a batch."""
    batches = subject.action.batches
    assert batches is not None
    spec, most = subject.action.spec, min(4, batches.max_items)

    def alike(several: Sequence[JsonObject]) -> Sequence[JsonObject] | None:
        """The payloads, with the first one's values of what may not differ in a batch."""
        keys = batches.keys
        same = {key: several[0][key] for key in keys if key in several[0]}
        made = [{**{k: v for k, v in one.items() if k not in keys}, **same} for one in several]
        try:
            return [spec.coerce(one) for one in made]
        except PayloadError:
            return None

    lists = st.lists(payloads(subject.action.fields), min_size=min(2, most), max_size=most)
    found = lists.map(alike).filter(lambda several: several is not None)
    _explore(cast("SearchStrategy[Sequence[JsonObject]]", found), judge)


def _singles(subject: ActionSubject) -> SearchStrategy[Sequence[JsonObject]]:
    try:
        return payloads(subject.action.fields).map(lambda payload: [payload])
    except AuthorError as error:
        raise BrokenError(str(error), "Payloads are made of the field spec.") from None


def _explore(several: SearchStrategy[Sequence[JsonObject]], judge: Judge) -> None:
    # What a check found is in its message; the example database would mix up the actions.
    @settings(
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=_UNSAID,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(several)
    def trial(found: Sequence[JsonObject]) -> None:
        judge(found)

    try:
        trial()
    except Flaky:
        raise BrokenError(
            "what happens with a payload differs from one time to the next",
            "Make the request of the payload alone: no state that is kept between calls, no chance, no clock.",
        ) from None
    except Unsatisfiable:
        raise BrokenError(
            "no payload could be made that the field spec allows",
            "See whether any can satisfy it; if so, give its fields `examples`.",
        ) from None


def case(found: Sequence[JsonObject]) -> tuple[str, JsonValue]:
    """Payloads as they are shown."""
    return ("payload", found[0]) if len(found) == 1 else ("payloads", list(found))
