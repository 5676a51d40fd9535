"""Segue at work, one JSON line in, one out: the messages of ``peer.mjs``, and ``load``.

    {"prepare": NAME, "work": WORK, ...inputs}   -> {"prepared": NAME}
    {"result": NAME}                             -> {"result": value}
    {"time": NAME, "iterations": N}              -> {"seconds": number}
    {"load": WORKSPACE}                          -> {"seconds": number, "bytes": number | null, "mappings": number}

Triggers, mappings and fields are compiled when a work is prepared, as they are when a workspace loads.
"""

import gc
import json
import sys
from collections.abc import Callable
from itertools import repeat
from os import sysconf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from segue import compile_fields, compile_mapping, compile_trigger, load_plugins, parse_trigger
from segue.dispatch import Dispatcher
from segue.json import decode
from segue.trigger import Index
from segue.workspace import load_workspace


Inputs = dict[str, Any]
Work = tuple[Callable[[Any], object], object]  # what runs, and what it is given each time


def trigger(inputs: Inputs) -> Work:
    return compile_trigger(inputs["trigger"]), inputs["event"]


def mapping(inputs: Inputs) -> Work:
    return compile_mapping(inputs["mapping"]), inputs["event"]


def payload(inputs: Inputs) -> Work:
    return payload_of(inputs), inputs["event"]


def alike(inputs: Inputs) -> Work:
    """With Segment's rules for the fields, where the shipped action has more of them."""
    return payload({**inputs, "schema": inputs["segment_schema"]})


def everything(inputs: Inputs) -> Work:
    matches, make = compile_trigger(inputs["trigger"]), payload_of(inputs)

    def run(text: bytes) -> object:
        event: Any = decode(text)
        return make(event) if matches(event) else None

    return run, json.dumps(inputs["event"], ensure_ascii=False, separators=(",", ":")).encode()


def payload_of(inputs: Inputs) -> Callable[[Any], object]:
    make: Callable[[Any], Any] = compile_mapping(inputs["mapping"])
    coerce = compile_fields(inputs["schema"]).coerce
    return lambda event: coerce(make(event))


def match(inputs: Inputs) -> Work:
    index = Index((parse_trigger(text), at) for at, text in enumerate(inputs["triggers"]))
    return index.match, inputs["event"]


WORKS: dict[str, Callable[[Inputs], Work]] = {
    "trigger": trigger,
    "mapping": mapping,
    "payload": payload,
    "alike": alike,
    "all": everything,
    "match": match,
}

prepared: dict[str, Work] = {}


def prepare(message: Inputs) -> Inputs:
    prepared[message["prepare"]] = WORKS[message["work"]](message)
    return {"prepared": message["prepare"]}


def result(message: Inputs) -> Inputs:
    run, given = prepared[message["result"]]
    return {"result": run(given)}


def timed(message: Inputs) -> Inputs:
    run, given = prepared[message["time"]]
    start = perf_counter()
    for _ in repeat(None, message["iterations"]):
        run(given)
    return {"seconds": perf_counter() - start}


def load(message: Inputs) -> Inputs:
    """From the file to a dispatcher that is ready for events."""
    catalogue = load_plugins()
    with TemporaryDirectory() as folder:
        file = Path(folder, "segue.yaml")
        file.write_text(message["load"])
        before, start = resident(), perf_counter()
        workspace = load_workspace(file, catalogue, environ={"LOOPS_API_KEY": "key"})
        dispatcher = Dispatcher(workspace)
        seconds = perf_counter() - start
    gc.collect()
    held = None if before is None else (resident() or 0) - before
    mappings = sum(len(one.mappings) for one in workspace.connections.values())
    del dispatcher
    return {"seconds": seconds, "bytes": held, "mappings": mappings}


def resident() -> int | None:
    """Bytes of memory this process holds, where the system tells (Linux)."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * sysconf("SC_PAGE_SIZE") if statm.exists() else None


ANSWERS = {"prepare": prepare, "result": result, "time": timed, "load": load}


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        verb = next(name for name in ANSWERS if name in message)
        print(json.dumps(ANSWERS[verb](message)), flush=True)


if __name__ == "__main__":
    main()
