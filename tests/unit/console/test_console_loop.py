"""However large a form is, what is done for it holds no other page up: the loop does little of it itself."""

import json
import sys

import pytest
from console_site import site
from forms import filled


MAPPING = "/connections/loops/mappings/events"
LARGE = json.dumps({f"attribute-{at}": {"@path": f"$.properties.p{at}"} for at in range(2_000)})
MOST = 15_000
"""Calls of functions on the loop for one request: some milliseconds."""


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    with site(tmp_path_factory.mktemp("loop")) as found:
        yield found


@pytest.fixture
def counted(console):
    """``counted(url, form)`` is an answer, and how many calls the loop made for it and for all else."""

    def counted(url, form):
        calls = 0

        def count(frame, event, argument):
            nonlocal calls
            calls += event == "call"

        async def watch(how):
            sys.setprofile(how)

        console.run(watch, count)
        try:
            answer = console.post(url, form)
        finally:
            console.run(watch, None)
        return answer, calls

    return counted


@pytest.mark.parametrize(
    ("place", "do"),
    [("/preview", ""), ("/rows", ""), ("", "preview"), ("", "test")],
    ids=["live", "rows", "preview", "test"],
)
def test_the_loop_does_little_for_a_large_form(console, counted, place, do):
    page = console.get(MAPPING).text
    form = filled(page)
    key = next(name for name, text in form.items() if text == "eventProperties")
    row = key.removesuffix(".key")
    form |= {f"{row}.kind": "raw", f"{row}.was": "raw", f"{row}.value": LARGE, "do": do}
    answer, calls = counted(f"{MAPPING}{place}", form)
    assert answer.status_code in {200, 303, 422}
    assert calls < MOST
