"""What is offered beside a mapping that is there: held to the labelled cases, and to rows that work."""

import pytest
from labelled import FILE

from segue.json import decode, encode
from segue.suggesting import Observation, offer, suggest
from segue.workspace.yaml import read


RARE = {"@path": "$.properties.hardly_ever"}


class Scene:
    """A labelled scenario, seen twenty times; one event has something besides."""

    def __init__(self, scenario):
        self.event = decode(encode(scenario["event"]))
        self.seen = Observation()
        for number in range(20):
            inside = {**self.event.get("properties", {}), "hardly_ever": "x"}
            self.seen.see({**self.event, "properties": inside} if number == 7 else self.event)
        self.want = scenario["want"]
        fields = {key: {"type": "string", **one} for key, one in scenario["fields"].items()}
        self.spec = {"type": "object", "properties": fields}

    def sure(self, key):
        """What is suggested for a field that has nothing, as far as that is sure."""
        found = suggest(self.spec, self.seen.sources(), kind=self.seen.kind, event=self.seen.event)
        return [one.directive for one in found if one.field == (key,) and one.level == "sure"]

    def offered(self, key, directive):
        return [one.directive for one in offer(self.spec, {key: directive}, self.seen)[key]]


SCENES = [Scene(one) for one in read(FILE.read_text("utf-8")).value]
WANTED = [
    (scene, key, path)
    for scene in SCENES
    for key, paths in scene.want.items()
    for path in ([paths] if isinstance(paths, str) else paths or [])
]


def test_what_works_is_left_alone_on_every_labelled_case():
    nagged = [(key, path) for scene, key, path in WANTED if scene.offered(key, {"@path": path})]
    assert nagged == []


def test_a_path_that_few_events_have_is_offered_what_is_sure_on_every_labelled_case():
    cases = {(id(scene), key): (scene, key) for scene, key, _ in WANTED}.values()
    told = [(scene.offered(key, RARE), scene.sure(key)) for scene, key in cases]
    assert all(offered == sure for offered, sure in told)
    assert sum(bool(offered) for offered, _ in told) > 100


@pytest.mark.parametrize(
    "directive",
    [
        "a text",
        {"@template": "{{properties.hardly_ever}}"},
        {"@if": {"exists": RARE, "then": RARE, "else": "none"}},
        {"@path": "$.receivedAt"},
        {"@path": "$.properties.items[0].name"},
    ],
    ids=["a text", "a template", "a fallback", "of the envelope", "of a list"],
)
def test_what_is_filled_in_another_way_is_left_alone(directive):
    scene, key, _ = WANTED[0]
    assert scene.offered(key, directive) == []


def test_it_is_said_how_many_events_have_either():
    scene, key = next((scene, key) for scene, key, _ in WANTED if scene.sure(key))
    (reason, *_) = [one.reason for one in offer(scene.spec, {key: RARE}, scene.seen)[key]]
    assert reason.endswith("100% of the events have it, and 5% what is here")
