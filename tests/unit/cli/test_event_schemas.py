"""segue schema infer and import: schemas of events, printed or written beside a workspace."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from segue.cli import main
from segue.control import own_store
from segue.events import parse
from segue.json import encode
from segue.plugins import Catalogue
from segue.store.values import Arrival
from segue.workspace import load_workspace


PLAN = {
    "rules": {
        "events": [
            {"name": "Paid", "version": 1, "rules": {"properties": {"properties": {"required": ["total"]}}}},
            {"name": "Paid", "version": 2, "rules": {"properties": {"properties": {"required": ["sum"]}}}},
        ],
        "identify": {"required": ["userId"]},
    }
}  # fmt: skip


def run(folder, *arguments, **options):
    given = ["-w", str(folder / "segue.yaml"), "--data", str(folder / "data"), "schema"]
    return CliRunner().invoke(main, [*given, *map(str, arguments)], **options)


def event(number=1, **properties):
    return {
        "type": "track",
        "event": "Paid",
        "userId": "ann",
        "messageId": f"m{number}",
        "properties": properties,
    }


@pytest.fixture
def plan(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(PLAN))
    return file


@pytest.fixture
def recorded(tmp_path):
    """A data directory with two events, the older one of last week."""

    async def fill(at, source, one):
        async with own_store(tmp_path / "data", lambda: at) as store:
            read = parse(json.dumps(one), received_at=datetime.now(UTC), message_id=lambda: "x")
            arrival = Arrival(source, "ann", one["messageId"], encode(read), ())
            await store.queue.append([arrival])

    now = datetime.now(UTC).timestamp()
    asyncio.run(fill(now - 7 * 86400, "web", event(1, total="1")))
    asyncio.run(fill(now - 60, "app", event(2, total=2)))
    return tmp_path


def total(result):
    return json.loads(result.stdout)["track"]["Paid"]["schema"]["properties"]["total"]["type"]


@pytest.mark.parametrize(
    ("options", "types"),
    [
        pytest.param([], ["string", "integer"], id="all"),
        pytest.param(["--since", "1d"], "integer", id="since"),
        pytest.param(["--source", "web"], "string", id="source"),
    ],
)
def test_schemas_are_inferred_from_what_is_recorded(recorded, options, types):
    assert total(run(recorded, "infer", *options)) == types


def test_more_events_than_a_page_are_read(tmp_path):
    async def fill():
        async with own_store(tmp_path / "data") as store:
            arrivals = [
                Arrival("web", "ann", f"m{number}", encode(event(number, total=number)), ())
                for number in range(2500)
            ]
            await store.queue.append(arrivals)

    asyncio.run(fill())
    found = json.loads(run(tmp_path, "infer").stdout)["track"]["Paid"]["schema"]
    assert found["$comment"] == "inferred from 2,500 events"


def test_schemas_are_inferred_from_lines_on_stdin(tmp_path):
    lines = [json.dumps(event(1, total=1)), "{}", json.dumps({**event(2), "event": "Left"})]
    result = run(tmp_path, "infer", "--events", "-", "--event", "Paid", input="\n".join(lines))
    assert total(result) == "integer"
    assert [*json.loads(result.stdout)["track"]] == ["Paid"]
    assert "1 event left out: they would be refused on arrival" in result.stderr


def test_a_file_has_no_since(tmp_path):
    result = run(tmp_path, "infer", "--events", "-", "--since", "7d", input="")
    assert result.exit_code == 2
    assert "--since and --source choose recorded events" in result.stderr


def test_without_events_there_is_no_schema(tmp_path):
    result = run(tmp_path, "infer", "--events", "-", input="")
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert "there is nothing to write a schema from" in result.stderr


def test_without_a_data_directory_that_is_said(tmp_path):
    result = run(tmp_path, "infer")
    assert (result.exit_code, "there is no store in" in result.stderr) == (1, True)


def test_the_lines_that_are_printed_belong_into_the_workspace(recorded):
    result = run(recorded, "infer", "-o", recorded / "schemas")
    assert result.stdout == "schemas:\n  track:\n    Paid: schemas/track-paid.json\n"
    file = recorded / "segue.yaml"
    file.write_text(f"version: 1\n{result.stdout}")
    workspace = load_workspace(file, Catalogue({}, {}), environ={})
    found = workspace.schemas.find("track", "Paid")
    assert found.document["$comment"] == "inferred from 2 events"


def test_what_a_plan_says_is_printed_and_what_is_left_out_is_listed(tmp_path, plan):
    result = run(tmp_path, "import", plan)
    found = json.loads(result.stdout)
    assert found["track"]["Paid"]["schema"]["required"] == ["sum"]
    assert found["identify"]["of"] == "event"
    assert "not carried over: /rules/events/0/rules: version 1 of" in result.stderr


def test_a_file_that_says_something_else_is_not_written_over_unless_that_is_asked_for(
    tmp_path, plan
):
    first = run(tmp_path, "import", plan, "-o", tmp_path)
    assert first.stdout == (
        "schemas:\n"
        "  track:\n"
        "    Paid: track-paid.json\n"
        "  identify: {schema: identify.json, of: event}\n"
    )
    assert run(tmp_path, "import", plan, "-o", tmp_path).exit_code == 0
    file = tmp_path / "identify.json"
    file.write_text("{}")
    (tmp_path / "track-paid.json").unlink()
    result = run(tmp_path, "import", plan, "-o", tmp_path)
    assert (result.exit_code, file.read_text()) == (2, "{}")
    assert "there is something else already in identify.json" in result.stderr
    assert not (tmp_path / "track-paid.json").exists()
    assert run(tmp_path, "import", plan, "-o", tmp_path, "--force").exit_code == 0
    assert json.loads(file.read_text())["required"] == ["userId"]


@pytest.mark.parametrize("text", ["{", "[7", '{"name": "x"}'])
def test_what_is_no_plan_is_refused(tmp_path, text):
    result = run(tmp_path, "import", "-", input=text)
    assert (result.exit_code, result.stdout) == (2, "")
