"""Hooks: who is asked, in which order, and that no plugin can stop an event."""

import pytest

from segue import load_plugins
from segue.errors import RefusedError
from segue.events import check
from segue.hooks import DROPPED, NO_HOOKS, Hooks, Listener


HEAD = "from segue.hookspecs import hookimpl\n"

TAGS = (
    HEAD
    + """
@hookimpl{options}
def segue_event(event):
    return {{**event, "context": {{"trail": event.get("context", {{}}).get("trail", "") + "{tag}"}}}}
"""
)


def event(**fields):
    return {
        "type": "track",
        "event": "Paid",
        "userId": "u1",
        "messageId": "m1",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "originalTimestamp": "2026-01-01T00:00:00.000Z",
        "receivedAt": "2026-01-02T00:00:00.000Z",
        **fields,
    }


def revising(*functions, **options):
    """Hooks with these functions, of the plugins p0, p1 and so on."""
    listeners = [
        Listener(f"p{at}", "segue_event", one, ("event",)) for at, one in enumerate(functions)
    ]
    return Hooks({"segue_event": listeners}, **options)


@pytest.fixture
def load(tmp_path):
    """``load(a="...", b="...")`` is the catalogue of files with these names and texts."""

    def load(block=(), trace=None, **files):
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(source)
        return load_plugins(folder=tmp_path, block=block, trace=trace)

    return load


def test_without_plugins_nothing_is_called_on_arrival_or_settlement():
    assert (NO_HOOKS.revise, NO_HOOKS.tell) == (None, None)


def test_installed_plugins_that_implement_no_hook_cost_nothing():
    hooks = load_plugins().hooks
    assert (hooks.listeners, hooks.revise, hooks.tell) == ({}, None, None)


def test_plugins_are_asked_by_name_but_for_those_that_would_be_first_or_last(load):
    marks = {
        "a": "(trylast=True)",
        "b": "",
        "c": "(tryfirst=True)",
        "d": "",
        "e": "(trylast=True)",
        "f": "(tryfirst=True)",
    }
    files = {name: TAGS.format(options=options, tag=name) for name, options in marks.items()}
    assert load(**files).hooks.revise(event(), "web")["context"] == {"trail": "cfbdea"}


def test_an_event_may_be_changed_in_place_and_the_caller_keeps_its_own():
    def change(event):
        event["properties"]["card"] = "***"
        return event

    mine = event(properties={"card": "4111"})
    assert revising(change).revise(mine, "web")["properties"] == {"card": "***"}
    assert mine == event(properties={"card": "4111"})


def test_an_event_that_is_returned_as_it_was_stays_the_same_object():
    mine = event()
    assert revising(lambda event: event).revise(mine, "web") is mine


def test_a_number_that_becomes_a_boolean_is_a_change():
    def change(event):
        return {**event, "properties": {"paid": True}}

    assert revising(change).revise(event(properties={"paid": 1}), "web")["properties"] == {
        "paid": True
    }


def test_a_hook_takes_what_it_names(load):
    source = (
        HEAD
        + "@hookimpl\ndef segue_event(source, event):\n    event['event'] = source\n    return event"
    )
    assert load(a=source).hooks.revise(event(), "web")["event"] == "web"


def test_what_a_plugin_returns_is_normalised_again_and_keeps_its_identity():
    def change(event):
        return {"type": "identify", "userId": 7, "writeKey": "k", "traits": None}

    made = revising(change).revise(event(), "web")
    check(made)
    assert (made["userId"], made["messageId"]) == ("7", "m1")
    assert made["receivedAt"] == "2026-01-02T00:00:00.000Z"
    assert "writeKey" not in made
    assert "traits" not in made


def test_none_drops_an_event_and_nothing_of_it_is_kept():
    dropped = revising(lambda event: None).revise(event(), "web")
    assert (dropped.code, dropped.reason, dropped.text) == (DROPPED, 'plugin "p0" drops it', "")


def test_a_refusal_drops_an_event_with_its_reason():
    def refuse(event):
        raise RefusedError("a test account")

    dropped = revising(refuse).revise(event(), "web")
    assert (dropped.code, dropped.reason) == (DROPPED, 'plugin "p0": a test account')


def test_after_a_drop_nobody_else_is_asked():
    seen = []

    def see(event):
        seen.append(event)
        return event

    revising(lambda event: None, see).revise(event(), "web")
    assert seen == []


def raising(error):
    def function(event):
        event["event"] = "spoilt"
        raise error

    return function


CYCLE = {"type": "track"}
CYCLE["properties"] = CYCLE


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raising(ValueError("no luck")), "ValueError: no luck (test_hooks.py:"),
        (raising(SystemExit(3)), "SystemExit: 3"),
        (raising(RecursionError("deep")), "RecursionError: deep"),
        (lambda event: "text", "it returned str, neither an event nor None"),
        (lambda event: [event, event], "it returned list, neither an event nor None"),
        (lambda event: {**event, "type": "trakc"}, 'did you mean "track"'),
        (lambda event: {**event, "userId": None}, "nobody is named"),
        (lambda event: {**event, "properties": {"when": object()}}, "not a JSON value"),
        (lambda event: CYCLE, "nested over 100 levels"),
        (lambda event: {**event, "properties": {"big": "x" * 2_000_000}}, "over 1,048,576 bytes"),
        (lambda event: {**event, "messageId": "m" * 200}, "messageId is over 100 characters"),
    ],
    ids=[
        *("raises", "exits", "recursion", "text", "list", "type", "nobody", "no json", "cycle"),
        *("giant", "message id"),
    ],
)
def test_an_event_goes_on_as_it_was_before_a_plugin_that_fails(function, said, caplog):
    hooks = revising(function, lambda event: {**event, "event": f"{event['event']}!"})
    assert hooks.revise(event(), "web")["event"] == "Paid!"
    assert hooks.errors == {("p0", "segue_event"): 1}
    assert 'plugin "p0": segue_event failed: ' in caplog.text
    assert said in caplog.text
    assert "the event goes on as it was" in caplog.text


def test_a_plugin_that_always_fails_is_counted_each_time_and_logged_ever_more_rarely(caplog):
    hooks = revising(raising(ValueError("no")))
    for _ in range(100):
        hooks.revise(event(), "web")
    assert hooks.errors == {("p0", "segue_event"): 100}
    assert len(caplog.records) == 7


def test_a_keyboard_interrupt_is_nobodys_fault():
    with pytest.raises(KeyboardInterrupt):
        revising(raising(KeyboardInterrupt())).revise(event(), "web")


def test_a_slow_hook_is_named(caplog):
    ticks = iter([0.0, 0.25])
    revising(lambda event: event, timer=lambda: next(ticks)).revise(event(), "web")
    assert 'plugin "p0": segue_event took 250 ms' in caplog.text


def test_every_observer_is_told_whatever_another_does(caplog):
    told = []

    def fail(settled):
        raise ValueError("no")

    def hear(settled):
        told.append(settled)

    listeners = [
        Listener(name, "segue_settled", one, ("settled",))
        for name, one in (("a", fail), ("b", hear))
    ]
    hooks = Hooks({"segue_settled": listeners})
    hooks.tell("it")
    assert told == ["it"]
    assert hooks.errors == {("a", "segue_settled"): 1}
    assert 'plugin "a": segue_settled failed: ValueError: no' in caplog.text


def test_a_trace_names_plugin_hook_duration_and_end_and_nothing_of_the_event():
    ticks, lines = iter([0.0, 0.001, 1.0, 1.002, 2.0, 2.003]), []
    secret = raising(ValueError("u1"))
    functions = lambda event: event, secret, lambda event: None
    revising(*functions, timer=lambda: next(ticks), trace=lines.append).revise(event(), "web")
    assert lines == [
        'plugin "p0": segue_event returned after 1.00 ms',
        'plugin "p1": segue_event failed after 2.00 ms',
        'plugin "p2": segue_event returned None after 3.00 ms',
    ]


def test_loading_is_traced_too(load):
    lines = []
    load(a="", trace=lines.append)
    assert any(line.startswith('plugin "a.py": loaded in ') for line in lines)


def test_a_hook_is_blocked_by_the_name_of_its_plugin_and_its_own(load):
    files = {name: TAGS.format(options="", tag=name) for name in "ab"}
    catalogue = load(block=["a.py.segue_event"], **files)
    assert catalogue.hooks.revise(event(), "web")["context"] == {"trail": "b"}
    assert catalogue.unblocked == ()


def test_a_plugin_that_is_blocked_has_no_hooks(load):
    files = {name: TAGS.format(options="", tag=name) for name in "ab"}
    catalogue = load(block=["a.py"], **files)
    assert [one.plugin for one in catalogue.hooks.listeners["segue_event"]] == ["b.py"]


OFFER = (
    HEAD
    + """
from segue import Destination, Request, action

def made(slug):
    return Destination(slug, title="Desk", url="https://desk.test")

DESK = made("desk")

def build():
    crm = made("crm")
    FIELDS = {"type": "object", "properties": {}}
    put = action(crm, "put", trigger='type = "track"', fields=FIELDS)(lambda: Request.get("/"))
    return crm, put
"""
)


def test_a_plugin_may_offer_what_it_says_and_nothing_else(load):
    source = OFFER + "\n@hookimpl\ndef segue_register():\n    return build()"
    catalogue = load(a=source)
    assert catalogue.problems == ()
    assert "crm.put" in catalogue.actions
    assert "desk" not in catalogue.destinations


def test_a_plugin_may_offer_one_destination_without_a_list(load):
    source = OFFER + "\n@hookimpl\ndef segue_register():\n    return made('solo')"
    assert "solo" in load(a=source).destinations
