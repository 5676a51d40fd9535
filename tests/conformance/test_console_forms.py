"""The console's forms lose nothing: every recorded trigger and mapping comes back as it went in."""

import pytest

from segue.console.forms import names, triggers
from segue.console.forms.fields import build, exactly, light, read
from segue.errors import TriggerError
from segue.mapping import check_mapping
from segue.plugins import load_plugins
from segue.trigger import parse_trigger


def returned(mapping):
    """A mapping that has been in a form, folded as large ones are, and comes back from a browser."""
    sent = dict(names.inputs(light(read(mapping)), "f"))
    return build(names.row({name: text.replace("\r\n", "\n") for name, text in sent.items()}, "f"))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("transform_gen", 762),
        ("transform_hand", 613),
        ("transform_liquid", 1168),
        ("validate_mapping", 212),
    ],
)
def test_every_recorded_mapping_comes_back(cases, name, number):
    given = [one["mapping"] for one in cases(name) if isinstance(one["mapping"], dict)]
    loaded = [one for one in given if not check_mapping(one)]
    assert len(loaded) == number
    assert [one for one in loaded if not exactly(returned(one), one)] == []


@pytest.mark.parametrize(
    ("name", "key", "number"),
    [("fql_parse", "fql", 1045), ("fql_eval", "fql", 1053), ("fql_generate", "output", 1114)],
)
def test_every_recorded_trigger_comes_back(cases, name, key, number):
    trees = []
    for text in {one[key]: 0 for one in cases(name) if isinstance(one.get(key), str)}:
        try:
            trees.append(parse_trigger(text))
        except TriggerError:
            continue
    assert len(trees) == number
    assert [str(one) for one in trees if triggers.build(triggers.rows(one)) != one] == []


def test_every_preset_and_every_mapping_of_a_plugin_comes_back():
    catalogue = load_plugins()
    presets = [one.override for some in catalogue.presets.values() for one in some]
    given = [*presets, *(one.mapping for one in catalogue.actions.values())]
    assert len(given) > 10
    assert [one for one in given if not exactly(returned(one), one)] == []


def test_directives_that_are_nested_ten_deep_come_back():
    value = {"@path": "$.a"}
    for _ in range(10):
        value = {"@if": {"exists": {"@path": "$.b"}, "then": value, "else": {"@template": "x"}}}
    assert exactly(returned({"field": value}), {"field": value})
