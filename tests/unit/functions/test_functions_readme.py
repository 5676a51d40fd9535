"""The page about functions tells the truth: what it shows loads, and does what it says."""

import asyncio
import re
from pathlib import Path

import pytest

import segue.functions
from segue import Context, Discarded, Response, load_plugins
from segue.functions import handlers, launch, library, process
from segue.functions.host import Host
from segue.functions.inserting import transform
from segue.outcome import OutcomeError
from segue.workspace import load_workspace


PAGE = (Path(segue.functions.__file__).parent / "README.md").read_text()
YAML = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILES = dict(
    re.findall(r"`functions/(\w+)\.py`:\n\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
ANN = {"type": "track", "event": "Sign Up", "userId": "ann"}


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """``load(more)`` is the page's workspace, with more lines for its connection."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "functions").mkdir()
    for name, source in FILES.items():
        (folder / "functions" / f"{name}.py").write_text(source)
    shelf = library.Library()

    def load(more=""):
        (folder / "segue.yaml").write_text(YAML[0] + more)
        return load_workspace(
            folder / "segue.yaml", load_plugins(), environ={"CRM_TOKEN": "t"}, library=shelf
        )

    return load


@pytest.fixture
def ask(load):
    """``ask(event, answers)`` is what the CRM asks for one event."""
    connection = load().connections["crm"]

    def ask(event, *answers):
        (action,) = (one.action for one in connection.mappings if one.matches(event))

        async def script():
            async with Host() as host:
                call = action.single(event, connection.settings, Context(), ())
                steps = host.script(call)
                return [await steps.ask(answer) for answer in (None, *answers)]

        return asyncio.run(script())

    return ask


def test_the_page_shows_three_functions():
    assert list(FILES) == ["crm", "warehouse", "cleanup"]


def test_every_part_of_the_workspace_loads(load):
    plain, narrowed, cleaned = (load(more).connections["crm"] for more in ("", *YAML[1:]))
    assert [one.name for one in plain.mappings] == ["onGroup", "onIdentify", "onPage", "onTrack"]
    triggers = {one.name: (str(one.trigger), one.enabled) for one in narrowed.mappings}
    assert triggers["orders"] == ('event = "Order Completed"', True)
    assert triggers["people"] == ('type = "identify"', False)
    assert [one.file.slug for one in cleaned.functions] == ["cleanup"]


def test_a_pure_handler_makes_its_request(ask):
    (request,) = ask(ANN)
    assert (request.url, request.json) == ("/events", {"who": "ann", "what": "Sign Up"})
    assert ask({**ANN, "event": "Heartbeat"}) == [None]


def test_a_generator_asks_step_by_step(ask):
    event = {"type": "identify", "userId": "ann", "traits": {"plan": "pro"}}
    requests = ask(event, Response(404), Response(201), Response(200))
    told = [one and f"{one.method} {one.url}" for one in requests]
    assert told == ["GET /contacts/ann", "POST /contacts", "PATCH /contacts/ann", None]


def test_an_error_is_the_outcome_that_the_table_has(ask):
    with pytest.raises(OutcomeError) as caught:
        ask({"type": "page"})
    assert caught.value.outcome == Discarded(
        "pages are of no use to a CRM", "UNSUPPORTED_EVENT_TYPE"
    )


def test_a_batch_ends_event_by_event(load):
    catalogue = library.Library().extend(load_plugins(), load().functions)
    action = catalogue.action("warehouse.onTrack")
    assert (action.batches.max_items, action.batches.wait) == (100, 2.0)

    async def script():
        async with Host() as host:
            events = [{"properties": {"n": n}} for n in range(2)]
            steps = host.script(action.several(events, {}, [Context()] * 2, ()))
            request = await steps.ask(None)
            body = b'[{"ok":true},{"ok":false,"status":429}]'
            await steps.ask(Response(200, body=body))
            return request.json, [one.code for one in steps.outcomes]

    assert asyncio.run(script()) == ([{"n": 0}, {"n": 1}], ["OK", "TOO_MANY_REQUESTS"])


def test_an_insert_function_changes_and_drops(load):
    inserts = load(YAML[2]).connections["crm"].functions

    async def script(event):
        async with Host() as host:
            return await transform(event, inserts, Context(), host)

    assert asyncio.run(script({**ANN, "properties": {"card_number": 1}}))["properties"] == {}
    with pytest.raises(OutcomeError, match="a colleague"):
        asyncio.run(script({**ANN, "userId": "bob@example.com"}))


def test_the_figures_are_those_of_the_code():
    limits = launch.Limits()
    said = [
        f"longer than {limits.seconds:g} s",
        f"more than {limits.memory // 1_000_000} MB",
        f"`BATCH_SIZE` ({handlers.BATCH_SIZE})",
        f"`BATCH_WAIT` ({handlers.BATCH_WAIT:g})",
        *(f"`{name}`" for name in handlers.HANDLERS),
        *(
            f"`{name}`"
            for name in segue.functions.__all__
            if name not in {"Cache", "FunctionContext"}
        ),
    ]
    assert [one for one in said if one not in PAGE and one.replace("`", "") not in PAGE] == []
    assert process.ROOM == 16
