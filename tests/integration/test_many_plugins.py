"""Many plugins load fast and take little room; the benchmark holds the whole bar (``make bench``)."""

import time
import tracemalloc

import pytest

from segue import load_plugins


PLUGINS = 60
SHARE = PLUGINS / 300
SECONDS, BYTES = 1.0 * SHARE, 60 * 2**20 * SHARE
SLACK = 4
"""A machine that tests at the same time may be so much slower."""

SOURCE = """
from segue import Destination, Request, action, first_of, path

VENDOR = Destination("vendor{at}", title="Vendor {at}", url="https://{at}.vendor.test")

def fields(number):
    texts = {{
        f"text{{n}}": {{
            "type": "string", "title": f"Text {{n}} of {at}", "maxLength": 100 + n + number,
            "pattern": "^[a-z]", "mapping": first_of(f"$.properties.t{{n}}", "$.traits.t"),
        }}
        for n in range(7)
    }}
    inner = {{"type": "object", "properties": {{"a": {{"type": "number"}}}}, "mapping": path("$.x")}}
    return {{"type": "object", "required": ["text1"], "properties": {{**texts, "inner": inner}}}}

def make(number):
    trigger = f'type = "track" and event = "Step {{number}} of {at}"'
    put = action(VENDOR, f"put{{number}}", trigger=trigger, fields=fields(number))
    return put(lambda payload: Request.post("/put", json=payload))

ONE, TWO, THREE = map(make, range(3))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    for at in range(PLUGINS):
        (folder / f"vendor_{at}.py").write_text(SOURCE.format(at=at))
    load_plugins()  # what Segue itself needs is there before
    return folder


def test_plugins_load_in_their_share_of_a_second(folder):
    times = []
    for _ in range(3):
        start = time.process_time()
        catalogue = load_plugins(folder=folder)
        times.append(time.process_time() - start)
    assert sum(name.startswith("vendor") for name in catalogue.actions) == 3 * PLUGINS
    assert catalogue.problems == ()
    assert min(times) < SLACK * SECONDS


def test_plugins_take_no_more_than_their_share_of_the_memory(folder):
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        catalogue = load_plugins(folder=folder)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(catalogue.actions) >= 3 * PLUGINS
    assert after - before < BYTES


def test_no_field_spec_is_compiled_before_a_mapping_needs_it(folder):
    action = load_plugins(folder=folder).action("vendor1.put0")
    assert "spec" not in vars(action)
    assert action.spec.coerce({"text1": "a"}) == {"text1": "a"}
    assert "spec" in vars(action)
