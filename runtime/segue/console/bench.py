"""One mapping on the bench: what a page shows while it is edited."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, cast

from segue.choices import Choice
from segue.console.desk import Desk
from segue.console.forms.draft import Draft, Said, Verdict, judge, said
from segue.console.forms.fields import Row, read
from segue.console.forms.shown import Show, Shown, fitted
from segue.console.forms.triggers import EXPRESSION, ROOTS, SUBJECTS, TESTS
from segue.console.places import url
from segue.console.previewing import Keys, Placed, Preview, count, edited, faults, placed, preview
from segue.console.reading import Reading
from segue.console.sampling import OFFERED, OWN, Sample, Samples, gather, pasted
from segue.console.seen import Seen, look
from segue.console.visit import Form
from segue.errors import Problem
from segue.events import TYPES
from segue.fields.schema import properties
from segue.functions.offering import FunctionDestination
from segue.json import JsonObject, script
from segue.suggesting import Observation, Suggestion, offer
from segue.trigger import parse_trigger
from segue.workspace.model import ActionMapping, Connection, Workspace


FIRST: Final = 5
"""So many of the events that match are shown."""

QUIET: Final[Mapping[str, object]] = {
    **dict.fromkeys(("conflict", "review", "trial")),
    **dict.fromkeys(("refused", "name_problems", "changes", "groups"), ()),
    **dict.fromkeys(("follows", "leads"), False),
    **dict.fromkeys(("was", "focus"), ""),
}
"""What a page has to say beside the form, as long as it has nothing to say."""

NOWHERE: Final = Placed({})

LOOKED: Final = 200
"""Events that suggestions are made of."""


@dataclass(frozen=True)
class Bench:
    """A mapping of a connection that is being edited. ``fresh``: it is not in the file yet."""

    desk: Desk
    reading: Reading
    workspace: Workspace
    connection: Connection
    mapping: ActionMapping
    name: str
    fresh: bool = False

    @property
    def url(self) -> str:
        """Where its forms go."""
        here = ("new",) if self.fresh else ("mappings", self.name)
        return url("connections", self.connection.name, *here)

    @property
    def schema(self) -> JsonObject:
        """The schema of its fields."""
        return self.mapping.action.fields

    @property
    def slow(self) -> bool:
        """Whether a preview starts a process: a function's, which nobody waits for at every key."""
        function = isinstance(self.connection.destination, FunctionDestination)
        return function or bool(self.connection.functions)

    @cached_property
    def said(self) -> Said:
        """What the file says."""
        return Said.by(self.mapping)

    def draft(self) -> Draft:
        """A form that says what the file says."""
        return Draft.of(self.said)

    def changed(self, mapping: ActionMapping) -> Workspace:
        """The workspace with this mapping in the place of what the file says, switched on."""
        on = replace(mapping, name=self.name, enabled=True)
        kept = [on if one.name == self.name else one for one in self.connection.mappings]
        kept += [on] if self.fresh else []
        connection = replace(self.connection, enabled=True, mappings=tuple(kept))
        every = {**self.workspace.connections, connection.name: connection}
        return replace(self.workspace, connections=every)


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which event is looked at, and what a destination said can be chosen, as a form has it."""

    sample: str = ""
    own: str = ""
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(
        default_factory=dict[str, Sequence[tuple[str, str]]]
    )

    @classmethod
    def of(cls, form: Form) -> "Choosing":
        """What a form, or a query, chooses."""
        return cls(form.text("sample"), form.raw("own"), _told(form.raw("choices")))


def _told(text: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Choices that were fetched for an earlier page, as its form sends them back."""
    try:
        told: object = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(key): [
            (str(one[0]), str(one[1])) for one in pairs if isinstance(one, list) and len(one) == 2
        ]
        for key, pairs in cast("dict[str, object]", told).items()
        if isinstance(pairs, list)
    }


@dataclass(frozen=True)
class View:
    """All that a page shows of a draft. ``mapping`` is what it makes, as far as it makes one."""

    bench: Bench
    draft: Draft
    verdict: Verdict
    samples: Samples
    choosing: Choosing
    sample: Sample | None
    refused: str
    preview: Preview | None = None
    placed: Placed = NOWHERE
    static: tuple[tuple[Keys, Problem], ...] = ()
    mapping: ActionMapping | None = None

    @cached_property
    def rows(self) -> tuple[Shown, ...]:
        """The rows of the fields."""
        base = fitted(read(self.draft.base.fields), self.bench.schema)
        show = Show(
            self.verdict.rows,
            self.placed.rows,
            frozenset(self._asks()),
            {one.key: one for one in base.rows},
        )
        return show.root(self.draft.root, self.bench.schema)

    def _asks(self) -> Iterator[tuple[str, str]]:
        action = self.bench.mapping.action
        for key in properties(self.bench.schema):
            if action.choosing(key):
                yield key, "text"
            if action.choosing(f"{key}.__keys__"):
                yield key, "object"

    @cached_property
    def matching(self) -> tuple[Sample, ...] | None:
        """The events that the trigger matches, None where there is no trigger."""
        tree = self.verdict.trigger
        return None if tree is None else count(tree, self.samples.events)

    @property
    def offered(self) -> Sequence[Sample]:
        """The events to choose from, those that match first."""
        matching = self.matching or ()
        keys = {one.key for one in matching}
        others = [one for one in self.samples.events if one.key not in keys]
        found = [*matching[:OFFERED], *others[: max(5, OFFERED - len(matching))]]
        if self.sample and self.sample.key not in {OWN, *(one.key for one in found)}:
            found.append(self.sample)
        return found

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """The paths that events have."""
        near = [*(self.matching or ())[:100], *self.samples.events[:100]]
        return look(one.event for one in near)

    @cached_property
    def suggested(self) -> Mapping[str, Sequence[Suggestion]]:
        """Where fields could come from that get nothing, or for few, as recent events that match have it."""
        matching, fields = self.matching, self.verdict.fields
        if not self.samples.real or not matching or fields is None:
            return {}
        seen = Observation()
        for one in matching[:LOOKED]:
            seen.see(one.event)
        return offer(self.bench.schema, fields, seen)

    def paths(self, subject: str) -> Iterator[str]:
        """The paths that a condition on this subject may look at, as people would type them."""
        root = ROOTS.get(subject)
        for one in self.seen:
            if root is None or (one.keys[0] == root and len(one.keys) > 1):
                yield ".".join(one.keys[1:] if root else one.keys)

    def options(self) -> Sequence[tuple[str, str]]:
        """The paths that a mapping may read, each with what was found there."""
        return [(one.path, f"{one.type} · {one.about}") for one in self.seen]

    def sample_options(self) -> Sequence[tuple[str, str]]:
        """The events to choose from, as a list has them."""
        matching = {one.key for one in self.matching or ()}
        told = [(one.key, one.label, one.key in matching) for one in self.offered if one.key != OWN]
        marked = [
            (key, label if fits else f"{label} (does not match)") for key, label, fits in told
        ]
        return [*marked, (OWN, "the one pasted below")]

    def every(self) -> Iterator[Shown]:
        """All rows, at any depth."""
        waiting = [*self.rows]
        while waiting:
            one = waiting.pop()
            waiting += one.inside
            yield one

    @cached_property
    def values(self) -> Mapping[str, object]:
        """What the template knows. It is slow to be made; ``lay`` has it made."""
        names = sorted(
            {str(one.event["event"]) for one in self.samples.events if one.event.get("event")}
        )
        matching = self.matching
        return {
            **QUIET,
            "bench": self.bench,
            "connection": self.bench.connection,
            "view": self,
            "draft": self.draft,
            "verdict": self.verdict,
            "rows": self.rows,
            "suggested": {
                key: [(fields_text(one.directive), one.reason) for one in some]
                for key, some in self.suggested.items()
            },
            "root_adds": self.bench.schema.get("additionalProperties", False) is not False,
            "subjects": list(SUBJECTS.items()),
            "tests": [(word, test.label) for word, test in TESTS.items()],
            "valueless": [word for word, test in TESTS.items() if test.takes == "nothing"],
            "expression": EXPRESSION,
            "types": TYPES,
            "names": names[:200],
            "matching": matching,
            "first": (matching or ())[:FIRST],
            "preview": self.preview,
            "problems": self.placed.rest,
            "choices": json.dumps(self.choosing.choices) if self.choosing.choices else "",
            "fetched": self.choosing.choices or {},
            "revision": self.bench.reading.revision,
        }


def fields_text(directive: JsonObject) -> str:
    """A directive in as few words as say it."""
    path = directive.get("@path")
    return path if isinstance(path, str) else script(directive)


async def lay(
    bench: Bench, make: Callable[[], Draft], choosing: Choosing, *, quick: bool = False
) -> View:
    """Lay a draft on the bench, with one event to look at; ``quick``: while somebody types.

    What takes long for a large form is done in threads, ``make`` as well: other pages go on.
    """
    samples = await gather(bench.desk.history, bench.connection, _now(bench))
    view = await asyncio.to_thread(_judged, bench, make, choosing, samples)
    mapping = view.mapping
    if mapping is not None and view.sample is not None and not (quick and bench.slow):
        tried = replace(mapping, enabled=mapping.enabled or bench.fresh)
        shown = await preview(bench.desk.turns, view.sample, bench.connection, tried)
        view = replace(view, preview=shown)
    return await asyncio.to_thread(_finished, view)


def _judged(bench: Bench, make: Callable[[], Draft], choosing: Choosing, samples: Samples) -> View:
    """What a draft says."""
    draft = make()
    draft = replace(draft, root=fitted(draft.root, bench.schema))
    verdict = judge(draft)
    sample, refused = _choose(bench, verdict, samples, choosing)
    mapping = edited(bench.mapping, verdict, said(draft, verdict))
    static = () if verdict.fields is None else tuple(faults(bench.mapping, verdict.fields))
    given = (bench, draft, verdict, samples, choosing, sample, refused)
    return View(*given, static=static, mapping=mapping)


def _finished(view: View) -> View:
    """The view with each problem at its row, and with all that a page asks of it."""
    problems = [*view.static, *(view.preview.problems if view.preview else ())]
    made = replace(view, placed=placed(problems, list(places(view.draft.root, ()))))
    _ = made.values
    return made


def _choose(
    bench: Bench, verdict: Verdict, samples: Samples, choosing: Choosing
) -> tuple[Sample | None, str]:
    """The event to look at: the one chosen, else the first that matches."""
    if choosing.sample == OWN and choosing.own.strip():
        made = pasted(choosing.own, bench.connection, _now(bench))
        return (None, made) if isinstance(made, str) else (made, "")
    found = samples.find(choosing.sample)
    if found is None:
        tree = verdict.trigger or parse_trigger(bench.said.trigger)
        found = next(iter((*count(tree, samples.events), *samples.events)), None)
    return found, ""


def places(row: Row, above: Keys) -> Iterator[Keys]:
    """The keys of every row that is shown for a place in the payload."""
    if row.kind not in {"object", "list"}:
        return
    for at, one in enumerate(row.rows):
        here = (*above, one.key if row.kind == "object" else str(at))
        yield here
        yield from places(one, here)


def _now(bench: Bench) -> datetime:
    return datetime.fromtimestamp(bench.desk.clock(), UTC)


def told(choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """Choices as a list of a form has them: value and label."""
    return [(str(one.data()["value"]), str(one.data()["label"])) for one in choices]


def problems_at(problems: Sequence[Problem], prefix: str) -> list[tuple[Keys, Problem]]:
    """Problems of a file that are of this mapping's fields, by their keys; the rest by none."""
    found: list[tuple[Keys, Problem]] = []
    for one in problems:
        inside = next(
            (
                one.pointer.removeprefix(prefix + part)
                for part in ("/fields", "/override")
                if one.pointer.startswith(prefix + part)
            ),
            "",
        )
        steps = inside.split("/")[1:]
        found.append((tuple(step.replace("~1", "/").replace("~0", "~") for step in steps), one))
    return found
