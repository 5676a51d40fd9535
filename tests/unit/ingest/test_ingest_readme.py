"""The page about the API says what there is, and nothing else."""

import inspect
import re
from pathlib import Path

import pytest

import segue.ingest
from segue.ingest import Limits, answers, create_app, protocol


README = Path(segue.ingest.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_every_path_is_there(api):
    table = api.app._table
    paths = {*table._fixed, "/v1/projects/{key}/settings"}
    assert {*re.findall(r"`(?:POST |GET )?(/[^`]+)`", README)} == paths


def test_every_code_is_there():
    written = inspect.getsource(answers) + inspect.getsource(protocol)
    written += Path(segue.ingest.__file__).with_name("routes.py").read_text(encoding="utf-8")
    codes = {*re.findall(r'Refusal\(\s*\w+, "(\w+)"', written)}
    listed = README[README.index("## Answers") : README.index("## Limits")]
    assert {
        *re.findall(r"`(\w+_\w+|timeout|internal|unavailable|unauthorized|incomplete)`", listed)
    } == codes | {"bad_request"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Limits().event_bytes, "32 KB"),
        (Limits().batch_bytes, "500 KB"),
        (protocol.MAX_HEAD, "64 KB"),
    ],
)
def test_the_sizes_are_right(value, words):
    assert words in README
    assert value == int(words.split()[0]) * 1024


def test_the_other_limits_are_right():
    assert f"{Limits().batch_events:,}" in README
    assert f"{Limits().seconds:g} s each" in README
    assert f"{Limits().held_bytes // 1024**2} MB" in README
    assert f"{protocol.MAX_CONNECTIONS:,}" in README
    assert Limits().seconds == protocol.HEAD_SECONDS


def test_the_options_it_names_are_there():
    options = inspect.signature(create_app).parameters
    assert {"sources", "intake", "limits", "routes", "health", "erase", "conceal"} <= options.keys()
