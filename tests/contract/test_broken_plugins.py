"""One file per way to break a plugin: each is one sentence with its place and what to do, and the rest works."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import virtual_time

from segue import Response, compile_mapping, compile_trigger, load_plugins, parse_trigger
from segue.delivery import Scripts
from segue.dispatch import Delivery, Dispatcher, prepare
from segue.functions.host import Host
from segue.intake import StoreIntake
from segue.server.gate import Gate
from segue.server.metrics import Meter
from segue.store import MemoryStore, Query
from segue.worker import Worker
from segue.workspace.model import ActionMapping, Connection, Source, Workspace


FOLDER = Path(__file__).parents[1] / "models" / "broken"

SENTENCES = {
    "bad_argument:10": 'bad-argument.put: perform: put() asks for "paylod"; did you mean "payload"?',
    "bad_mapping:13": 'bad-mapping.put: /id: the default mapping: unknown directive "@pth"; '
    'did you mean "@path"?',
    "bad_schema:10": "bad-schema.put: /properties/id/type: a field has one type (string, number, "
    'integer, boolean, object or array), or a list of it and "null"; did you mean "string"?',
    "bad_slug:6": "bad slug: the slug 'bad slug' should be letters, digits, _ or -",
    "bad_trigger:10": 'bad-trigger.put: the trigger: there is no operator "==" at offset 5; '
    'did you mean "="?',
    "duplicate_slug:6": 'loops: the name is taken by plugin "segue"; choose another slug',
    "exits_at_import:6": "it ends the program when it is imported (SystemExit: 3); put what it runs "
    'under if __name__ == "__main__"',
    "hook_arguments:6": 'segue_event() asks for "sourc"; did you mean "source"?',
    "hook_async:6": "segue_event() is async or yields; write it as a plain function",
    "hook_unmarked:4": "segue_event() is not marked as a hook; put @hookimpl above it",
    "hook_wrapper:6": "segue_settled() wraps other plugins, which is not on offer; use tryfirst or "
    "trylast",
    "import_error:3": 'it needs the module "nothing_like_this", which is not there; install it '
    "beside Segue, or correct the import",
    "lost_destination:10": 'lost.put: its destination "lost" is not at the top of a module; give it '
    "a name there",
    "raises_at_import:6": "it fails when it is imported: FileNotFoundError: [Errno 2] No such file "
    "or directory: '/nowhere/settings.json'; correct it, or leave it out with --block",
    "register_raises:6": "segue_register failed: KeyError: 'token' (register_raises.py:8); return "
    "destinations and actions",
    "register_returns_text:6": "segue_register returned what is neither a Destination nor an Action; "
    "leave it out",
    "syntax_error:3": "it is not Python: invalid syntax; correct this line",
    "unknown_hook:6": 'no hook is called "segue_evnt"; did you mean "segue_event"?',
}

FAILURES = {
    "perform-raises": "KeyError: 'email' (perform_raises.py:12)",
    "perform-returns-text": "perform-returns-text.put made str, not a Request; return "
    "Request.post(…) (see perform_returns_text.py:12)",
    "perform-exits": "SystemExit: 3 (perform_exits.py:14)",
    "giant-body": "giant-body.put made a body of 40,000,011 bytes, and 33,554,432 are the most; make "
    "smaller requests (see giant_body.py:10)",
    "endless-body": "ValueError: a container that holds itself cannot be written as JSON "
    "(see endless_body.py:10)",
    "wrong-url": "ValueError: the path '/../admin' climbs out of the base URL; quote its parts "
    "(see wrong_url.py:10)",
}

PROPERTIES = {"plan": "pro"}
EVENT = {
    "type": "track",
    "event": "Paid",
    "userId": "ann",
    "messageId": "m1",
    "properties": PROPERTIES,
}


@pytest.fixture(scope="module")
def catalogue():
    return load_plugins(folder=FOLDER)


def connection(action):
    """A connection named as the destination, with the action's own trigger and mapping."""
    slug = action.destination.slug
    trigger = parse_trigger(action.trigger)
    plugin = f"{slug.replace('-', '_')}.py"
    mapping = replace(ActionMapping.of(action), trigger=trigger, plugin=plugin)
    return Connection(slug, action.destination, {}, ("web",), (mapping,))


@pytest.mark.parametrize("place", SENTENCES)
def test_a_plugin_that_cannot_be_used_is_one_sentence_with_its_line_and_what_to_do(
    catalogue, place
):
    name, _, line = place.partition(":")
    found = [str(one) for one in catalogue.problems if one.plugin == f"{name}.py"]
    file = FOLDER / f"{name}.py"
    assert found == [f'plugin "{name}.py" ({file}:{line}): {SENTENCES[place]}']


def test_no_other_plugin_has_a_problem(catalogue):
    assert {one.plugin for one in catalogue.problems} == {
        f"{place.partition(':')[0]}.py" for place in SENTENCES
    }


def test_every_broken_file_is_expected_to_fail_in_its_way():
    named = {place.partition(":")[0] for place in SENTENCES}
    working = {slug.replace("-", "_") for slug in FAILURES} | {"perform_mutates", "hook_raises"}
    assert {file.stem for file in FOLDER.glob("*.py")} == named | working | {"fine"}


@pytest.mark.parametrize("slug", FAILURES)
def test_an_action_that_fails_is_one_sentence_with_its_line_and_what_to_do(catalogue, slug):
    made = connection(catalogue.action(f"{slug}.put"))
    outcome = prepare(Delivery(EVENT, "web", made, made.mappings[0]))
    plugin = f"{slug.replace('-', '_')}.py"
    assert (outcome.code, outcome.why) == (
        "INTERNAL",
        f'{slug}.put of plugin "{plugin}" failed: {FAILURES[slug]}; correct it, then replay',
    )


def test_the_default_triggers_and_mappings_of_the_others_compile(catalogue):
    action = catalogue.action("fine.put")
    assert compile_trigger(action.trigger)(EVENT)
    assert compile_mapping(action.mapping)(EVENT) == {"all": PROPERTIES}


class Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__()
        self.sentences = []

    def emit(self, record):
        self.sentences.append(record.getMessage())


@pytest.fixture(scope="module")
def afterwards(catalogue):
    """What a runtime with all of these plugins makes of two events: requests, deliveries, hook errors, log."""
    slugs = ("perform-mutates", *FAILURES, "fine")
    connections = {slug: connection(catalogue.action(f"{slug}.put")) for slug in slugs}
    web = Source("web", "wk")
    workspace = Workspace({"web": web}, connections, hooks=catalogue.hooks)
    sent = {}

    async def send(request):
        sent[request.url] = request.json
        return Response(200)

    async def go(clock):
        store = MemoryStore(clock=clock.now)
        dispatcher = Dispatcher(workspace)
        intake = StoreIntake(store, lambda: dispatcher)
        nobody = type("Nobody", (), {"covers": staticmethod(lambda event: False)})()
        gate = Gate(intake, nobody, Meter(), clock.now, hooks=lambda: workspace.hooks)
        sender = type("Vendor", (), {"send": staticmethod(send)})()
        async with Worker(store, workspace, sender, clock=clock) as worker:
            await gate.take(web, [EVENT, {**EVENT, "messageId": "m2"}])
            while await store.queue.backlog():
                await clock.sleep(60.0)
            assert not worker.task.done()
        await intake.flush()
        found = await store.history.search(Query(), limit=100)
        return {one.connection: one for one in found.items}

    log, said = logging.getLogger("segue.delivery"), Heard()
    log.addHandler(said)
    try:
        return sent, virtual_time.run(go), catalogue.hooks.errors, said.sentences
    finally:
        log.removeHandler(said)


def test_the_others_deliver_what_they_should(afterwards):
    sent, deliveries, *_ = afterwards
    assert deliveries["fine"].state == "delivered"
    assert sent["https://fine.test/things"] == {"all": PROPERTIES}


def test_an_action_that_writes_to_its_payload_spoils_only_its_own(afterwards):
    sent, deliveries, *_ = afterwards
    assert deliveries["perform-mutates"].state == "delivered"
    assert sent["https://perform-mutates.test/things"] == {"all": {**PROPERTIES, "spoilt": True}}
    assert PROPERTIES == {"plan": "pro"}


WRITES = (
    'perform-mutates.put of plugin "perform_mutates.py" writes to the payload and the event that it is '
    "given (see perform_mutates.py:13); make a copy and change that: what it wrote is lost, and may "
    "differ at a retry"
)


def test_an_action_that_writes_to_its_payload_is_named_in_the_log_once(afterwards):
    *_, said = afterwards
    assert [one for one in said if one.startswith("perform-mutates")] == [WRITES]


def test_an_action_that_writes_to_its_payload_is_named_when_it_is_previewed(catalogue):
    made = connection(catalogue.action("perform-mutates.put"))

    async def previewed():
        async with Host() as host:
            scripts = Scripts(host)
            event = {**EVENT, "properties": dict(PROPERTIES)}
            await scripts.preview(Delivery(event, "web", made, made.mappings[0]))
            return scripts.witness.told

    assert asyncio.run(previewed()) == {"perform-mutates.put": WRITES}


@pytest.mark.parametrize("slug", FAILURES)
def test_what_fails_is_a_dead_letter_that_says_why(afterwards, slug):
    _, deliveries, *_ = afterwards
    found = deliveries[slug]
    assert (found.state, found.code) == ("dead", "INTERNAL")
    assert found.why.startswith(f"{slug}.put of plugin ")


def test_hooks_that_fail_are_counted_and_stop_nothing(afterwards):
    _, deliveries, errors, _ = afterwards
    assert errors == {
        ("hook_raises.py", "segue_event"): 2,
        ("hook_raises.py", "segue_settled"): 2 * len(deliveries),
    }
