"""Labelled cases of where fields come from, and how well suggestions do on them."""

from pathlib import Path
from typing import NamedTuple

from segue.json import decode, encode
from segue.mapping.paths import split_path
from segue.suggesting import Observation, suggest
from segue.workspace.yaml import read


FILE = Path(__file__).parent.parent / "data" / "suggesting" / "cases.yaml"


class Case(NamedTuple):
    scenario: str
    field: str
    right: set  # of paths as keys; empty where nothing is right
    given: list  # paths as keys, the best first

    @property
    def first(self):
        return bool(self.given) and self.given[0] in self.right


class Figures(NamedTuple):
    """Shares: of what is suggested first, right; of what there is to find, found first, or in three."""

    precision: float
    recall: float
    within_three: float
    cases: int


def cases(*, held_out):
    """All cases of one half."""
    scenarios = read(FILE.read_text("utf-8")).value
    return [case for one in scenarios[held_out::2] for case in judged(one)]


def judged(scenario):
    event = scenario["event"]
    observation = Observation()
    observation.see(decode(encode(event)))
    fields = {key: {"type": "string", **field} for key, field in scenario["fields"].items()}
    spec = {"type": "object", "properties": fields}
    found = suggest(spec, observation.sources(), kind=event["type"], event=event.get("event", ""))
    for field, path in scenario["want"].items():
        right = {split_path(one) for one in ([path] if isinstance(path, str) else path or [])}
        given = [split_path(one.directive["@path"]) for one in found if one.field == (field,)]
        yield Case(scenario["name"], field, right, given)


def figures(some):
    answered = [one for one in some if one.given]
    findable = [one for one in some if one.right]
    return Figures(
        sum(one.first for one in answered) / len(answered),
        sum(one.first for one in findable) / len(findable),
        sum(bool(one.right & {*one.given[:3]}) for one in findable) / len(findable),
        len(some),
    )
