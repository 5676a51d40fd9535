"""The page about schemas keeps its word."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from segue.events import parse
from segue.plugins import Catalogue
from segue.schemas import compile_rule
from segue.schemas.inference import Inference
from segue.workspace import parse_workspace


PAGE = files("segue.schemas").joinpath("README.md").read_text("utf-8")
LINES, SCHEMA = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def event(text):
    return parse(text, received_at=datetime(2026, 1, 1, tzinfo=UTC), message_id=lambda: "m")


def test_its_schema_is_inferred_from_its_events():
    inference = Inference()
    for line in LINES.splitlines():
        inference.see(event(line))
    (entry,) = inference.entries()
    assert entry.document == json.loads(SCHEMA)


@pytest.mark.parametrize(
    ("properties", "result"),
    [({"total": 1, "currency": "EUR"}, None), ({"total": "1"}, "tagged"), ({}, "tagged")],
)
def test_its_workspace_judges_events(properties, result):
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    workspace = parse_workspace(text, Catalogue({}, {}), environ={})
    sent = {"type": "track", "event": "Order Completed", "userId": "u", "properties": properties}
    ruling = compile_rule(workspace.schemas)(event(json.dumps(sent)))
    assert (ruling and ruling.result) == result


def test_it_names_every_code_and_result():
    from segue.schemas import ruling

    codes = {ruling.SCHEMA, ruling.COMMON, ruling.UNPLANNED, ruling.BOTH}
    assert {
        one for one in (*codes, "tagged", "trimmed", "blocked") if f"`{one}`" not in PAGE
    } == set()
